package dev.flipbook.server.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.server.http.HttpError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a body may be, and where a wrong one is wrong. */
class JsonFieldsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                       | the body is empty; it is a JSON object, which stands in braces",
                "brightness               | line 1, column 1: this is not JSON",
                "{                        | line 1, column 2: this is not JSON",
                "{\"a\":1                 | line 1, column 7: this is not JSON",
                "{\"a\":1,}               | line 1, column 8: this is not JSON",
                "{'a':1}                  | line 1, column 2: this is not JSON",
                "{\"a\":01}               | line 1, column 7: this is not JSON",
                "{\"a\":1} {}             | line 1, column 9: this is not JSON",
                "{\"a\":[{\"b\":}]}       | line 1, column 12: this is not JSON",
                "{\"a\":NaN}              | line 1, column 9: this is not JSON",
                "[1, 2                    | line 1, column 6: this is not JSON"
            })
    void whatIsNotJsonIsRefusedWith400(String json, String sentence) {
        assertRefused(400, sentence, json);
    }

    @Test
    void lineIsCounted() {
        assertRefused(400, "line 3, column 3: this is not JSON", "{\n\"a\": 1,\n  b\n}");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        assertThatThrownBy(() -> JsonFields.read(new byte[] {'{', '"', (byte) 0xFF, '"', ':', '1', '}'}))
                .hasMessage("the body is not text in UTF-8, as JSON is");
        byte[] utf16 = "{\"a\": 1}".getBytes(StandardCharsets.UTF_16LE);
        assertThatThrownBy(() -> JsonFields.read(utf16)).hasMessageContaining("this is not JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[{\"a\": 1}]", "5", "\"text\"", "true", "null"})
    void jsonThatIsNotAnObjectIsRefusedWith422(String json) {
        assertRefused(422, "line 1, column 1: this is not a JSON object, which stands in braces", json);
    }

    @Test
    void objectsInsideEachOtherAreTakenUpTo20() {
        String twenty = "{\"a\":".repeat(19) + "{}" + "}".repeat(19);
        String more = "{\"a\":".repeat(20) + "{}" + "}".repeat(20);

        assertThatCode(() -> read(twenty)).doesNotThrowAnyException();
        assertRefused(422, "line 1, column 102: this is nested deeper than 20 levels, or longer than is taken", more);
    }

    @Test
    void fieldThatIsGivenTwiceIsRefused() {
        assertRefused(422, "line 1, column 9: 'a' is given twice", "{\"a\":1, \"a\":2}");
    }

    @Test
    void unknownFieldIsRefusedWithThoseThatAreKnown() {
        JsonFields fields = read("{\"reason\": \"x\",\n \"resaon\": \"meeting\"}");

        assertThatThrownBy(() -> fields.checkNames(Set.of("reason")))
                .hasMessage("line 2, column 2: 'resaon' is not known here; what is known: reason");
        assertThatThrownBy(() -> fields.checkNames(Set.of()))
                .hasMessage("line 1, column 2: 'reason' is not known here; no fields are");
        assertThatCode(() -> fields.checkNames(Set.of("reason", "resaon"))).doesNotThrowAnyException();
    }

    @Test
    void textIsATextOfAtMostSoManyCharacters() {
        JsonFields fields = read("{\"a\": \"12345\", \"b\": 5, \"c\": null, \"d\": {\"e\": 1}}");

        assertThat(fields.text("a", 5)).contains("12345");
        assertThat(fields.text("x", 5)).isEmpty();
        assertThatThrownBy(() -> fields.text("a", 4))
                .hasMessage("line 1, column 2: a has 5 characters; it has at most 4");
        assertThatThrownBy(() -> fields.text("b", 5)).hasMessage("line 1, column 16: b is 5; it is a text in quotes");
        assertThatThrownBy(() -> fields.text("c", 5))
                .hasMessage("line 1, column 24: c is null; it is a text in quotes");
        assertThatThrownBy(() -> fields.text("d", 5))
                .hasMessage("line 1, column 35: d is an object; it is a text in quotes");
    }

    @Test
    void wholeNumbersAreTaken() {
        assertThat(read("{\"a\": 1, \"b\": -64, \"c\": 2147483647, \"d\": -2147483648}")
                        .integers())
                .isEqualTo(Map.of("a", 1, "b", -64, "c", 2147483647, "d", -2147483648));
        assertThat(read("{}").integers()).isEmpty();
    }

    @Test
    void whatIsNotAWholeNumberIsRefused() {
        for (String value : List.of("1.5", "1.0", "1e2", "\"1\"", "true", "null", "2147483648", "1" + "0".repeat(60))) {
            assertThatThrownBy(() -> read("{\"a\": 1, \"b\": " + value + "}").integers())
                    .hasMessage("line 1, column 10: 'b' is " + value + "; it is a whole number of at most 32 bits");
        }
        assertThatThrownBy(() -> read("{\"b\": [1]}").integers())
                .hasMessage("line 1, column 2: 'b' is a list; it is a whole number of at most 32 bits");
    }

    @Test
    void emptyBodyIsAnObjectWithoutFieldsWhereNoneIsNeeded() {
        assertThat(JsonFields.readIfAny(new byte[0]).integers()).isEmpty();
        assertThat(JsonFields.readIfAny("{\"a\":1}".getBytes(StandardCharsets.UTF_8))
                        .integers())
                .containsOnlyKeys("a");
    }

    private static JsonFields read(String json) {
        return JsonFields.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertRefused(int status, String sentence, String json) {
        assertThatThrownBy(() -> read(json))
                .hasMessage(sentence)
                .satisfies(error -> assertThat(((HttpError) error).status()).isEqualTo(status));
    }
}
