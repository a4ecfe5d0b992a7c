package dev.flipbook.server.stream;

import dev.flipbook.feed.Feed;
import dev.flipbook.server.http.Endpoint;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.StreamRequest;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/** Serves a feed as an endless response of one picture after the other. */
public final class StreamEndpoint implements Endpoint {

    /**
     * Closes the connection after the response. This keeps Jetty from sending chunks, which some clients cannot read.
     */
    private static final HttpField CLOSE = new PreEncodedHttpField(HttpHeader.CONNECTION, "close");

    private final FeedLookup feeds;
    private final OpenStreams streams;

    public StreamEndpoint(FeedLookup feeds, OpenStreams streams) {
        this.feeds = feeds;
        this.streams = streams;
    }

    @Override
    public void handle(Exchange exchange) {
        Feed feed = feeds.find(exchange.name());
        StreamRequest asked = StreamRequest.of(exchange::query, exchange::header);
        String id = OpenStreams.id(exchange);
        asked.headers(feed).forEach(exchange.headers()::put);
        exchange.headers().put(CLOSE);
        if (exchange.isHead()) {
            exchange.begin(200);
            return;
        }
        exchange.response().setStatus(200);
        exchange.headers().put("X-Stream-Id", id);
        MjpegStream.open(id, feed, asked, exchange, streams);
    }
}
