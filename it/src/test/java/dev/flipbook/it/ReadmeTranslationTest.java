package dev.flipbook.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.it.kit.Markdown;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The Chinese README has what the English one has: the same sections, code, links and figures. A change to one of them
 * is therefore not forgotten in the other.
 */
class ReadmeTranslationTest {

    private static final Path HOME =
            Path.of(System.getProperty("flipbook.home")).toAbsolutePath().normalize();
    private static final String ENGLISH = "README.md";
    private static final String CHINESE = "README.zh-CN.md";

    /** A remark after a command, which is translated. */
    private static final Pattern REMARK = Pattern.compile("\\s+#\\s.*");

    private static final Pattern FIGURE = Pattern.compile("\\d+(?:[.,]\\d+)*");

    private final Markdown english = Markdown.read(HOME.resolve(ENGLISH));
    private final Markdown chinese = Markdown.read(HOME.resolve(CHINESE));

    ReadmeTranslationTest() throws IOException {}

    @Test
    void eachLinksToTheOther() {
        assertThat(english.links()).contains(CHINESE);
        assertThat(chinese.links()).contains(ENGLISH);
    }

    @Test
    void bothHaveTheSameBlocksOfCodeExceptForRemarks() {
        assertThat(commands(english)).isNotEmpty();
        assertThat(commands(chinese)).isEqualTo(commands(english));
    }

    private static List<String> commands(Markdown readme) {
        return readme.blocks().stream()
                .map(block -> String.join("\n", block))
                .map(block -> REMARK.matcher(block).replaceAll(""))
                .toList();
    }

    @Test
    void bothHaveTheSameLinks() {
        List<String> links = new ArrayList<>(english.links());
        links.remove(CHINESE);
        links.add(ENGLISH);
        assertThat(chinese.links()).containsExactlyInAnyOrderElementsOf(links);
    }

    @Test
    void bothHaveTheSameInlineCodeInEachSection() {
        List<List<String>> expected = sections(english);
        List<List<String>> found = sections(chinese);
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(Markdown.code(found.get(i)))
                    .as("%s, as in %s", found.get(i).get(0), expected.get(i).get(0))
                    .containsExactlyInAnyOrderElementsOf(Markdown.code(expected.get(i)));
        }
    }

    @Test
    void bothHaveTheSameFiguresInEachSection() {
        List<List<String>> expected = sections(english);
        List<List<String>> found = sections(chinese);
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(figures(found.get(i)))
                    .as("%s, as in %s", found.get(i).get(0), expected.get(i).get(0))
                    .containsExactlyInAnyOrderElementsOf(figures(expected.get(i)));
        }
    }

    /** The figures in the text, each once: a language may need to say one more often than the other. */
    private static List<String> figures(List<String> section) {
        return section.stream()
                .map(line -> Markdown.withoutLinks(Markdown.withoutCode(line)))
                .flatMap(line -> FIGURE.matcher(line).results().map(MatchResult::group))
                .distinct()
                .toList();
    }

    @Test
    void bothHaveAsManyItemsAndRowsInEachSection() {
        List<List<String>> expected = sections(english);
        List<List<String>> found = sections(chinese);
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(shape(found.get(i)))
                    .as("%s, as in %s", found.get(i).get(0), expected.get(i).get(0))
                    .isEqualTo(shape(expected.get(i)));
        }
    }

    /** A line for each heading, item, row and image; for a row also its number of cells. */
    private static List<String> shape(List<String> section) {
        return section.stream()
                .filter(line -> line.matches("(#+|-|!\\[|\\|).*"))
                .map(line -> line.startsWith("|")
                        ? "row of " + line.split("\\|", -1).length
                        : line.replaceFirst("^(#+|-|!).*", "$1"))
                .toList();
    }

    /** The prose from each heading up to the next. */
    private static List<List<String>> sections(Markdown readme) {
        List<List<String>> sections = new ArrayList<>();
        for (String line : readme.prose()) {
            if (line.startsWith("#")) {
                sections.add(new ArrayList<>());
            }
            sections.get(sections.size() - 1).add(line);
        }
        return sections;
    }
}
