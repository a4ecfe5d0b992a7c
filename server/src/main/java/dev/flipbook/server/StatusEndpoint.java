package dev.flipbook.server;

import dev.flipbook.feed.Feeds;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.Json;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.StatusJson;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/** Serves the status of the feeds as JSON. */
final class StatusEndpoint {

    private static final HttpField JSON = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/json");

    private final Feeds feeds;
    private final FeedLookup lookup;

    StatusEndpoint(Feeds feeds, FeedLookup lookup) {
        this.feeds = feeds;
        this.lookup = lookup;
    }

    void all(Exchange exchange) {
        answer(exchange, all());
    }

    /** The status of all feeds as a JSON object, with the names of the HTTP interface. */
    Map<String, Object> all() {
        return StatusJson.of(feeds);
    }

    void one(Exchange exchange) {
        answer(exchange, StatusJson.of(lookup.find(exchange.name())));
    }

    private static void answer(Exchange exchange, Object json) {
        exchange.headers().put(HttpHeader.CACHE_CONTROL, "no-store");
        exchange.answer(200, JSON, Json.write(json) + "\n");
    }
}
