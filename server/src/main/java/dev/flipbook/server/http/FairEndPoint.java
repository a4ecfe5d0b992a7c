package dev.flipbook.server.http;

import dev.flipbook.web.LateTick;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * The server's end of a connection, made so that a busy client cannot delay others. Nothing that a client sends is
 * handled on the selector's thread, which all connections share. After a number of reads a connection gives its thread
 * to the next one. The end point also notices, while a request waits for its answer and nobody reads, that the client
 * has gone.
 */
final class FairEndPoint extends SocketChannelEndPoint {

    /**
     * Maximum number of reads in one turn. A read is at most 8 KiB for requests and 4 KiB for WebSockets, so a turn is
     * some milliseconds of work.
     */
    private static final int READS_A_TURN = 16;
    /**
     * Bytes of a WebSocket that are read within {@link #SOCKET_TIME}. Acknowledgements of 256 feeds at 30 pictures a
     * second are 5 KB in this time.
     */
    private static final int SOCKET_BYTES = 16 << 10;
    /** Pause in milliseconds after a WebSocket has sent {@link #SOCKET_BYTES}. */
    private static final long SOCKET_TIME = 50;

    /**
     * An interim response. Every HTTP/1.1 client skips it even if the client has not asked for it (RFC 9110, section
     * 15.2).
     */
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final SocketChannel channel;
    private final Scheduler clock;
    private final LateTick late;
    private final FairConnector connector;
    private final AtomicInteger reads = new AtomicInteger(); // reads in this turn
    private final AtomicInteger bytes = new AtomicInteger(); // bytes read since the last pause
    private final ReentrantLock reading = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();

    // Guarded by reading. A byte that was read to see whether the client is still there.
    private final ByteBuffer ahead = ByteBuffer.allocate(1).limit(0);
    private boolean ended; // whether the client has finished sending

    /**
     * Whether a request has arrived and nothing of its answer has been written. Nobody reads in this state. Written
     * under the lock {@code writing}.
     */
    private volatile boolean unanswered;

    FairEndPoint(
            SocketChannel channel,
            ManagedSelector selector,
            SelectionKey key,
            Scheduler clock,
            LateTick late,
            FairConnector connector) {
        super(channel, selector, key, clock);
        this.channel = channel;
        this.clock = clock;
        this.late = late;
        this.connector = connector;
    }

    /**
     * Restarts the idle timeout if this process did not run, because nothing from the client could be read in that
     * time.
     */
    @Override
    protected void onIdleExpired(TimeoutException timeout) {
        if (!late.wasAway(Duration.ofMillis(getIdleTimeout()))) {
            super.onIdleExpired(timeout);
        }
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        if (reads.incrementAndGet() > READS_A_TURN || tookMuch()) {
            return 0; // The reader then asks to be notified of more bytes, which ends this turn.
        }
        reading.lock();
        try {
            int filled = takeAhead(buffer);
            if (filled == 0) {
                filled = super.fill(buffer);
            }
            if (filled > 0) {
                bytes.addAndGet(filled);
            }
            return filled;
        } finally {
            reading.unlock();
        }
    }

    private int takeAhead(ByteBuffer buffer) {
        if (!ahead.hasRemaining()) {
            return 0;
        }
        int position = buffer.position(); // Jetty appends after the limit
        int limit = buffer.limit();
        if (limit == buffer.capacity()) {
            return 0;
        }
        buffer.limit(limit + 1).put(limit, ahead.get()).position(position);
        return 1;
    }

    /** Whether a WebSocket has sent {@link #SOCKET_BYTES} since the last pause. */
    private boolean tookMuch() {
        return bytes.get() > SOCKET_BYTES && !(getConnection() instanceof ConnectionMetaData);
    }

    @Override
    public void fillInterested(Callback callback) {
        reads.set(0);
        Callback ours = onOtherThread(callback);
        if (tookMuch()) {
            bytes.set(0);
            clock.schedule(() -> super.fillInterested(ours), SOCKET_TIME, TimeUnit.MILLISECONDS);
        } else {
            super.fillInterested(ours);
        }
    }

    @Override
    public boolean tryFillInterested(Callback callback) {
        reads.set(0);
        return super.tryFillInterested(onOtherThread(callback));
    }

    /**
     * Makes the selector run a callback on another thread. The selector's thread runs a callback itself if the callback
     * claims not to block, however long it takes.
     */
    private Callback onOtherThread(Callback callback) {
        return Callback.from(InvocationType.BLOCKING, () -> connector.turn(callback::succeeded), callback::failed);
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        writing.lock();
        try {
            unanswered = false;
            return super.flush(buffers);
        } finally {
            writing.unlock();
        }
    }

    /** Notes that a request has arrived whose answer may take long and whose body nobody reads. */
    void requested() {
        writing.lock();
        try {
            unanswered = true;
        } finally {
            writing.unlock();
        }
    }

    /**
     * Whether the client has gone while its request waits.
     *
     * <p>A client of HTTP/1.1 that has only finished sending may still read, and looks the same as one that has gone
     * until something is written to it. Therefore the client is sent an interim response; the second one fails if the
     * client's end is closed. HTTP/1.0 has neither interim responses nor a second request before the answer, so a
     * client of HTTP/1.0 that finishes sending has given up its request.
     */
    boolean isGone(HttpVersion version) {
        try {
            boolean maybe = hasEndedOrSentMore();
            return version == HttpVersion.HTTP_1_0 ? hasEnded() : maybe && !canStillRead();
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * Reads one byte after the request, if there is one. The rest stays in the kernel, so the end of the connection
     * cannot be seen from then on. The reader of the next request comes after the answer to this one and waits for the
     * lock, so it finds the byte.
     */
    private boolean hasEndedOrSentMore() throws IOException {
        reading.lock();
        try {
            if (!unanswered) {
                return false;
            }
            if (!ahead.hasRemaining() && !ended) {
                ahead.clear();
                try {
                    ended = channel.read(ahead) < 0;
                } finally {
                    ahead.flip();
                }
            }
            return ended || ahead.hasRemaining();
        } finally {
            reading.unlock();
        }
    }

    private boolean hasEnded() {
        reading.lock();
        try {
            return unanswered && ended;
        } finally {
            reading.unlock();
        }
    }

    private boolean canStillRead() throws IOException {
        writing.lock();
        try {
            if (!unanswered) {
                return true; // the write of the answer will notice
            }
            int written = channel.write(ByteBuffer.wrap(CONTINUE));
            return written == 0 || written == CONTINUE.length;
        } finally {
            writing.unlock();
        }
    }
}
