package dev.flipbook.server.publish;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * Completes a request whose body may not have been read completely. The answer has been sent; the rest of the body is
 * read and discarded, within limits, before the connection is closed. Without that, a client that sends its whole body
 * before it reads would get a connection error instead of the answer.
 */
public record Draining(Request request, Callback callback) implements Callback {

    /** Maximum time for the rest of the body, in milliseconds. */
    private static final long TIMEOUT_MILLIS = 1000;

    @Override
    public void succeeded() {
        if (mayHaveMore()) {
            Thread thread = Thread.ofVirtual().name("flipbook-drain").unstarted(this::drain);
            request.getComponents().getScheduler().schedule(thread::interrupt, TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            thread.start();
        } else {
            callback.succeeded();
        }
    }

    private boolean mayHaveMore() {
        boolean body = request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING) || request.getLength() > 0;
        RequestBody read = RequestBody.of(request);
        // A client that waits for 100 Continue never gets it, so it sends no body.
        boolean waits = request.getHeaders().contains(HttpHeader.EXPECT) && !read.begun();
        return body && !waits && !read.ended();
    }

    private void drain() {
        RequestBody.of(request).drain();
        callback.succeeded();
    }

    @Override
    public void failed(Throwable cause) {
        callback.failed(cause);
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
