package dev.flipbook.server;

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
 * A viewer's HTTP response as a sink. The kernel reads the shared block as it is, without a copy, and the sink has drained
 * when it has taken the last byte.
 *
 * <p>The first write goes through the response, which puts the head before it, and the last one too, as the connection ends
 * behind it. Those between are the body of a response without length or chunks: they are the bytes of the connection, and go
 * to it directly. The response would have nothing to add, and much code to be run and compiled on the way. It does not know
 * of these writes, though, and would let one wait for ever: this looks itself for a viewer that takes nothing.
 */
final class JettySink implements FrameSink, Callback {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    /** How often Jetty hears that the connection is in use, in nanoseconds; its deadlines are some ten times as long. */
    private static final long TELL = 1_000_000_000;

    private final Response response;
    private final EndPoint connection;
    private final Callback request;
    private final SendBuffer buffer;
    private final LongSupplier clock;

    // set before each write, read by its callback: Jetty orders the two
    private @Nullable Completion completion;
    private boolean begun;
    private boolean last;
    private int size;
    private long since;
    private long told;

    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

    private enum State {
        IDLE,
        WRITING,
        /** It was reset, and writes nothing more. */
        ENDED
    }

    /** @param whenGone is completed when the viewer has gone */
    JettySink(Request request, Response response, Callback whenGone) {
        this(request, response, whenGone, System::nanoTime);
    }

    JettySink(Request request, Response response, Callback whenGone, LongSupplier clock) {
        this.clock = clock;
        this.response = response;
        this.connection = request.getConnectionMetaData().getConnection().getEndPoint();
        this.request = whenGone;
        this.buffer = new SendBuffer(this::limit);
        this.told = clock.getAsLong() - TELL;
        request.addIdleTimeoutListener(this::idle);
    }

    /** Nothing has gone either way for the deadline; of a first or last write the response has taken care before. */
    private boolean idle(TimeoutException why) {
        if (state.get() == State.WRITING) {
            connection.close(why);
        }
        return false; // there is nothing else to be failed
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

    /** To the kernel at once, which nearly always takes all of it; else Jetty waits until it takes the rest. */
    private void pass(ByteBuffer slice) {
        if (connection instanceof SocketChannelEndPoint socket) {
            try {
                if (socket.getChannel().write(slice) > 0 && since - told > TELL) {
                    socket.notIdle();
                    told = since;
                }
            } catch (IOException e) {
                failed(e);
                return;
            }
            if (!slice.hasRemaining()) {
                drained(0, since); // the clock is not asked again, as nothing has waited
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
     * Resets the connection at once, and fails a write that is under way. WebKit does not give back a connection that was
     * closed in order while it waits for the rest of an {@code <img>} that it no longer shows.
     *
     * <p>The request is failed too: when a write is under way, by that one's end. Jetty 12.1 waits for ever in a request that is
     * failed at the very moment in which its write fails.
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

    /** What the kernel may hold of this viewer's pictures. It takes twice what it is asked for. */
    private void limit(int bytes) {
        if (connection.getTransport() instanceof NetworkChannel socket) {
            try {
                socket.setOption(StandardSocketOptions.SO_SNDBUF, bytes / 2);
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "a connection is gone", e); // as the write will find
            }
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
