package dev.flipbook.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Comments, strings and documents contain none of the phrases that readers had to read twice. CONTRIBUTING.md has the
 * rule. A phrase in code, in quoted code or in a string of a test is not checked.
 */
class LanguageTest {

    private static final Path HOME =
            Path.of(System.getProperty("flipbook.home")).toAbsolutePath().normalize();
    /** Folders without sentences of ours, and the measurements, whose pages programs write. */
    private static final Pattern LEFT_OUT = Pattern.compile("(.*/)?(target|node_modules|\\.[^/]+)(/.*)?|bench/.*\\.md");

    private static final List<Tic> TICS = List.of(
            new Tic("so (many|much|long|often|few)", "'at most N', 'this many', 'this long'"),
            new Tic("of late", "'recent' or 'recently'"),
            new Tic("who(so|m)?ever", "'the client that' or 'the thread that'"),
            new Tic("((is|are) told(?! apart)|told of)", "'is notified', 'learns' or 'is reported'"),
            new Tic(
                    "(?<!(is|are|was|far|left).)behind(?! (\\w+ ){0,3}(proxy|proxies|nginx|relay|NAT)\\b)",
                    "'after'; behind is a place, such as behind a proxy"),
            new Tic("by and by", "'gradually'"),
            new Tic("anew", "'again'"),
            new Tic("but for", "'except' or 'except for'"),
            new Tic("(for|from|to|by|with|but|of) who", "'clients that' or 'the person who'"),
            new Tic("[.;] who \\w+s", "'a client that'"),
            new Tic(
                    "(?<!here.)(is|are|was|were) no (JPEG|PNG|Y4M|JSON|HTTP|picture|number|request|error|file|image|name|address"
                            + "|option|path|origin|whole)",
                    "'is not a'"),
            new Tic("speaks? no", "'does not support'"),
            new Tic("as (nobody|no other)", "'because nobody'"),
            new Tic("at the utmost", "'at most'"),
            new Tic("/\\*\\* (Of|So|By|In|As|Not|For|With|To)", "a noun or a verb: say what the thing is or does"));

    /** A string, in the first group, or a comment, in the second, of Java and JavaScript. */
    private static final Pattern TEXT = Pattern.compile("(\"\"\"(?s:.*?)\"\"\""
            + "|\"(?:\\\\.|[^\"\\\\\\n])*+\"(?:\\s*+\\+\\s*+\"(?:\\\\.|[^\"\\\\\\n])*+\")*+"
            + "|'(?:\\\\.|[^'\\\\\\n])*+'|`(?:\\\\.|[^`\\\\])*+`)"
            + "|(/\\*(?s:.*?)\\*/|//[^\\n]*(?:\\n\\s*+//[^\\n]*)*+)");

    /** Between two strings that are joined, and a line break within a string. */
    private static final Pattern JOINT = Pattern.compile("\"\\s*\\+\\s*\"|\\\\n");

    private static final Pattern MARGIN = Pattern.compile("\\n\\s*(\\*(?!/)|//)?");
    private static final Pattern QUOTED = Pattern.compile("(?sm)^ *```.*?^ *```|<!--.*?-->|`[^`]*`|\\]\\([^)\\s]*\\)");

    /** A phrase, as a pattern in which a blank stands for any white space, and the words to write instead. */
    private record Tic(Pattern phrase, String better) {

        Tic(String phrase, String better) {
            this(
                    Pattern.compile(
                            (phrase.matches("\\(?\\w.*") ? "\\b" : "") + phrase.replace(" ", "\\s+") + "\\b",
                            Pattern.CASE_INSENSITIVE),
                    better);
        }
    }

    @Test
    void commentsAndStringsReadAtOnce() throws IOException {
        List<Path> sources = files(".*/src/main/.*\\.(java|js)");
        assertThat(sources).as("sources").hasSizeGreaterThan(300);
        List<String> found = new ArrayList<>();
        for (Path source : sources) {
            String text = Files.readString(HOME.resolve(source));
            found.addAll(ticsOfCode(source, text));
            found.addAll(ticsOfStrings(source, text));
        }
        assertThat(found).isEmpty();
    }

    @Test
    void commentsOfTestsReadAtOnce() throws IOException {
        List<Path> tests = files("(.*/src/test|testing)/.*\\.(java|js)");
        assertThat(tests).as("tests").hasSizeGreaterThan(200);
        List<String> found = new ArrayList<>();
        for (Path test : tests) {
            found.addAll(ticsOfCode(test, Files.readString(HOME.resolve(test))));
        }
        assertThat(found).isEmpty();
    }

