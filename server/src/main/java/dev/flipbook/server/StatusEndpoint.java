package dev.flipbook.server;

import dev.flipbook.feed.Feeds;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.StatusJson;
import java.util.Map;

/** Serves the status of the feeds as JSON. */
final class StatusEndpoint {

    private final Feeds feeds;
    private final FeedLookup lookup;

    StatusEndpoint(Feeds feeds, FeedLookup lookup) {
        this.feeds = feeds;
        this.lookup = lookup;
    }

    void all(Exchange exchange) {
        exchange.answerJson(all());
    }

    /** The status of all feeds as a JSON object, with the names of the HTTP interface. */
    Map<String, Object> all() {
        return StatusJson.of(feeds);
    }

    void one(Exchange exchange) {
        exchange.answerJson(StatusJson.of(lookup.find(exchange.name())));
    }
}
