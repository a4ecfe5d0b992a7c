package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

    /** A record like that of a camera's controls. */
    public record Control(String name, long value) {}

    /** A record whose component cannot be read. */
    public record Silent(String name) {
        @Override
        public String name() {
            throw new IllegalStateException("not now");
        }
    }

    @Test
    void whatAStatusIsMadeOfIsWritten() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", "a");
        map.put("numbers", Arrays.asList(1, 2.5, null, true));
        map.put("control", new Control("brightness", -3));
        map.put("empty", List.of());
        assertThat(Json.of(map))
                .isEqualTo("{\"text\":\"a\",\"numbers\":[1,2.5,null,true],"
                        + "\"control\":{\"name\":\"brightness\",\"value\":-3},\"empty\":[]}");
    }

    @Test
    void textCannotLeaveItsQuotes() {
        assertThat(Json.of("a\"b\\c\nd\u2028é")).isEqualTo("\"a\\\"b\\\\c\\u000ad\\u2028é\"");
        assertThat(Json.of("\u2029\u001f !")).isEqualTo("\"\\u2029\\u001f !\"");
    }

    @Test
    void controlCharactersAreEscapedAndNothingElseIs() {
        assertThat(Json.of("\u0000\u001f \u007f'/\u2027\u2028\u2029\u202a"))
                .isEqualTo("\"\\u0000\\u001f \u007f'/\u2027\\u2028\\u2029\u202a\"");
    }

    @Test
    void namesAreQuotedAsTextsAre() {
        assertThat(Json.of(Map.of("a\"b", 1L))).isEqualTo("{\"a\\\"b\":1}");
        assertThat(Json.of(Map.of(7, false))).isEqualTo("{\"7\":false}");
        assertThat(Json.of(Map.of())).isEqualTo("{}");
    }

    @Test
    void aRecordThatDoesNotTellItsValuesIsRefused() {
        assertThatThrownBy(() -> Json.of(new Silent("x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no JSON for a dev.flipbook.web.JsonTest$Silent");
    }

    @Test
    void whatHasNoJsonIsRefused() {
        assertThatThrownBy(() -> Json.of(new Object())).hasMessage("no JSON for a java.lang.Object");
    }
}
