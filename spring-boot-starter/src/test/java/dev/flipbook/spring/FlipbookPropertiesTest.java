package dev.flipbook.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.spring.FlipbookProperties.FeedSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class FlipbookPropertiesTest {

    private static FlipbookProperties at(String path) {
        return new FlipbookProperties(path, DataSize.ofBytes(1), Map.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/live", "/live/cameras", "/live.2-3_4"})
    void aPathIsEmptyOrBeginsWithASlash(String path) {
        assertThat(at(path).path()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "live", "/live/", "//live", "/{name}", "/*", "/a?b", "/a#b", "/a%20b", "/a}"})
    void aPathThatCannotBeIsRefused(String path) {
        assertThatThrownBy(() -> at(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("flipbook.path is '" + path
                        + "'; it is empty, or begins with a / and does not end with one, such as /live");
    }

    @Test
    void feedsKeepTheirOrderAndCannotBeChanged() {
        Map<String, FeedSource> feeds = new LinkedHashMap<>();
        for (String name : new String[] {"z", "a", "m"}) {
            feeds.put(name, FeedSource.of("test"));
        }
        FlipbookProperties properties = new FlipbookProperties("", DataSize.ofBytes(1), feeds);
        feeds.clear();
        assertThat(properties.feeds().keySet()).containsExactly("z", "a", "m");
        assertThatThrownBy(() -> properties.feeds().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aTextAloneIsASourceAsItIs() {
        assertThat(FeedSource.of("rtsp://door/1")).isEqualTo(new FeedSource("rtsp://door/1", 0, null, 80));
    }
}
