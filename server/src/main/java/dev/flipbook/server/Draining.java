package dev.flipbook.server;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * The end of a request with a body that may not have been read: its answer has gone, and the rest of the body is taken, within
 * limits, before the connection is closed. A client that sends all before it reads would find a broken connection in the
 * answer's place.
 */
record Draining(Request request, Callback callback) implements Callback {

    /** For all that is left, in milliseconds. */
    private static final long PATIENCE = 1000;

    @Override
    public void succeeded() {
        if (mayHaveMore()) {
            Thread thread = Thread.ofVirtual().name("flipbook-drain").unstarted(this::drain);
            request.getComponents().getScheduler().schedule(thread::interrupt, PATIENCE, TimeUnit.MILLISECONDS);
            thread.start();
        } else {
            callback.succeeded();
        }
    }

    private boolean mayHaveMore() {
        boolean body = request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING) || request.getLength() > 0;
        RequestBody read = RequestBody.of(request);
        // who waits to be told to go on is not told so
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
