package dev.flipbook.server;

import dev.flipbook.Feed;
import dev.flipbook.Frame;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.SnapshotRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One frame of a feed, with its age; or why there is none. */
final class SnapshotEndpoint implements Endpoint {

    /** In seconds; a source that failed is tried again about as soon. */
    private static final String RETRY_AFTER = "1";

    private final FeedLookup feeds;

    SnapshotEndpoint(FeedLookup feeds) {
        this.feeds = feeds;
    }

    @Override
    public void handle(Exchange exchange) {
        Feed feed = feeds.find(exchange.name());
        SnapshotRequest asked = SnapshotRequest.of(exchange::query);
        CompletableFuture<Frame> picture = asked.take(feed);
        exchange.request().addFailureListener(_ -> picture.cancel(false)); // the client has gone: nobody waits
        var _ = picture.whenComplete((frame, failure) -> {
            try {
                answer(exchange, feed, asked, frame, failure);
            } catch (RuntimeException | Error e) { // out of memory, say: the request is not to hang
                exchange.callback().failed(e);
            }
        });
    }

    private static void answer(
            Exchange exchange, Feed feed, SnapshotRequest asked, Frame frame, @Nullable Throwable failure) {
        if (failure != null) {
            new HttpError(503, asked.refusal(feed, failure), "Retry-After", RETRY_AFTER).answer(exchange);
            return;
        }
        asked.headers(feed, frame).forEach(exchange.headers()::put);
        exchange.answer(200, ByteBuffer.wrap(frame.bytes()));
    }
}
