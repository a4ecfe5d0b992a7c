package dev.flipbook.servlet;

import dev.flipbook.FrameSink;
import dev.flipbook.feed.Feed;
import dev.flipbook.web.ClientName;
import dev.flipbook.web.SnapshotRequest;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The response of one snapshot in a servlet container. The response waits for the picture, which a {@link ServletSink}
 * then writes from the memory that viewers share, so no thread waits for a slow client.
 */
final class ServletSnapshot implements FrameSink, AsyncListener {

    private final Feed feed;
    private final SnapshotRequest asked;
    private final AsyncContext async;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private volatile @Nullable CompletableFuture<Void> begun;

    private ServletSnapshot(
            Feed feed, SnapshotRequest asked, HttpServletRequest request, HttpServletResponse response) {
        this.feed = feed;
        this.asked = asked;
        this.async = request.startAsync();
        this.request = request;
        this.response = response;
        async.setTimeout(0); // a snapshot has a timeout of its own
    }

    /** Answers the request. Returns at once. */
    static void open(Feed feed, SnapshotRequest asked, HttpServletRequest request, HttpServletResponse response) {
        ServletSnapshot snapshot = new ServletSnapshot(feed, asked, request, response);
        snapshot.async.addListener(snapshot);
        CompletableFuture<Void> begun =
                asked.write(feed, ClientName.of(request.getRemoteAddr(), request.getRemotePort()), snapshot);
        snapshot.begun = begun;
        var unused = begun.whenComplete((nothing, failure) -> snapshot.begun(failure));
    }

    @Override
    public void coming(long sequence, long capturedNanos, boolean placeholder) {
        asked.headers(feed, sequence, capturedNanos).forEach(response::setHeader);
    }

    @Override
    public void write(ByteBuffer picture, boolean last, Completion completion) {
        response.setStatus(200);
        FeedServlet.protect(response);
        response.setContentLength(picture.remaining());
        if (request.getMethod().equals("HEAD")) {
            completion.drained();
            async.complete();
            return;
        }
        try {
            ServletSink.send(picture, completion, async, response);
        } catch (IOException | IllegalStateException e) {
            completion.failed(e);
            gone(e);
        }
    }

    /** Called when the picture is being written, or when there is none. */
    private void begun(@Nullable Throwable failure) {
        if (failure == null) {
            return;
        }
        try {
            if (failure instanceof IOException || failure instanceof OutOfMemoryError) {
                String sentence = failure instanceof IOException ? asked.refusal(feed, failure) : FeedServlet.NO_MEMORY;
                response.setHeader("Retry-After", "1");
                FeedServlet.refuse(503, sentence, request, response);
            } else if (!(failure instanceof CancellationException)) {
                request.setAttribute("jakarta.servlet.error.exception", failure);
                FeedServlet.refuse(500, "this failed inside the server", request, response);
            }
            async.complete();
        } catch (IOException | IllegalStateException e) {
            gone(e);
        }
    }

    /**
     * Ends the response after a failure, unless the container has ended it. The client does not read an answer any
     * more.
     */
    private void gone(Exception why) {
        try {
            request.setAttribute("jakarta.servlet.error.exception", why);
            async.complete();
        } catch (IllegalStateException e) {
            // the container has ended it already
        }
    }

    private void stopWaiting() {
        CompletableFuture<Void> waiting = begun;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        stopWaiting();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        stopWaiting();
    }

    @Override
    public void onError(AsyncEvent event) {
        stopWaiting();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }
}
