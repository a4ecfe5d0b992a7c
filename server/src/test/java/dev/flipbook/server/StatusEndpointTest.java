package dev.flipbook.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.feed.Feeds;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.UnknownFeedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The status of feeds over HTTP. */
class StatusEndpointTest {

    private final Feeds feeds = new Feeds();
    private final StatusEndpoint endpoint = new StatusEndpoint(feeds, new FeedLookup(feeds));

    @AfterEach
    void close() {
        feeds.close();
    }

    @Test
    void allFeedsAreListedInOrderAndOneWithItsViewers() {
        feeds.feed("b").publish(Pictures.ofBytes(1000));
        feeds.open("a");

        assertThat(answer(""))
                .startsWith("{\"feeds\":[{\"name\":\"b\",\"state\":\"live\",")
                .contains("{\"name\":\"a\",");
        assertThat(answer("b"))
                .startsWith("{\"name\":\"b\",\"state\":\"live\",")
                .endsWith(",\"watching\":[]}\n");
        assertThat(answer("a")).startsWith("{\"name\":\"a\",\"state\":\"offline\",");
        assertThatThrownBy(() -> answer("c"))
                .isInstanceOf(UnknownFeedException.class)
                .hasMessage("there is no feed 'c'; there are: b, a");
    }

    /** The status of one feed, or of all for an empty name. */
    private String answer(String name) {
        FakeRequest request = new FakeRequest("GET", "/api/feeds");
        if (name.isEmpty()) {
            endpoint.all(request.exchange(""));
        } else {
            endpoint.one(request.exchange(name));
        }
        assertThat(request.response.getStatus()).isEqualTo(200);
        assertThat(request.response.header("Content-Type")).isEqualTo("application/json");
        assertThat(request.response.header("Cache-Control")).isEqualTo("no-store");
        return request.response.text();
    }
}
