package dev.flipbook.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks of the page that need no browser: its size, that no text is missing, and that its colours can be read. */
class PageFilesTest {

    /** The files that every visitor loads, as they are sent; the others are loaded by the dialogs and the panel. */
    private static final int MOST_BYTES = 56 * 1024;

    private static final int MOST_BYTES_OF_ALL = 68 * 1024;

    /** Texts over their grounds, which need 4.5; for the lines around buttons and fields 3 is enough: WCAG 2.2, 1.4.3 and 1.4.11. */
    private static final List<String> TEXTS = List.of(
            "ink panel",
            "ink ground",
            "soft panel",
            "soft ground",
            "accent panel",
            "accent ground",
            "alarm alarm-ground",
            "alarm panel",
            "ground ink",
            "over-ink over",
            "over-soft over",
            "good over",
            "busy over",
            "warn over",
            "bad over",
            "age over",
            "rate over");

    private static final List<String> LINES = List.of("edge panel", "edge ground");

    private final Path folder;

    PageFilesTest() throws URISyntaxException {
        folder = Path.of(Objects.requireNonNull(PageFilesTest.class.getResource("page/index.html"))
                        .toURI())
                .resolveSibling("");
    }

    @Test
    void filesAreSmallAndThoseThatEveryVisitorLoadsEvenMore() throws IOException {
        Map<String, Integer> sizes = new HashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                ByteArrayOutputStream sent = new ByteArrayOutputStream();
                try (GZIPOutputStream gzip = new GZIPOutputStream(sent)) {
                    Files.copy(file, gzip);
                }
                sizes.put(file.getFileName().toString(), sent.size());
            }
        }
        assertThat(sum(sizes)).as("%s", sizes).isLessThan(MOST_BYTES_OF_ALL);

        sizes.keySet().retainAll(loadedByEveryVisitor());
        assertThat(sizes).containsKeys("index.html", "page.js", "words.js", "worker.js", "screen.js", "page.css");
        assertThat(sizes).doesNotContainKeys("panel.js", "controls.js", "add.js", "links.js", "qr.js");
        assertThat(sum(sizes)).as("%s", sizes).isLessThan(MOST_BYTES);
    }

    /** The page, what it names, and what those import; what is imported later, by {@code import(…)}, is left out. */
    private Set<String> loadedByEveryVisitor() throws IOException {
        Set<String> loaded = new TreeSet<>();
        Deque<String> next = new ArrayDeque<>(Set.of("index.html", "worker.js"));
        while (!next.isEmpty()) {
            String file = next.remove();
            if (loaded.add(file)) {
                next.addAll(find("(?m)(?:^(?:im|ex)port .*'\\./|\"\\{root}page/)([\\w-]+\\.\\w+)['\"]", read(file)));
            }
        }
        return loaded;
    }

    private static int sum(Map<String, Integer> sizes) {
        return sizes.values().stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    void bothLanguagesHaveTheSameWordsWithTheSamePlaces() throws IOException {
        Map<String, String> english = table("en");
        Map<String, String> chinese = table("zh");

        assertThat(english).hasSizeGreaterThan(50);
        assertThat(chinese.keySet()).containsExactlyElementsOf(english.keySet());
        english.forEach((key, text) ->
                assertThat(places(chinese.getOrDefault(key, ""))).as(key).isEqualTo(places(text)));
    }

    @Test
    void everyTextThatIsUsedExistsAndEveryTextIsUsed() throws IOException {
        Set<String> said = table("en").keySet();
        String page = read("index.html");
        Set<String> named = find("data-(?:t|do)=\"(\\w+)\"", page);
        String code = code();
        named.addAll(find("\\bt\\((?:\\w+ \\? )?'(\\w+)'", code));

        assertThat(said).containsAll(named);
        Set<String> spare = new TreeSet<>(said);
        spare.removeIf(key -> named.contains(key) || code.contains("'" + key + "'") || code.contains(" " + key + ":"));
        assertThat(spare).as("words that nobody says").isEmpty();
    }

    @Test
    void pageHasNoScriptOrStyleThatItsOwnPolicyWouldRefuse() throws IOException {
        String page = read("index.html");

        assertThat(page).doesNotContainPattern("(?i)\\sstyle=|<style|\\son\\w+=|javascript:");
        assertThat(find("(<script(?! type=\"module\" src=))", page)).isEmpty();
        assertThat(find("(?:src|href)=\"(?!\\{root}|#)([^\"]*)", page))
                .as("addresses that are not seen from the root")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"light", "dark"})
    void coloursCanBeRead(String scheme) throws IOException {
        Map<String, String> colours = colours(scheme);

        for (String pair : TEXTS) {
            assertThat(contrast(colours, pair)).as("%s, %s", pair, scheme).isGreaterThanOrEqualTo(4.5);
        }
        for (String pair : LINES) {
            assertThat(contrast(colours, pair)).as("%s, %s", pair, scheme).isGreaterThanOrEqualTo(3);
        }
    }

    private Map<String, String> colours(String scheme) throws IOException {
        String[] parts = read("page.css").split("@media \\(prefers-color-scheme: dark\\)", 2);
        Map<String, String> colours = new HashMap<>();
        put(colours, parts[0].substring(0, parts[0].indexOf('}')));
        if (scheme.equals("dark")) {
            put(colours, parts[1].substring(0, parts[1].indexOf('}')));
        }
        return colours;
    }

    private static void put(Map<String, String> colours, String block) {
        Pattern.compile("--([\\w-]+): #(\\w+);")
                .matcher(block)
                .results()
                .forEach(one -> colours.put(one.group(1), one.group(2)));
    }

    /** The contrast by https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio. */
    private static double contrast(Map<String, String> colours, String pair) {
        double[] lights = Stream.of(pair.split(" "))
                .mapToDouble(name -> luminance(Objects.requireNonNull(colours.get(name), name)))
                .sorted()
                .toArray();
        return (lights[1] + 0.05) / (lights[0] + 0.05);
    }

    private static double luminance(String colour) {
        String six = colour.length() == 3 ? colour.replaceAll("(.)", "$1$1") : colour;
        double[] parts = new double[3];
        for (int i = 0; i < 3; i++) {
            double part = Integer.parseInt(six.substring(2 * i, 2 * i + 2), 16) / 255.0;
            parts[i] = part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    }

    private Map<String, String> table(String language) throws IOException {
        String block = Pattern.compile("const " + language + " = \\{\n(.*?)\n};", Pattern.DOTALL)
                .matcher(read(language + ".js"))
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
        return Pattern.compile("(?m)^ {2}(\\w+): '(.*)',$")
                .matcher(block)
                .results()
                .collect(Collectors.toMap(
                        one -> one.group(1), one -> one.group(2), (_, twice) -> twice, java.util.LinkedHashMap::new));
    }

    private static Set<String> places(String text) {
        return find("(\\{\\d})", text);
    }

    private static Set<String> find(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult one) -> one.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** All scripts except for the tables of the texts. */
    private String code() throws IOException {
        StringBuilder code = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (file.toString().endsWith(".js") && !file.toString().matches(".*[/\\\\](en|zh)\\.js")) {
                    code.append(Files.readString(file, UTF_8));
                }
            }
        }
        return code.toString();
    }

    private String read(String file) throws IOException {
        return Files.readString(folder.resolve(file), UTF_8);
    }
}
