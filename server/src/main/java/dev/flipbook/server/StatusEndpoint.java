package dev.flipbook.server;

import dev.flipbook.Feed;
import dev.flipbook.Feeds;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/** How the feeds are, as JSON. */
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

    /** How all of them are now, under the names of the interface. */
    Map<String, Object> all() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(
                "feeds",
                feeds.list().stream().map(feed -> Json.of(feed.status())).toList());
        all.put(
                "memory",
                Map.of(
                        "used", feeds.usedBytes(),
                        "allocated", feeds.allocatedBytes(),
                        "ceiling", feeds.ceilingBytes()));
        return all;
    }

    void one(Exchange exchange) {
        Feed feed = lookup.find(exchange.name());
        Map<String, Object> one = Json.of(feed.status());
        one.put("watching", feed.watching().stream().map(Json::of).toList());
        answer(exchange, one);
    }

    private static void answer(Exchange exchange, Object json) {
        exchange.headers().put(HttpHeader.CACHE_CONTROL, "no-store");
        exchange.answer(200, JSON, Json.write(json) + "\n");
    }
}
