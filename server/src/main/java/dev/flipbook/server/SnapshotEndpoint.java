package dev.flipbook.server;

import dev.flipbook.Feed;
import dev.flipbook.Frame;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.jspecify.annotations.Nullable;

/** One frame of a feed, with its age; or why there is none. */
final class SnapshotEndpoint implements Endpoint {

    private static final PreEncodedHttpField JPEG = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "image/jpeg");
    /** In seconds; a source that failed is tried again about as soon. */
    private static final String RETRY_AFTER = "1";

    private final FeedLookup feeds;

    SnapshotEndpoint(FeedLookup feeds) {
        this.feeds = feeds;
    }

    @Override
    public void handle(Exchange exchange) {
        Feed feed = feeds.find(exchange.name());
        var _ = feed.snapshot().whenComplete((frame, failure) -> {
            try {
                answer(exchange, feed, frame, failure);
            } catch (RuntimeException | Error e) { // out of memory, say: the request is not to hang
                exchange.callback().failed(e);
            }
        });
    }

    private static void answer(Exchange exchange, Feed feed, @Nullable Frame frame, @Nullable Throwable failure) {
        if (frame == null) {
            String reason = failure == null || failure.getMessage() == null ? "no picture" : failure.getMessage();
            new HttpError(503, "the feed '" + feed.name() + "' has no picture: " + reason, "Retry-After", RETRY_AFTER)
                    .answer(exchange);
            return;
        }
        Duration age = feed.age(frame);
        exchange.headers().put("X-Frame-Sequence", Long.toString(frame.sequence()));
        exchange.headers().put("X-Frame-Age-Ms", Long.toString(age.toMillis()));
        exchange.headers().put("X-Timestamp", unixSeconds(Instant.now().minus(age)));
        exchange.headers().put(HttpHeader.CACHE_CONTROL, "no-store");
        exchange.answer(200, JPEG, ByteBuffer.wrap(frame.bytes()));
    }

    private static String unixSeconds(Instant time) {
        return "%d.%06d".formatted(time.getEpochSecond(), time.getNano() / 1000);
    }
}
