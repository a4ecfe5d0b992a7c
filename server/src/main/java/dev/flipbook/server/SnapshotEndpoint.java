package dev.flipbook.server;

import dev.flipbook.FrameSink;
import dev.flipbook.feed.Feed;
import dev.flipbook.server.http.Endpoint;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.web.ClientName;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.SnapshotRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/** Serves one frame of a feed with its age, or says why there is none. */
final class SnapshotEndpoint implements Endpoint {

    /** Seconds after which a client should try again; a failed source is tried again after about the same time. */
    private static final String RETRY_AFTER = "1";

    private final FeedLookup feeds;

    SnapshotEndpoint(FeedLookup feeds) {
        this.feeds = feeds;
    }

    @Override
    public void handle(Exchange exchange) {
        Feed feed = feeds.find(exchange.name());
        SnapshotRequest asked = SnapshotRequest.of(exchange::query);
        String reader =
                ClientName.of(Request.getRemoteAddr(exchange.request()), Request.getRemotePort(exchange.request()));
        CompletableFuture<Void> begun = asked.write(feed, reader, new Written(exchange, feed, asked));
        exchange.request().addFailureListener(_ -> begun.cancel(false)); // the client has gone, so nobody waits
        var _ = begun.whenComplete((_, failure) -> {
            if (failure != null) {
                refuse(exchange, feed, asked, failure);
            }
        });
    }

    private static void refuse(Exchange exchange, Feed feed, SnapshotRequest asked, Throwable failure) {
        if (failure instanceof CancellationException) {
            exchange.callback().failed(new EofException("the client has gone")); // Jetty does not log an EofException
            return;
        }
        if (!(failure instanceof IOException)) { // lack of memory, for example; the request must not hang
            exchange.callback().failed(failure);
            return;
        }
        try {
            new HttpError(503, asked.refusal(feed, failure), "Retry-After", RETRY_AFTER).answer(exchange);
        } catch (RuntimeException | Error e) {
            exchange.callback().failed(e);
        }
    }

    /**
     * The response as a sink for one picture. The kernel reads the block that viewers share, and Jetty ends a write
     * that makes no progress.
     */
    private record Written(Exchange exchange, Feed feed, SnapshotRequest asked) implements FrameSink {

        @Override
        public void coming(long sequence, long capturedNanos, boolean placeholder) {
            asked.headers(feed, sequence, capturedNanos).forEach(exchange.headers()::put);
        }

        @Override
        public void write(ByteBuffer picture, boolean last, Completion completion) {
            exchange.response().setStatus(200);
            exchange.headers().put(HttpHeader.CONTENT_LENGTH, picture.remaining());
            ByteBuffer body = exchange.isHead() ? ByteBuffer.allocate(0) : picture;
            exchange.response().write(last, body, new Sent(completion, exchange.callback()));
        }

        @Override
        public void cut() {
            exchange.request()
                    .getConnectionMetaData()
                    .getConnection()
                    .getEndPoint()
                    .close(new EofException("this snapshot was read slowly while others needed the memory"));
        }
    }

    /** Completes the request when the write completes. */
    private record Sent(FrameSink.Completion completion, Callback request) implements Callback {

        @Override
        public void succeeded() {
            completion.drained();
            request.succeeded();
        }

        @Override
        public void failed(Throwable cause) {
            completion.failed(cause);
            request.failed(cause);
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
