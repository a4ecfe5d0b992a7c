package dev.flipbook.app.config;

import dev.flipbook.FrameSourceProvider;
import dev.flipbook.FrameSourceProvider.Camera;
import dev.flipbook.app.config.Settings.Given;
import dev.flipbook.app.yaml.YamlMap;
import dev.flipbook.app.yaml.YamlText;
import dev.flipbook.feed.Feeds;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads configuration files, and what requests say of one feed. Nothing is opened or changed by reading. Immutable; any
 * thread may call its methods.
 */
public final class ConfigReader {

    static final String DEFAULTS = "defaults";
    static final String FEEDS = "feeds";
    static final String API = "api";
    static final String NAME = "name";

    private static final String KEYS = "it is a map with keys such as listen and feeds";

    private final Map<String, String> environment;

    /** @param environment values of the variables that a file may name */
    public ConfigReader(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * Reads a whole file, and opens nothing. A file that cannot be read, or in which anything is wrong, gives problems
     * and no configuration.
     */
    public Reading file(Path file) {
        return file(file, (_, _) -> false);
    }

    /**
     * Reads a whole file, as {@link #file(Path)}, and finds out which sources there are not, even when something else
     * is wrong.
     *
     * @param running feeds whose sources are open: one that stays the same is not looked at
     */
    public Reading file(Path file, Map<String, FeedSettings> running) {
        return file(file, (name, feed) -> !feed.equals(running.get(name)));
    }

    /** @param tried whether the source of this feed is looked at */
    private Reading file(Path file, BiPredicate<String, FeedSettings> tried) {
        Problems problems = new Problems(file.toString());
        Problems warnings = new Problems(file.toString());
        Path folder = file.toAbsolutePath().normalize().getParent();
        Texts texts = new Texts(environment, folder == null ? file : folder, problems);
        Walk walk = new Walk(problems, texts, Optional.empty());
        Optional<Configuration> configuration = bytes(file, problems)
                .flatMap(bytes -> YamlText.read(bytes, problems))
                .flatMap(root -> configuration(root, walk, problems));
        if (walk.holdsSecret() && isOpenToOthers(file)) {
            warnings.add("warning: others on this machine can read it, and it holds a secret; chmod 600");
        }
        Map<String, FeedSettings> feeds =
                new LinkedHashMap<>(configuration.map(Configuration::feeds).orElse(Map.of()));
        feeds.entrySet().removeIf(feed -> !tried.test(feed.getKey(), feed.getValue()));
        Configuration.open(file.toString(), feeds).problems().forEach(problems::add);
        return new Reading(problems.isEmpty() ? configuration : Optional.empty(), problems.list(), warnings.list());
    }

    /** The content of a file, of which no more is read than a configuration may have. */
    private static Optional<byte[]> bytes(Path file, Problems problems) {
        String wrong;
        if (!Files.exists(file)) {
            wrong = "there is no such file";
        } else if (!Files.isRegularFile(file)) {
            wrong = Files.isDirectory(file) ? "this is a folder, and not a file" : "this is not a file";
        } else {
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(YamlText.MAX_BYTES + 1);
                if (bytes.length <= YamlText.MAX_BYTES) {
                    return Optional.of(bytes);
                }
                wrong = "the file is larger than 1 MiB, the most that is read";
            } catch (IOException e) {
                wrong = Files.isReadable(file)
                        ? "the file cannot be read: " + e.getMessage()
                        : "the file cannot be read: its permissions do not allow it";
            }
        }
        problems.add(wrong);
        return Optional.empty();
    }

