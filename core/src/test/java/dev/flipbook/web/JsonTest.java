package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.Feeds;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

    /** As a camera's controls are. */
    public record Control(String name, long value) {}

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
    }

    @Test
    void aFeedsStatusCanBeWritten() {
        try (Feeds feeds = new Feeds()) {
            feeds.feed("door");
            assertThat(Json.of(StatusJson.of(feeds)))
                    .startsWith("{\"feeds\":[{\"name\":\"door\",\"state\":\"starting\"");
        }
    }

    @Test
    void whatHasNoJsonIsRefused() {
        assertThatThrownBy(() -> Json.of(new Object())).hasMessage("no JSON for a java.lang.Object");
    }
}
