package dev.flipbook.websocket;

import dev.flipbook.Ticker;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of one watched feed that are in flight: they were sent and are not acknowledged yet. There are at most
 * {@link #MAX_PICTURES} of them. Their bytes are also counted for the whole connection, in {@link WatchedFeeds}.
 *
 * <p>Threads. The feed's threads add pictures; acknowledgements come from one thread at a time, under the connection's
 * lock. {@link #close()} may run at the same time as {@link #add}: therefore each of the two first publishes what it did
 * ({@code closed}, or the picture in {@code sent}) and then checks the other, so that no bytes stay counted for the
 * connection.
 */
final class PicturesInFlight {

    /**
     * Maximum number of pictures in flight: one on the network and one that is being painted. With one alone, the
     * network would be idle while a picture is painted and its acknowledgement travels back.
     */
    private static final int MAX_PICTURES = 2;

    /**
     * A picture in flight.
     *
     * @param sequence the frame's number in its feed
     * @param size bytes of the message
     * @param all bytes in flight on the connection, including this picture
     * @param at when the picture was sent, as the ticker counts
     */
    record Sent(long sequence, int size, long all, long at) {}

    private final WatchedFeeds watches;
    private final Ticker ticker;
    private final Queue<Sent> sent = new ConcurrentLinkedQueue<>(); // oldest first
    private final AtomicInteger count = new AtomicInteger(); // their number
    private final AtomicLong newest = new AtomicLong(); // highest sequence number that was sent
    private volatile int limit = MAX_PICTURES; // maximum number now, 1 or 2
    /** Time of the last acknowledgement, or of the beginning if none came. */
    private volatile long acknowledged;

    private volatile boolean closed;

    PicturesInFlight(WatchedFeeds watches, Ticker ticker) {
        this.watches = watches;
        this.ticker = ticker;
        this.acknowledged = ticker.nanos();
    }

    /** Whether another picture may be sent now. */
    boolean hasRoom() {
        return count.get() < limit && watches.hasRoom();
    }

    /** Allows only one picture in flight from now on, or {@link #MAX_PICTURES} again. */
    void allowOneOnly(boolean one) {
        limit = one ? 1 : MAX_PICTURES;
    }

    /** Notes that this picture is about to be sent. Returns false if a newer one was sent before. */
    boolean isNewest(long sequence) {
        return newest.getAndAccumulate(sequence, Math::max) <= sequence;
    }

    /**
     * Counts a picture that is sent now.
     *
     * @param size bytes of the message
     */
    void add(long sequence, int size) {
        count.incrementAndGet();
        sent.add(new Sent(sequence, size, watches.leaving(size), ticker.nanos()));
        if (closed) {
            clear(); // close() may not have seen this picture
        }
    }

    /** Removes the oldest picture, because the client has painted it. Returns null if there is none. */
    @Nullable
    Sent acknowledge() {
        Sent oldest = sent.poll();
        if (oldest != null) {
            count.decrementAndGet();
            watches.acknowledged(oldest.size());
            acknowledged = ticker.nanos();
        }
        return oldest;
    }

    /** When the oldest picture was sent; {@code now} if there is none. */
    long oldestAt(long now) {
        Sent oldest = sent.peek();
        return oldest == null ? now : oldest.at();
    }

    /**
     * Whether the client has acknowledged nothing for this time, although pictures of this feed, or of the other feeds
     * on the connection, wait for an acknowledgement.
     *
     * @param nanos the time in nanoseconds
     */
    boolean isStuck(long nanos) {
        long now = ticker.nanos();
        boolean own = now - oldestAt(now) > nanos && now - acknowledged > nanos;
        return own || watches.isStuck(nanos);
    }

    /** Whether the watch has ended. */
    boolean isClosed() {
        return closed;
    }

    /** Ends the watch: forgets all pictures, and later each one that is still added. */
    void close() {
        closed = true;
        clear();
    }

    private void clear() {
        for (Sent one = sent.poll(); one != null; one = sent.poll()) {
            count.decrementAndGet();
            watches.arrived(one.size());
        }
    }
}
