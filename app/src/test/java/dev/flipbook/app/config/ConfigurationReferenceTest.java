package dev.flipbook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.app.config.Settings.Given;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The reference has every key of the table, with its default and its options. */
class ConfigurationReferenceTest {

    private static final Path DOCUMENT =
            Path.of(System.getProperty("flipbook.home")).resolve("docs/reference/configuration.md");

    /** The cells of the rows under a heading, by the key in the first one. */
    private static Map<String, String[]> rows(String heading) throws IOException {
        List<String> lines = Files.readAllLines(DOCUMENT);
        int start = lines.indexOf(heading);
        assertThat(start).as(heading).isNotNegative();
        Map<String, String[]> rows = new LinkedHashMap<>();
        lines.subList(start + 1, lines.size()).stream()
                .takeWhile(line -> !line.startsWith("#"))
                .dropWhile(line -> !line.startsWith("| key "))
                .takeWhile(line -> line.startsWith("|"))
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("(?<!\\\\)\\|", -1))
                .forEach(cells -> rows.put(cells[1].strip().replace("`", ""), cells));
        return rows;
    }

    private static String cell(Map<String, String[]> rows, String key, int column) {
        return Objects.requireNonNull(rows.get(key))[column];
    }

    @Test
    void everyKeyIsThere() throws IOException {
        assertThat(rows("## Server")).containsOnlyKeys(Walk.keys(List.of("feeds", "defaults", "api"), Settings.SERVER));
        assertThat(rows("## Feeds")).containsOnlyKeys(Walk.ORIGIN_KEYS);
        assertThat(rows("## Settings of a feed")).containsOnlyKeys(Walk.keys(List.of(), Settings.FEED));
        assertThat(rows("## API")).containsOnlyKeys(Walk.keys(List.of(), Settings.API));
    }

    @Test
    void defaultsAreThoseOfTheTable() throws IOException {
        assertDefaults("## Settings of a feed", Settings.FEED);
        assertDefaults("## API", Settings.API);
        assertThat(cell(rows("## Server"), "listen", 3)).contains("`" + Settings.Listen.DEFAULT + "`");
    }

    private static void assertDefaults(String heading, List<Setting<?>> table) throws IOException {
        Map<String, Object> usual = new LinkedHashMap<>();
        ConfigWriter.add(usual, table, Given.NONE);
        Map<String, String[]> rows = rows(heading);
        usual.forEach((key, value) -> assertThat(cell(rows, key, 3).strip().replace("`", ""))
                .as("the default of " + key)
                .isEqualTo(value.toString()));
    }

    @Test
    void optionsAreThoseOfTheCommandLine() throws IOException {
        for (String heading : List.of("## Server", "## Settings of a feed")) {
            Map<String, String[]> rows = rows(heading);
            for (Setting<?> setting : heading.equals("## Server") ? Settings.SERVER : Settings.FEED) {
                assertThat(setting.options())
                        .allSatisfy(option ->
                                assertThat(cell(rows, setting.key(), 4)).contains("`--" + option + "`"));
            }
        }
    }
}