    @Test
    void documentsReadAtOnce() throws IOException {
        List<Path> documents = files(".*\\.md").stream().toList();
        assertThat(documents).as("documents").contains(Path.of("CONTRIBUTING.md"), Path.of("docs/README.md"));
        List<String> found = new ArrayList<>();
        for (Path document : documents) {
            found.addAll(ticsOfProse(document, Files.readString(HOME.resolve(document))));
        }
        assertThat(found).isEmpty();
    }

    @Test
    void phraseIsFoundWhereverItsLinesBreak() {
        Path file = Path.of("A.java");
        assertThat(ticsOfCode(file, "int a;\n/** Maximum of\n * late frames. */"))
                .containsExactly("A.java:2 'of late': write 'recent' or 'recently'");
        assertThat(ticsOfCode(file, "// not so\n    // many of them")).hasSize(1);
        assertThat(ticsOfCode(file, "/** So it is. */")).hasSize(1);
        assertThat(ticsOfCode(file, "// Behind each frame")).hasSize(1);
        assertThat(ticsOfCode(file, "/**\n * Of a feed.\n */")).hasSize(1);
        assertThat(ticsOfProse(Path.of("a.md"), "One\nline\nthat nobody but for\nus reads"))
                .hasSize(1);
        assertThat(ticsOfProse(Path.of("a.md"), "It ends. Who comes next goes on."))
                .hasSize(1);
        assertThat(ticsOfProse(Path.of("a.md"), "this is no JPEG, as nobody sees"))
                .hasSize(2);
    }

    @Test
    void phraseIsFoundInJoinedStrings() {
        Path file = Path.of("A.java");
        assertThat(ticsOfStrings(file, "f(\"one of\"\n    + \" late\", 'a'); // of late"))
                .containsExactly("A.java:1 'of late': write 'recent' or 'recently'");
        assertThat(ticsOfStrings(file, "t = 'this is no' + name; s = \"\"\"\n    It is tried\n    anew.\"\"\";"))
                .hasSize(1);
        assertThat(ticsOfStrings(file, "say(\"it stands\\nanew\", `but for`)")).hasSize(2);
    }

    @Test
    void codeAndPlainSentencesAreLeftAlone() {
        Path file = Path.of("A.java");
        assertThat(ticsOfCode(file, "String a = \"so many // anew\"; char b = '\"'; // the newest one"))
                .isEmpty();
        assertThat(ticsOfCode(file, "so(many); anew(); /* There is no picture. */"))
                .isEmpty();
        assertThat(ticsOfProse(Path.of("a.md"), "```\nso many\n```\nand `behind`, behind a busy proxy"))
                .isEmpty();
    }

    /** The phrases in the comments of a source, each with its line and what to write. */
    private static List<String> ticsOfCode(Path file, String text) {
        return tics(file, text, only(2, MARGIN, text));
    }

    /** The phrases in the strings of a source. */
    private static List<String> ticsOfStrings(Path file, String text) {
        return tics(file, text, only(1, JOINT, text));
    }

    /** Only the texts of this group, each at its place, with blanks for the gaps between joined strings. */
    private static String only(int group, Pattern gap, String text) {
        StringBuilder only = new StringBuilder("#".repeat(text.length()));
        Matcher found = TEXT.matcher(text);
        while (found.find()) {
            if (found.group(group) != null) {
                String words =
                        gap.matcher(found.group(group)).replaceAll(part -> " ".repeat(part.end() - part.start()));
                only.replace(found.start(group), found.end(group), words);
            }
        }
        return only.toString();
    }

    /** The phrases in a document, outside of code, comments and addresses. */
    private static List<String> ticsOfProse(Path file, String text) {
        return tics(
                file,
                text,
                QUOTED.matcher(text)
                        .replaceAll(quoted -> "#".repeat(quoted.group().length())));
    }

    /** The phrases in the prose, which has the same length as the text. */
    private static List<String> tics(Path file, String text, String prose) {
        List<String> found = new ArrayList<>();
        for (Tic tic : TICS) {
            Matcher phrase = tic.phrase().matcher(prose);
            while (phrase.find()) {
                long line = 1
                        + text.chars()
                                .limit(phrase.start())
                                .filter(c -> c == '\n')
                                .count();
                String words = phrase.group().replaceAll("\\s+", " ");
                found.add(file + ":" + line + " '" + words + "': write " + tic.better());
            }
        }
        return found;
    }

    /** The files of the project whose path matches, by their paths in it. */
    private static List<Path> files(String path) throws IOException {
        try (Stream<Path> files = Files.walk(HOME)) {
            return files.filter(Files::isRegularFile)
                    .map(HOME::relativize)
                    .filter(file -> file.toString().matches(path))
                    .filter(file -> !LEFT_OUT.matcher(file.toString()).matches())
                    .sorted()
                    .toList();
        }
    }
}
