package dev.flipbook.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.app.Main;
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
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documents say of addresses, options and code is what there is, and their links lead somewhere. */
class DocumentsTest {

    private static final Path HOME =
            Path.of(System.getProperty("flipbook.home")).toAbsolutePath().normalize();
    private static final Path EXAMPLES = HOME.resolve("examples");

    private static final Pattern LINK = Pattern.compile("]\\(<?([^)\\s>]+)>?(?:\\s+\"[^\"]*\")?\\)");
    private static final Pattern TAG = Pattern.compile("<(?:img|a)\\s[^>]*?(?:src|href)=\"([^\"]+)\"");
    private static final Pattern QUOTE = Pattern.compile("<!-- quote: (\\S+)#(\\S+) -->");
    private static final Pattern EXAMPLE =
            Pattern.compile("examples.(src|proxies|publish|read|spring-boot-\\w+.(src|pom)).*"
                    + "\\.(java|conf|cfg|py|cpp|sh|yml|xml|html)");
    private static final Pattern REGION = Pattern.compile("(?m)^\\s*(//|#|<!--) region ");
    /** An option of the help, and what is said of it: all up to the next one, or to a blank line. */
    private static final Pattern OPTION = Pattern.compile("(?ms)^ {2,6}(-\\w, --\\S+|--\\S+)(.*?)(?=^ {2,6}-|^$)");

    private static final Pattern COMMAND = Pattern.compile("(?m)^  (\\w+) {2,}\\S");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @Test
    void everyLinkLeadsToAFileAndAHeading() throws IOException {
        List<String> dead = new ArrayList<>();
        int links = 0;
        for (Path document : documents()) {
            for (String link : links(document)) {
                links++;
                if (!resolves(document, link)) {
                    dead.add(HOME.relativize(document) + ": " + link);
                }
            }
        }
        assertThat(dead).isEmpty();
        assertThat(links).as("links that were looked at").isPositive();
    }

    private static List<String> links(Path document) throws IOException {
        List<String> links = new ArrayList<>();
        for (String line : prose(document)) {
            String bare = CODE.matcher(line).replaceAll("");
            for (Pattern pattern : List.of(LINK, TAG)) {
                pattern.matcher(bare).results().map(match -> match.group(1)).forEach(links::add);
            }
        }
        links.removeIf(link -> link.matches("(https?|mailto):.*"));
        return links;
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

    /** As GitHub makes them: lower case, without punctuation, blanks as dashes, a number behind a repeated one. */
    private static Set<String> anchors(Path document) throws IOException {
        Set<String> anchors = new HashSet<>();
        for (String line : prose(document)) {
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
            List<String> lines = Files.readAllLines(document);
            for (int i = 0; i < lines.size(); i++) {
                Matcher quote = QUOTE.matcher(lines.get(i));
                if (quote.matches()) { // alone on its line; in a sentence it is only spoken of
                    quoted.add(quote.group(1));
                    if (!fenced(lines, i + 1).equals(region(quote.group(1), quote.group(2)))) {
                        wrong.add(HOME.relativize(document) + ":" + (i + 1) + " differs from " + quote.group(1) + "#"
                                + quote.group(2));
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(quoted).as("examples that are quoted").containsExactlyInAnyOrderElementsOf(examplesWithRegions());
    }

    @Test
    void theProgramOfTheReadmeCompilesAsItIsPasted(@TempDir Path folder) throws IOException {
        List<String> lines = Files.readAllLines(HOME.resolve("README.md"));
        int programs = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).equals("```java")) {
                programs++;
                Path pasted = folder.resolve("PublishImages.java");
                Files.write(pasted, fenced(lines, i));
                assertThat(compilerErrors(pasted)).isEmpty();
            }
        }
        assertThat(programs).as("Java programs in the README").isEqualTo(1);
    }

    /** What the compiler says of a file that stands alone, in no package, beside Flipbook's jars; nothing if all is well. */
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

    /** The fenced block that begins on this line, or behind blank ones. */
    private static List<String> fenced(List<String> lines, int from) {
        int open = from;
        while (open < lines.size() && lines.get(open).isBlank()) {
            open++;
        }
        assertThat(lines.get(open)).as("the line behind a quotation's mark").startsWith("```");
        int close = open + 1;
        while (!lines.get(close).startsWith("```")) {
            close++;
        }
        return lines.subList(open + 1, close);
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
        String commands = help.substring(help.indexOf("\nCommands"));
        List<String> names =
                COMMAND.matcher(commands).results().map(name -> name.group(1)).toList();
        assertThat(names).contains("bench", "publish");
        for (String name : names) {
            assertDocumented("## flipbook " + name, help(name));
        }
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

    /** That the table has the options of the help, each with the default that the help tells. */
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

    /** The lines outside of fenced code. */
    private static List<String> prose(Path document) throws IOException {
        List<String> prose = new ArrayList<>();
        boolean code = false;
        for (String line : Files.readAllLines(document)) {
            if (line.strip().startsWith("```")) {
                code = !code;
            } else if (!code) {
                prose.add(line);
            }
        }
        return prose;
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
