package dev.flipbook.server.stream;

import dev.flipbook.FrameSink;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.NetworkChannel;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Writes a feed to a viewer's HTTP response.
 *
 * <p>Zero copy. The kernel reads the block that all viewers share, so a write costs no copy in this process. The sink
 * has drained when the kernel has taken the last byte; only then may the block be reused.
 *
 * <p>Two ways to write. The first write goes through Jetty's response, which adds the head, and the last one does too
 * because the connection ends after it. The writes in between are the body of a response that has neither a length nor
 * chunks, so they are exactly the bytes of the connection and go to the socket directly: the response would add
 * nothing, but much code to run and to compile. Because Jetty's response does not know of these writes, its idle
 * timeout does not see them: this class notifies the end point that the connection is in use, and closes the connection
 * if a viewer takes nothing ({@link #idle}).
 *
 * <p>Threads. Writes come one after the other, from the thread that moves the viewer; a write completes on that thread
 * or on one of Jetty's. {@link #reset} and {@link #cut} may come from any thread at any time. The state decides who
 * completes the request: either the end of a write or a reset, never both, because Jetty 12.1 waits forever in a
 * request that is failed at the moment at which its write fails.
 */
final class JettySink implements FrameSink, Callback {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    /**
     * Minimum interval in nanoseconds at which Jetty is notified that the connection is in use. Jetty's timeouts are
     * about ten times as long.
     */
    private static final long TELL_INTERVAL = 1_000_000_000;

    private final Response response;
    private final EndPoint connection;
    private final Callback request;
    private final SendBuffer buffer;
    private final LongSupplier clock;

    // Set before each write and read by its callback; Jetty orders the two.
    private @Nullable Completion completion;
    private boolean begun; // whether the first write was made
    private boolean last; // whether this is the last write
    private int size; // bytes of this write
    private long since; // when this write began
    private long toldAt; // when Jetty was last told that the connection is in use

    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

    private enum State {
        IDLE,
        WRITING,
        /** The connection was reset; nothing more is written. */
        ENDED
    }

    /** @param whenGone completed when the viewer has gone */
    JettySink(Request request, Response response, Callback whenGone) {
        this(request, response, whenGone, System::nanoTime);
    }

    JettySink(Request request, Response response, Callback whenGone, LongSupplier clock) {
        this.clock = clock;
        this.response = response;
        this.connection = request.getConnectionMetaData().getConnection().getEndPoint();
        this.request = whenGone;
        this.buffer = new SendBuffer(this::limit);
        this.toldAt = clock.getAsLong() - TELL_INTERVAL;
        request.addIdleTimeoutListener(this::idle);
    }

    /**
     * Closes a connection that has taken nothing for the timeout. If the write in progress is the first or the last,
     * the response has failed it already.
     *
     * @return false, because there is nothing else to fail
     */
    private boolean idle(TimeoutException why) {
        if (state.get() == State.WRITING) {
            connection.close(why);
        }
        return false;
    }

    @Override
    public void write(ByteBuffer slice, boolean lastWrite, Completion whenDone) {
        if (!state.compareAndSet(State.IDLE, State.WRITING)) {
            whenDone.failed(new EofException("this stream was ended"));
            return;
        }
        completion = whenDone;
        last = lastWrite;
        size = slice.remaining();
        buffer.writing(size);
        since = clock.getAsLong();
        if (begun && !lastWrite) {
            pass(slice);
        } else {
            begun = true;
            response.write(lastWrite, slice, this);
        }
    }

    /**
     * Writes to the kernel at once, which nearly always takes everything. If it does not, Jetty waits until the kernel
     * takes the rest.
     */
    private void pass(ByteBuffer slice) {
        if (connection instanceof SocketChannelEndPoint socket) {
            try {
                if (socket.getChannel().write(slice) > 0 && since - toldAt > TELL_INTERVAL) {
                    socket.notIdle();
                    toldAt = since;
                }
            } catch (IOException e) {
                failed(e);
                return;
            }
            if (!slice.hasRemaining()) {
                drained(0, since); // nothing has waited, so the clock need not be read again
                return;
            }
        }
        connection.write(this, slice);
    }

    @Override
    public void cut() {
        connection.close(new IOException("this viewer took nothing while others needed the memory"));
    }

    /**
     * Resets the connection at once and fails a write that is in progress. A reset is needed because WebKit does not
     * reuse a connection that was closed in order while it waits for the rest of an {@code <img>} that it no longer
     * shows.
     *
     * <p>The request is failed as well: by the write's end if a write is in progress, otherwise here.
     */
    void reset(IOException why) {
        State before = state.getAndSet(State.ENDED);
        if (connection.getTransport() instanceof NetworkChannel socket) {
            try {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "a connection is gone", e);
            }
        }
        connection.close(why);
        if (before == State.IDLE) {
            request.failed(why);
        }
    }

    @Override
    public void succeeded() {
        long now = clock.getAsLong();
        drained(now - since, now);
    }

    private void drained(long took, long now) {
        Completion done = completion;
        boolean wasLast = last;
        buffer.written(size, took, now);
        boolean ended = !state.compareAndSet(State.WRITING, State.IDLE);
        if (done != null) {
            done.drained();
        }
        if (wasLast) {
            request.succeeded();
        } else if (ended) {
            request.failed(new EofException("this stream was ended"));
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

    /** Sets how much of this viewer's pictures the kernel may hold. Linux allocates twice the requested size. */
    private void limit(int bytes) {
        if (connection.getTransport() instanceof NetworkChannel socket) {
            try {
                socket.setOption(StandardSocketOptions.SO_SNDBUF, bytes / 2);
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "a connection is gone", e); // the next write will fail
            }
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
