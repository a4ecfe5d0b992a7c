package dev.flipbook.server;

import dev.flipbook.FrameSink;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A viewer's HTTP response as a sink. Jetty writes the shared block as it is, without a copy, and calls back when the kernel
 * has taken the last byte.
 */
final class JettySink implements FrameSink, Callback {

    private final Response response;
    private final Callback request;

    // set before each write, read by its callback: Jetty orders the two
    private @Nullable Completion completion;
    private boolean last;

    /** @param request is completed when the viewer has gone */
    JettySink(Response response, Callback request) {
        this.response = response;
        this.request = request;
    }

    @Override
    public void write(ByteBuffer slice, boolean lastWrite, Completion whenDone) {
        completion = whenDone;
        last = lastWrite;
        response.write(lastWrite, slice, this);
    }

    @Override
    public void succeeded() {
        Completion done = completion;
        boolean ended = last;
        if (done != null) {
            done.drained();
        }
        if (ended) {
            request.succeeded();
        }
    }

    @Override
    public void failed(Throwable cause) {
        Completion done = completion;
        if (done != null) {
            done.failed(cause);
        }
        request.failed(cause);
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
