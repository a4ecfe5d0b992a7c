package dev.flipbook.app.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.nodes.Node;

/** Whatever a file holds, reading it ends soon, with nodes or with a sentence. */
class YamlTextTest {

    private final List<String> said = new ArrayList<>();

    private Optional<Node> read(byte[] bytes) {
        return YamlText.read(bytes, (line, column, sentence) -> said.add(line + ":" + column + ": " + sentence));
    }

    private Optional<Node> read(String text) {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String repeated(String part) {
        return part.repeat(YamlText.MAX_BYTES / part.length());
    }

    @ParameterizedTest
    @Timeout(60)
    @ValueSource(
            strings = {
                "[", "{", "]", "- ", "? ", "a: ", "a:\n", "&a ", "*a ", "!a ", "'", "\"", "|", "> ", "%", "---\n",
                        "...\n",
                "[],", "{a: ", "\\", "#", "\n", " ", "\r", "a", "a: b\n", "- a\n", "[a, ", "\"\\", "- - ", ",", ": ",
                        "@", "`",
                "\u00e9", "\uD83D\uDE00", "\u2028", "a: &a [*a, "
            })
    void aMebibyteOfAnythingIsReadOrRefused(String part) {
        boolean root = read(repeated(part)).isPresent();

        assertThat(said).hasSize(root ? 0 : 1);
    }

    @Test
    @Timeout(60)
    void noiseIsRefusedAtItsPlace() {
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[5000];
            random.nextBytes(bytes);
            if (i % 2 == 0) { // ASCII without control characters, so that the parser sees some of it
                for (int at = 0; at < bytes.length; at++) {
                    bytes[at] = (byte) (bytes[at] % 47 + 79);
                }
            }
            said.clear();
            if (read(bytes).isEmpty()) {
                assertThat(said).hasSize(1).first().asString().matches("(?s)[1-9]\\d*:[1-9]\\d*: .+");
            }
        }
    }

    @Test
    void placesAreCountedInCharacters() {
        read("\uD83D\uDE00: \uD83D\uDE00\nab\u0007");
        assertThat(said).containsExactly("2:3: here is a character that YAML does not allow, U+0007");

        said.clear();
        byte[] cut = "a: \u00e9".getBytes(StandardCharsets.UTF_8);
        read(Arrays.copyOf(cut, cut.length - 1));
        assertThat(said).containsExactly("1:4: here is a byte that is not UTF-8");
    }

    @Test
    void whatIsLimitedIsAllowedUpToItsLimit() {
        assertThat(read("[".repeat(20) + "]".repeat(20))).isPresent();
        assertThat(read("[".repeat(21) + "]".repeat(21))).isEmpty();
        assertThat(read("- a\n".repeat(99_999))).isPresent();
        assertThat(read("- a\n".repeat(100_000))).isEmpty();
        assertThat(read("- &a b\n" + "- *a\n".repeat(50))).isPresent();
        assertThat(read("- &a b\n" + "- *a\n".repeat(51))).isEmpty();
    }

    @Test
    void noTagStandsForAnything() {
        assertThat(read("a: !!javax.script.ScriptEngineManager [b]")).isEmpty();
        assertThat(read("%TAG ! tag:yaml.org,2002:\n---\na: !int 5")).isEmpty();
        assertThat(said)
                .containsExactly(
                        "1:4: here is the tag !!javax.script.ScriptEngineManager; a configuration has none",
                        "3:4: here is the tag !!int; a configuration has none");
    }
}
