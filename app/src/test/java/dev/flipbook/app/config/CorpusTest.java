package dev.flipbook.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.flipbook.app.config.Settings.Given;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Good and bad files: the reader says what is wrong and where, and the schema for editors agrees with the reader. */
class CorpusTest {

    private static final Path HOME = Path.of(System.getProperty("flipbook.home"));
    private static final Path CORPUS = HOME.resolve("app/src/test/resources/config");
    private static final Path SCHEMA = HOME.resolve("docs/reference/flipbook.schema.json");
    private static final Path EXAMPLE = HOME.resolve("flipbook.example.yaml");

    /** Number of files below which somebody has thrown some away. */
    private static final int MIN_FILES = 60;

    /** Ends an expected line of which the rest depends on the machine. */
    private static final String AND_SO_ON = "…";

    /** A map that is in itself is nothing that can be written as JSON. */
    private static final String ENDLESS = "alias-of-itself";

    private static final ConfigReader READER = new ConfigReader(Map.of(
            "DOOR_USER", "anna",
            "DOOR_PASSWORD", "pw",
            "FPS", "15",
            "EMPTY", ""));

    private final Schema schema = schema();

    private static Stream<Path> good() throws IOException {
        return Stream.concat(files("good"), Stream.of(EXAMPLE));
    }

    private static Stream<Path> bad() throws IOException {
        return files("bad");
    }

    private static Stream<Path> files(String folder) throws IOException {
        try (Stream<Path> files = Files.list(CORPUS.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("good")
    void goodFileIsReadWithoutAProblem(Path file) {
        Reading reading = READER.file(file);

        assertThat(reading.problems()).isEmpty();
        assertThat(reading.configuration()).isPresent();
    }

    @ParameterizedTest
    @MethodSource("good")
    void goodFileIsGoodForEditors(Path file) throws IOException {
        assertThat(errors(file)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("good")
    void whatIsPrintedOfAGoodFileIsGoodForEditorsToo(Path file) {
        String printed = READER.file(file).configuration().orElseThrow().yaml();

        assertThat(schema.validate(json(printed))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("bad")
    void everyProblemIsFoundAtItsPlace(Path file) throws IOException {
        Reading reading = READER.file(file, Map.of());
        List<String> expected = Files.readAllLines(beside(file));

        assertThat(reading.configuration()).isEmpty();
        assertThat(reading.problems()).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            String said = reading.problems().get(i).toString();
            String line = file + ":" + expected.get(i);
            if (line.endsWith(AND_SO_ON)) {
                assertThat(said).startsWith(line.substring(0, line.length() - 1));
            } else {
                assertThat(said).isEqualTo(line);
            }
        }
    }

    private static Path beside(Path file) {
        return file.resolveSibling(file.getFileName().toString().replace(".yaml", ".expect"));
    }

    @Test
    void theSchemaRefusesWhatASchemaCanSee() throws IOException {
        Set<String> refused = new TreeSet<>();
        for (Path file : bad().toList()) {
            String name = file.getFileName().toString().replace(".yaml", "");
            if (!name.equals(ENDLESS) && isRefusedBySchema(file)) {
                refused.add(name);
            }
        }
        assertThat(refused).containsExactlyElementsOf(Files.readAllLines(CORPUS.resolve("seen-by-the-schema.txt")));
    }

    /** Whether the file is YAML and the schema finds something wrong. */
    private boolean isRefusedBySchema(Path file) throws IOException {
        try {
            return !errors(file).isEmpty();
        } catch (YamlEngineException | CharacterCodingException e) {
            return false;
        }
    }

    @Test
    void theCorpusIsLarge() throws IOException {
        assertThat(bad()).hasSizeGreaterThanOrEqualTo(MIN_FILES);
    }

    @Test
    void theSchemaHasTheKeysOfTheTable() throws IOException {
        JsonNode tree = JsonMapper.shared().readTree(Files.readString(SCHEMA));

        List<String> feed = Walk.keys(List.of(), Settings.FEED);
        assertThat(keys(tree, "/properties"))
                .containsExactlyInAnyOrderElementsOf(Walk.keys(List.of("feeds", "defaults", "api"), Settings.SERVER));
        assertThat(keys(tree, "/properties/defaults/properties")).containsExactlyInAnyOrderElementsOf(feed);
        assertThat(keys(tree, "/properties/api/properties"))
                .containsExactlyInAnyOrderElementsOf(Walk.keys(List.of(), Settings.API));
        assertThat(keys(tree, "/$defs/longFeed/properties"))
                .containsExactlyInAnyOrderElementsOf(Walk.keys(Walk.ORIGIN_KEYS, Settings.FEED));
    }

    @Test
    void theSchemaHasTheDefaultsOfTheTable() throws IOException {
        JsonNode tree = JsonMapper.shared().readTree(Files.readString(SCHEMA));

        Map<String, Object> usual = new LinkedHashMap<>();
        ConfigWriter.add(usual, Settings.FEED, Given.NONE);
        usual.remove("controls");
        usual.forEach(
                (key, value) -> assertThat(tree.at("/$defs/" + key + "/default").asString())
                        .as(key)
                        .isEqualTo(value.toString()));
        assertThat(tree.at("/properties/listen/default").asString()).isEqualTo(Settings.Listen.DEFAULT.toString());
    }

    private static List<String> keys(JsonNode tree, String pointer) {
        return new ArrayList<>(tree.at(pointer).propertyNames());
    }

    private List<Error> errors(Path file) throws IOException {
        return schema.validate(json(Files.readString(file)));
    }

    /** The file as an editor sees it: numbers, texts, lists and maps. */
    private static JsonNode json(String yaml) {
        Object content = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return JsonMapper.shared().valueToTree(content);
    }

    private static Schema schema() {
        try {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(Files.readString(SCHEMA), InputFormat.JSON);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
