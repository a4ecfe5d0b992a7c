package dev.flipbook.app;

import dev.flipbook.FrameSourceProvider.Camera;
import dev.flipbook.app.config.FeedOrigin;
import dev.flipbook.app.config.FeedSettings;
import dev.flipbook.app.config.Secret;
import dev.flipbook.feed.Feeds;
import java.io.File;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses {@code [NAME=]SOURCE} and {@code [NAME=]exec -- CMD ARGS}, and chooses a name if none is given. Immutable.
 *
 * @param settings what the line asks of a feed with this origin
 */
record NamedSources(Function<FeedOrigin, FeedSettings> settings) {

    private static final Pattern NAMED = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,63})=(.+)");

    /** A text with an equals sign after something that is neither a path nor an address. */
    private static final Pattern MEANT = Pattern.compile("([^=/\\\\:*?\\[{]*)=.*");

    private static final int MAX_NAME_LENGTH = 64;

    /** A source's address, with its host as a group. A single letter before the colon is a Windows drive. */
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+://(?:[^/?#]*@)?([^/:?#\\[]*).*");

    /** The word before {@code --} and a command. */
    static final String EXEC = "exec";

    /**
     * The feeds by name, in their order. Their sources are not opened.
     *
     * @throws IllegalArgumentException if a name is not valid or is given twice
     */
    Map<String, FeedSettings> read(List<String> texts, List<String> command) {
        Map<String, FeedSettings> sources = new LinkedHashMap<>();
        Set<String> inputs = new HashSet<>();
        for (String text : texts) {
            Matcher named = NAMED.matcher(text);
            boolean hasName = named.matches();
            String source = hasName ? named.group(2) : text;
            boolean exec = source.equals(EXEC);
            if (!hasName) {
                checkNoName(text);
            }
            if (source.equals("-") && !inputs.add(source)) {
                throw new IllegalArgumentException("standard input can be one feed only; here two feeds use it");
            }
            if (exec && command.isEmpty()) {
                throw new IllegalArgumentException("exec is followed by -- and a command: flipbook exec -- CMD ARGS");
            }
            String name = hasName ? named.group(1) : nameFor(exec ? command.getFirst() : source, sources.keySet());
            Feeds.checkName(name);
            if (sources.putIfAbsent(name, settings.apply(exec ? command(command) : FeedOrigin.of(source))) != null) {
                throw new IllegalArgumentException(
                        "two feeds are named '" + name + "'; give one another name: NAME=SOURCE");
            }
        }
        return sources;
    }

    private static FeedOrigin command(List<String> command) {
        return new FeedOrigin.Exec(command.stream().map(Secret::typed).toList(), Map.of());
    }

    /**
     * Refuses a text whose part before the equals sign was meant as a name. Paths and addresses may contain an equals
     * sign.
     */
    private static void checkNoName(String text) {
        Matcher parts = MEANT.matcher(text);
        if (parts.matches() && !new File(text).exists()) {
            Feeds.checkName(parts.group(1));
            throw new IllegalArgumentException("after '" + text + "' a source is missing: NAME=SOURCE");
        }
    }

    /** The cameras of this machine by name, and the emulated one. */
    Map<String, FeedSettings> all(List<Camera> cameras) {
        Map<String, FeedSettings> sources = new LinkedHashMap<>();
        for (Camera camera : cameras) {
            sources.put(nameFor(camera.name(), sources.keySet()), settings.apply(FeedOrigin.of(camera.source())));
        }
        sources.put(nameFor("demo", sources.keySet()), settings.apply(FeedOrigin.of("demo")));
        return sources;
    }

    /**
     * A name for a source: the last part of a path without its extension, or the host of an address. Characters that a
     * name may not have are replaced, and a number is added if the name is in use.
     */
    static String nameFor(String source, Set<String> taken) {
        String name = base(source).replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[^A-Za-z0-9]+|-+$", "");
        name = name.substring(0, Math.min(name.length(), MAX_NAME_LENGTH - 4));
        name = name.isEmpty() || name.endsWith(".jpg") || name.endsWith(".mjpg") ? "feed" : name;
        String free = name;
        for (int number = 2; taken.contains(free); number++) {
            free = name + "-" + number;
        }
        return free;
    }

    private static String base(String source) {
        if (source.equals("-")) {
            return "stdin";
        }
        Matcher address = ADDRESS.matcher(source);
        if (address.matches()) {
            return address.group(1);
        }
        String path = source.replaceAll("[/\\\\]+$", "");
        String last = path.replaceAll(".*[/\\\\]", "");
        if (last.matches(".*[*?\\[{].*") && !path.equals(last)) {
            return base(path.substring(0, path.length() - last.length())); // the folder says more than the pattern
        }
        int dot = last.lastIndexOf('.');
        return dot > 0 ? last.substring(0, dot) : last;
    }
}