    private static boolean isOpenToOthers(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // on Windows there are no such permissions
        }
    }

    private static Optional<Configuration> configuration(Node root, Walk walk, Problems problems) {
        Optional<YamlMap> map = walk.map(root, "", KEYS);
        if (map.isEmpty()) {
            return Optional.empty();
        }
        map.get().checkKeys(Walk.keys(List.of(FEEDS, DEFAULTS, API), Settings.SERVER), "the server", problems);
        Given given = walk.settings(map.get(), Settings.SERVER, Given.NONE);
        given = part(map.get(), API, "the API", Settings.API, walk, problems).over(given);
        Given defaults = part(map.get(), DEFAULTS, DEFAULTS, Settings.FEED, walk, problems);
        Map<String, FeedSettings> feeds =
                map.get().value(FEEDS).map(node -> walk.feeds(node, defaults)).orElse(Map.of());
        ServerSettings server = new ServerSettings(given, defaults);
        map.get().value(Settings.LISTEN.key()).ifPresent(listen -> checkAddress(server, listen, problems));
        return Optional.of(Configuration.of(server, feeds));
    }

    /** The settings of a map in the root. */
    private static Given part(
            YamlMap root, String key, String what, List<Setting<?>> table, Walk walk, Problems problems) {
        Optional<YamlMap> map =
                root.value(key).flatMap(node -> walk.map(node, key, "it is a map of settings of " + what));
        map.ifPresent(settings -> settings.checkKeys(Walk.keys(List.of(), table), what, problems));
        return map.map(settings -> walk.settings(settings, table, Given.NONE)).orElse(Given.NONE);
    }

    /** Complains about an address that this machine does not have, or that is open to others without a word. */
    private static void checkAddress(ServerSettings server, Node listen, Problems problems) {
        try {
            server.options();
        } catch (IllegalArgumentException e) {
            // the server says what to do on a command line
            String sentence = String.valueOf(e.getMessage()).replace("add --insecure", "add insecure: true");
            problems.add(listen, "listen: " + sentence);
        }
    }

    /**
     * A feed that a request wants to add, from JSON: {@code {"name": "yard", "source": "rtsp://…", "fps": 5}}. What it
     * does not say is as in the defaults of the configuration that holds.
     *
     * @throws RefusedSourceException if requests may not add such a source
     * @throws IllegalArgumentException if something is wrong, with one sentence for each thing
     */
    public NamedFeed feed(byte[] json, Configuration holding) {
        Given defaults = holding.server().defaults();
        Request request = Request.read(json, defaults);
        String name = request.text(NAME).map(Secret::value).orElse("");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name is missing; a feed has a name and a source");
        }
        Feeds.checkName(name);
        FeedOrigin origin = request.text(Walk.SOURCE)
                .map(FeedOrigin::of)
                .orElseThrow(() -> new IllegalArgumentException("source is missing; a feed has a name and a source"));
        check(origin, holding.api());
        return new NamedFeed(name, FeedSettings.of(origin, request.settings(defaults), Position.NONE));
    }

    /**
     * A feed as a request wants to have it, from JSON. A key that is given replaces the value, {@code null} brings the
     * default back.
     *
     * @param feed as it is
     * @throws RefusedSourceException if requests may not add such a source
     * @throws IllegalArgumentException if something is wrong, with one sentence for each thing
     */
    public FeedSettings change(String name, FeedSettings feed, byte[] json, Configuration holding) {
        Request request = Request.read(json, holding.server().defaults());
        request.text(NAME)
                .map(Secret::value)
                .filter(other -> !other.equals(name))
                .ifPresent(other -> {
                    throw new IllegalArgumentException(
                            "name is '" + name + "' and stays so; add a feed with another name");
                });
        FeedOrigin origin = request.text(Walk.SOURCE).map(FeedOrigin::of).orElse(feed.origin());
        if (!origin.equals(feed.origin())) {
            check(origin, holding.api());
        }
        return FeedSettings.of(origin, request.settings(feed.given()), feed.position());
    }

    /** Refuses a source of a kind that is not allowed. This is the one place where that is decided. */
    private static void check(FeedOrigin origin, ApiSettings api) {
        boolean cameras = api.sources().contains(SourceKind.CAMERA);
        SourceKind kind = SourceKind.of(
                origin,
                () -> cameras
                        ? FrameSourceProvider.allCameras().stream()
                                .map(Camera::name)
                                .toList()
                        : List.of());
        if (kind == SourceKind.OTHER) {
            throw new RefusedSourceException();
        }
        if (!api.sources().contains(kind)) {
            throw new RefusedSourceException("sources of the kind " + kind.key()
                    + " come from the configuration only; requests may add "
                    + (api.sources().isEmpty()
                            ? "none"
                            : api.sources().stream()
                                    .sorted()
                                    .map(SourceKind::key)
                                    .collect(Collectors.joining(", "))));
        }
    }

    /**
     * A feed with its name.
     *
     * @param name valid
     */
    public record NamedFeed(String name, FeedSettings settings) {}

    /** The object that a request has sent. */
    private record Request(YamlMap map, Walk walk, Problems problems) {

        /** @param defaults what {@code null} stands for */
        static Request read(byte[] json, Given defaults) {
            Problems problems = new Problems("");
            if (json.length > YamlText.MAX_BYTES) {
                throw new IllegalArgumentException("the body is larger than 1 MiB, the most that is read");
            }
            Walk walk = new Walk(problems, Texts.ofRequest(problems), Optional.of(defaults));
            Optional<YamlMap> map = YamlText.read(json, problems)
                    .flatMap(root -> walk.map(root, "", "it is an object with name and source"));
            Request request = new Request(map.orElseThrow(() -> wrong(problems)), walk, problems);
            for (String key : List.of(Walk.EXEC, Walk.ENVIRONMENT)) {
                if (request.map.value(key).isPresent()) {
                    throw new RefusedSourceException();
                }
            }
            request.map.checkKeys(Walk.keys(List.of(NAME, Walk.SOURCE), Settings.FEED), "a feed", problems);
            return request;
        }

        private static IllegalArgumentException wrong(Problems problems) {
            return new IllegalArgumentException(
                    problems.list().stream().map(Problem::sentence).collect(Collectors.joining("; ")));
        }

        /** The text under a key; empty if the key is not there, or the text is wrong. */
        Optional<Secret> text(String key) {
            Optional<Node> node = map.value(key);
            Optional<Secret> text = node.flatMap(value -> walk.text(value, key));
            if (node.isPresent() && text.isEmpty()) {
                throw wrong(problems);
            }
            return text;
        }

        /** The settings of the request over these. */
        Given settings(Given below) {
            Given given = walk.settings(map, Settings.FEED, below);
            if (!problems.isEmpty()) {
                throw wrong(problems);
            }
            return given;
        }
    }
}
