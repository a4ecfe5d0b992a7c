package dev.flipbook.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.it.kit.JavaStrings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The file {@code sentences.txt} has every sentence that the program can say, so that all of them can be read together:
 * errors, reasons, log lines and the fragments of which these are made. For a sentence that is new or has changed, the
 * test fails until somebody has read it and put it into the file.
 */
class SentencesTest {

    private static final Path HOME =
            Path.of(System.getProperty("flipbook.home")).toAbsolutePath().normalize();
    private static final Path TABLE = HOME.resolve("it/src/test/resources/sentences.txt");
    private static final Path FOUND = HOME.resolve("it/target/sentences.txt");

    private static final String TITLE = """
            Every sentence that the program can say, by module. … stands for a part that varies.
            SentencesTest compares this file with the sources.
            """;

    /** The modules whose strings users do not see: measurements, examples and tests. */
    private static final Pattern LEFT_OUT = Pattern.compile("(bench|examples|it)/.*|(.*/)?(target|\\.[^/]+)/.*");

    private static final Pattern SOURCE = Pattern.compile("([^/]+)/src/main/java/.*\\.java");
    private static final Pattern TWO_WORDS = Pattern.compile("(?s).*\\p{L}{2}.*\\s.*\\p{L}{2}.*");
    /** Text that programs read: headers and heads of HTTP, parts of them, events, command lines and first bytes. */
    private static final Pattern FOR_PROGRAMS = Pattern.compile("(?s).*\\\\r\\\\n.*"
            + "|(Accept: |Connection: |User-Agent: |X-Frame-|Digest |, qop=|event: |id: |no-store,|default-src|multipart/"
            + "|-f |ffmpeg -|kill -|<!doctype|mntrRGB |YUY2 |%d|\\[).*");

    @Test
    void everySentenceIsInTheTable() throws IOException {
        String found = table(sentences());
        Files.createDirectories(FOUND.resolveSibling("."));
        Files.writeString(FOUND, found);
        assertThat(found.lines().toList())
                .as("read what has changed, then copy it/target/sentences.txt to it/src/test/resources/sentences.txt")
                .isEqualTo(Files.readAllLines(TABLE));
    }

    @Test
    void stringsAreJoined() {
        assertThat(JavaStrings.of("""
                throw new IOException("the file '" + name(", x") + "' is"
                        // "not this"
                        + " empty" + (a ? "; name 'it'" : '"' + "b") + c, e); f(d + " has gone", "one " /* + */ + "two");
                String block = \"\"\"
                        "not this either"
                        \"\"\";
                """.replace("\\\"", "\"")))
                .containsExactly(", x", "; name 'it'", "…b", "the file '…' is empty…", "… has gone", "one two");
    }

    /** The sentences of each module. */
    private static Map<String, Set<String>> sentences() throws IOException {
        Map<String, Set<String>> sentences = new TreeMap<>();
        for (Path source : sources()) {
            String module = source.getName(0).toString();
            for (String text : JavaStrings.of(Files.readString(HOME.resolve(source)))) {
                if (TWO_WORDS.matcher(text).matches()
                        && !FOR_PROGRAMS.matcher(text).matches()) {
                    sentences
                            .computeIfAbsent(module, key -> new TreeSet<>())
                            .add(text.replace("\\n", " ").strip());
                }
            }
        }
        assertThat(sentences).as("modules").hasSizeGreaterThan(4);
        return sentences;
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(HOME)) {
            return files.map(HOME::relativize)
                    .filter(file -> SOURCE.matcher(file.toString()).matches())
                    .filter(file -> !LEFT_OUT.matcher(file.toString()).matches())
                    .toList();
        }
    }

    private static String table(Map<String, Set<String>> sentences) {
        List<String> lines = new ArrayList<>(TITLE.lines().toList());
        sentences.forEach((module, some) -> {
            lines.add("");
            lines.add("# " + module);
            lines.add("");
            lines.addAll(some);
        });
        return String.join("\n", lines) + "\n";
    }
}
