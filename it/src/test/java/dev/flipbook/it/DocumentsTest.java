package dev.flipbook.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.app.Main;
import dev.flipbook.it.kit.Markdown;
import dev.flipbook.server.Flipbook;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The addresses, options and code in the documents are right, and the targets of their links exist. */
class DocumentsTest {

    private static final Path HOME =
            Path.of(System.getProperty("flipbook.home")).toAbsolutePath().normalize();
    private static final Path EXAMPLES = HOME.resolve("examples");

    private static final Pattern QUOTE = Pattern.compile("<!-- quote: (\\S+)#(\\S+) -->");
    private static final Pattern EXAMPLE =
            Pattern.compile("examples.(src|proxies|publish|read|spring-boot-\\w+.(src|pom)).*"
                    + "\\.(java|conf|cfg|py|cpp|sh|yml|xml|html)");
    private static final Pattern REGION = Pattern.compile("(?m)^\\s*(//|#|<!--) region ");
    /** An option of the help with its description: everything up to the next option, or to a blank line. */
    private static final Pattern OPTION = Pattern.compile("(?ms)^ {2,6}(-\\w, --\\S+|--\\S+)(.*?)(?=^ {2,6}-|^$)");

    private static final Pattern COMMAND = Pattern.compile("(?m)^  (\\w+) {2,}\\S");
    /** A command at the start of a line, or of inline code, or after a pipe, without what another command does with it. */
    private static final Pattern SHOWN =
            Pattern.compile("(?m)(?:^\\$ |^|`|\\| )(?:\\./)?flipbook ([^`|#\n]+?)(?=`|\\||#|  |$)");

    /** The results of measurements, which programs write. */
    private static final Pattern RESULT = Pattern.compile("bench.results.*");

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @Test
    void everyLinkLeadsToAFileAndAHeading() throws IOException {
        List<String> dead = new ArrayList<>();
        int links = 0;
        for (Path document : documents()) {
            for (String link : Markdown.read(document).links()) {
                links++;
                if (!resolves(document, link)) {
                    dead.add(HOME.relativize(document) + ": " + link);
                }
            }
        }
        assertThat(dead).isEmpty();
        assertThat(links).as("links that were looked at").isPositive();
    }

    private static boolean resolves(Path document, String link) throws IOException {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty()
                ? document
                : Objects.requireNonNull(document.getParent()).resolve(parts[0]).normalize();
        if (!target.startsWith(HOME) || !Files.exists(target)) {
            return false;
        }
        return parts.length == 1
                || !target.toString().endsWith(".md")
                || anchors(target).contains(parts[1]);
    }

