package dev.flipbook.server;

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
 * The server's end of a connection, which takes its turn among the others. What its client sends is never handled by the
 * selector's thread, which all share, and after a number of reads the next connection has the thread. It also tells, while a
 * request waits and nobody reads, whether the client is still there.
 */
final class FairEndPoint extends SocketChannelEndPoint {

    /** Of at most 8 KiB for requests, 4 KiB for WebSockets: some milliseconds of work. */
    private static final int READS_A_TURN = 16;
    /** In bytes. Acknowledgements of 256 feeds at 30 pictures a second are 5 KB in this time. */
    private static final int SOCKET_BYTES = 16 << 10;
    /** In milliseconds. */
    private static final long SOCKET_TIME = 50;

    /** Every client of HTTP/1.1 skips it, whether it asked for it or not (RFC 9110, section 15.2). */
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final SocketChannel channel;
    private final Scheduler clock;
    private final LateTick late;
    private final FairConnector connector;
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger bytes = new AtomicInteger();
    private final ReentrantLock reading = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();

    // guarded by reading
    private final ByteBuffer ahead = ByteBuffer.allocate(1).limit(0);
    private boolean ended;

    /** Whether a request has come of whose answer nothing was written. Nobody reads meanwhile. Written under writing. */
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

    /** Time in which this process did not run is none in which the client could have said something: the timeout begins anew. */
    @Override
    protected void onIdleExpired(TimeoutException timeout) {
        if (!late.wasAway(Duration.ofMillis(getIdleTimeout()))) {
            super.onIdleExpired(timeout);
        }
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        if (reads.incrementAndGet() > READS_A_TURN || tookMuch()) {
            return 0; // whoever reads asks to be told of more, and that is the end of this turn
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
        int position = buffer.position(); // Jetty fills behind the limit
        int limit = buffer.limit();
        if (limit == buffer.capacity()) {
            return 0;
        }
        buffer.limit(limit + 1).put(limit, ahead.get()).position(position);
        return 1;
    }

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

    /** The selector's thread runs at once what says that it does not block, however long it takes. */
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

    /** A request has come whose answer may be waited for, and whose body nobody reads. */
    void asked() {
        writing.lock();
        try {
            unanswered = true;
        } finally {
            writing.unlock();
        }
    }

    /**
     * Whether the client has gone while its request waits. A client of HTTP/1.1 that has only ended what it sends may still
     * read, and is no different until something is written to it: so it is sent an interim response, at the second of which a
     * closed end is known. In HTTP/1.0, which knows neither interim responses nor a second request before the answer, whoever
     * ends what it sends ends its request.
     */
    boolean isGone(HttpVersion version) {
        try {
            boolean maybe = hasEndedOrSentMore();
            return version == HttpVersion.HTTP_1_0 ? hasEnded() : maybe && !hears();
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * What comes after the request is left in the kernel, but for one byte: its end cannot be seen from then on. Whoever reads
     * the next request has answered this one before, and waits for the lock if need be, so that it finds the byte.
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

    private boolean hears() throws IOException {
        writing.lock();
        try {
            if (!unanswered) {
                return true; // whoever answers finds out
            }
            int written = channel.write(ByteBuffer.wrap(CONTINUE));
            return written == 0 || written == CONTINUE.length;
        } finally {
            writing.unlock();
        }
    }
}