    /**
     * The anchors as GitHub makes them: lower case, without punctuation, blanks as dashes, a number after a repeated
     * one.
     */
    private static Set<String> anchors(Path document) throws IOException {
        Set<String> anchors = new HashSet<>();
        for (String line : Markdown.read(document).prose()) {
            if (line.matches("#{1,6} .*")) {
                String anchor = line.replaceFirst("^#+ ", "")
                        .replaceAll("]\\([^)]*\\)", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .strip()
                        .replace(' ', '-');
                String free = anchor;
                for (int number = 1; !anchors.add(free); number++) {
                    free = anchor + "-" + number;
                }
            }
        }
        return anchors;
    }

    @Test
    void quotedCodeIsThatOfTheExamples() throws IOException {
        List<String> wrong = new ArrayList<>();
        Set<String> quoted = new HashSet<>();
        for (Path document : documents()) {
            Markdown markdown = Markdown.read(document);
            for (int i = 0; i < markdown.lines().size(); i++) {
                Matcher quote = QUOTE.matcher(markdown.lines().get(i));
                if (quote.matches()) { // alone on its line; within a sentence it is only an explanation
                    quoted.add(quote.group(1));
                    if (!markdown.fenced(i + 1).equals(region(quote.group(1), quote.group(2)))) {
                        wrong.add(HOME.relativize(document) + ":" + (i + 1) + " differs from " + quote.group(1) + "#"
                                + quote.group(2));
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(quoted).as("examples that are quoted").containsExactlyInAnyOrderElementsOf(examplesWithRegions());
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "README.zh-CN.md"})
    void theProgramOfTheReadmeCompilesAsItIsPasted(String readme, @TempDir Path folder) throws IOException {
        List<List<String>> programs = Markdown.read(HOME.resolve(readme)).blocks().stream()
                .filter(block -> block.get(0).equals("```java"))
                .toList();
        assertThat(programs).as("Java programs in " + readme).hasSize(1);
        List<String> program = programs.get(0).subList(1, programs.get(0).size());
        assertThat(compilerErrors(Files.write(folder.resolve("PublishImages.java"), program)))
                .isEmpty();
    }

    /** The compiler's messages about a single file in no package, with Flipbook on the class path; empty if there are none. */
    private static String compilerErrors(Path program) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        String classPath = System.getProperty("java.class.path");
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, said, said, "-proc:none", "-d", program.getParent() + "", "-cp", classPath, program + "");
        return status == 0 ? "" : said.toString(StandardCharsets.UTF_8);
    }

    private static List<String> examplesWithRegions() throws IOException {
        try (Stream<Path> files = Files.walk(EXAMPLES)) {
            List<String> found = new ArrayList<>();
            for (Path file : files.map(HOME::relativize)
                    .filter(path -> EXAMPLE.matcher(path.toString()).matches())
                    .toList()) {
                if (REGION.matcher(Files.readString(HOME.resolve(file))).find()) {
                    found.add(file.toString().replace('\\', '/'));
                }
            }
            assertThat(found).as("examples with regions").isNotEmpty();
            return found;
        }
    }

    /** The lines of a region, moved to the left as far as they go. */
    private static List<String> region(String file, String name) throws IOException {
        List<String> lines = Files.readAllLines(HOME.resolve(file));
        List<String> stripped = lines.stream()
                .map(line -> line.strip()
                        .replaceFirst("^# (?=region |endregion)", "// ")
                        .replaceFirst("^<!-- (region \\S+|endregion) -->$", "// $1"))
                .toList();
        int start = stripped.indexOf("// region " + name);
        assertThat(start).as("%s has a region %s", file, name).isNotNegative();
        int length = stripped.subList(start, lines.size()).indexOf("// endregion");
        assertThat(length).as("%s ends its region %s", file, name).isPositive();
        return String.join("\n", lines.subList(start + 1, start + length))
                .stripIndent()
                .lines()
                .toList();
    }

    @Test
    void theEndpointsAreThoseOfTheServer() throws IOException {
        List<String> documented = new ArrayList<>();
        for (String row : rows(HOME.resolve("docs/reference/http.md"), "## Endpoints")) {
            Matcher path = CODE.matcher(row.split("\\|", -1)[1]);
            while (path.find()) {
                documented.add(path.group(1));
            }
        }
        try (Flipbook flipbook = Flipbook.start(0)) {
            assertThat(documented).containsExactlyInAnyOrderElementsOf(flipbook.routes());
        }
    }

    @Test
    void theOptionsAreThoseOfTheProgram() throws Exception {
        String help = help();
        assertDocumented("# Command line", help);
        for (String name : commands(help)) {
            assertDocumented("## flipbook " + name, help(name));
        }
    }

    /** Every option in a line such as {@code flipbook door=webcam --fps 5} is one that this command has. */
    @Test
    void theCommandsThatAreShownHaveTheOptionsOfTheProgram() throws Exception {
        String help = help();
        Map<String, Set<String>> options = new LinkedHashMap<>(Map.of("", options(help)));
        for (String name : commands(help)) {
            options.put(name, options(help(name)));
        }
        List<String> wrong = new ArrayList<>();
        int shown = 0;
        for (Path document : documents()) {
            for (MatchResult line :
                    SHOWN.matcher(Files.readString(document)).results().toList()) {
                List<String> words = List.of(line.group(1).strip().split("\\s+"));
                Set<String> used = optionsOf(words);
                shown += used.size();
                used.removeAll(options.getOrDefault(words.get(0), options.get("")));
                used.forEach(option -> wrong.add(HOME.relativize(document) + ": flipbook " + line.group(1)));
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(shown).as("options that are shown").isPositive();
    }

    /** The options among these words, without their values and without those of a command that {@code exec} runs. */
    private static Set<String> optionsOf(List<String> words) {
        return words.stream()
                .takeWhile(word -> !word.equals("--"))
                .filter(word -> word.matches("-.+"))
                .map(word -> word.replaceFirst("=.*", ""))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static List<String> commands(String help) {
        String section = help.substring(help.indexOf("\nCommands"));
        List<String> names =
                COMMAND.matcher(section).results().map(name -> name.group(1)).toList();
        assertThat(names).contains("bench", "publish");
        return names;
    }

    /** The names of the options in a help text, the short ones too. */
    private static Set<String> options(String help) {
        return OPTION.matcher(help)
                .results()
                .flatMap(option -> Stream.of(option.group(1).split(", ")))
                .map(option -> option.replaceFirst("[=\\[].*", ""))
                .collect(Collectors.toSet());
    }

    /** What the program shows in a process of its own. */
    private static String help(String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        words.addAll(List.of(command));
        words.add("--help");
        Process program = new ProcessBuilder(words).redirectErrorStream(true).start();
        String help = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(program.waitFor()).as(help).isZero();
        return help;
    }

    /** Checks that the table has the options of the help, each with the default that the help gives. */
    private static void assertDocumented(String heading, String help) throws IOException {
        Map<String, String> documented = new LinkedHashMap<>();
        for (String row : rows(HOME.resolve("docs/reference/command-line.md"), heading)) {
            String[] cells = row.split("\\|", -1);
            if (row.startsWith("| `-")) {
                documented.put(cells[1].strip().replace("`", ""), cells[3].strip());
            }
        }
        Map<String, String> shown = new LinkedHashMap<>();
        for (MatchResult option : OPTION.matcher(help).results().toList()) {
            String meaning = option.group(2).replaceAll("\\s+", " ");
            Matcher told = Pattern.compile("Default: (.*?)\\.?( |$)").matcher(meaning);
            shown.put(option.group(1), told.find() ? told.group(1).replaceFirst(",$", "") : "");
        }
        assertThat(documented.keySet()).containsExactlyElementsOf(shown.keySet());
        shown.forEach((option, told) -> assertThat(documented.get(option))
                .as("the default of " + option)
                .startsWith(told));
    }

    /** The table rows from this heading up to the next. */
    private static List<String> rows(Path document, String heading) throws IOException {
        List<String> lines = Files.readAllLines(document);
        int start = lines.indexOf(heading);
        assertThat(start).as("%s has the heading %s", document, heading).isNotNegative();
        List<String> section = lines.subList(start + 1, lines.size());
        return section.stream()
                .takeWhile(line -> !line.startsWith("#"))
                .filter(line -> line.startsWith("|"))
                .toList();
    }

    @Test
    void aReadmeHasAtMost150Lines() throws IOException {
        for (String readme : List.of("README.md", "README.zh-CN.md")) {
            assertThat(Files.readAllLines(HOME.resolve(readme))).as(readme).hasSizeLessThanOrEqualTo(150);
        }
    }

    /** Lines without a blank to break at may be longer. Tables, images and quotation marks are one line each. */
    @Test
    void proseIsWrappedAt120Columns() throws IOException {
        List<String> unwrapped = new ArrayList<>();
        for (Path document : documents()) {
            if (RESULT.matcher(HOME.relativize(document).toString()).matches()) {
                continue;
            }
            for (String line : Markdown.read(document).prose()) {
                String text = Markdown.withoutCode(line).replaceFirst("^\\s*(-|\\d+\\.)? *", "");
                if (columns(line) > 120 && text.contains(" ") && !line.matches("(\\||!\\[|<|#).*")) {
                    unwrapped.add(HOME.relativize(document) + ": " + line);
                }
            }
        }
        assertThat(unwrapped).isEmpty();
    }

    /** Width in a terminal, where a Chinese character takes two columns. */
    private static int columns(String line) {
        return line.codePoints().map(letter -> letter >= 0x2E80 ? 2 : 1).sum();
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.walk(HOME)) {
            List<Path> documents = files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> !HOME.relativize(file).toString().matches(".*\\b(target|node_modules)\\b.*"))
                    .toList();
            assertThat(documents).as("documents, README.md among them").contains(HOME.resolve("README.md"));
            return documents;
        }
    }
}
