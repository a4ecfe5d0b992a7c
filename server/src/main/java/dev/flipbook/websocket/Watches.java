package dev.flipbook.websocket;

import dev.flipbook.Feed;
import dev.flipbook.Ticker;
import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.StreamRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The feeds that one connection watches, under the client's numbers, and the bytes of their pictures that are under way.
 *
 * <p>Feeds come and go by one thread at a time, but for those that end; the rest is thread-safe.
 */
final class Watches {

    /** So many feeds may be watched on one connection. */
    static final int MOST = 256;

    private final LiveConnection connection;
    private final OpenStream.Register streams;
    private final Ticker ticker;
    private final Map<Integer, Watch> all = new ConcurrentHashMap<>();
    /** The same in a row; out of date where {@link #changed}. */
    private volatile Watch[] row = {};

    private final AtomicBoolean changed = new AtomicBoolean();
    private final Window window = new Window();
    private final AtomicLong underWay = new AtomicLong();
    private final AtomicInteger pumps = new AtomicInteger();
    /** When a picture was acknowledged, or left when none was under way. */
    private volatile long acknowledged;

    /** Pictures that have left. */
    private final AtomicLong left = new AtomicLong();

    // of whoever pumps: where it begins, which is after the one that sent last
    private int next;

    Watches(LiveConnection connection, OpenStream.Register streams, Ticker ticker) {
        this.connection = connection;
        this.streams = streams;
        this.ticker = ticker;
    }

    int size() {
        return all.size();
    }

    /**
     * Watches this feed under this number, in place of what was watched under it.
     *
     * @throws BadRequestException when there are too many
     */
    void watch(int number, Feed feed, StreamRequest wish) {
        Watch there = all.get(number);
        if (there != null && there.feed().equals(feed.name())) {
            there.change(wish);
            return;
        }
        if (there == null && all.size() >= MOST) {
            throw new BadRequestException(
                    429, "at most " + MOST + " feeds may be watched on one connection; open another one");
        }
        forget(number);
        Watch watch = new Watch(number, feed, wish, connection, this, ticker);
        all.put(number, watch);
        changed.set(true);
        streams.add(watch);
        watch.begin();
    }

    void forget(int number) {
        Watch watch = all.remove(number);
        if (watch != null) {
            close(watch);
        }
    }

    void forgetAll() {
        all.keySet().forEach(this::forget);
    }

    /** Forgets this one; false when it was forgotten before. */
    boolean forget(int number, Watch watch) {
        boolean there = all.remove(number, watch);
        if (there) {
            close(watch);
        }
        return there;
    }

    private void close(Watch watch) {
        changed.set(true);
        streams.remove(watch);
        watch.close();
    }

    /** The oldest picture of this number that is under way is on the screen; false when none is. */
    boolean painted(int number) {
        Watch watch = all.get(number);
        return watch != null && watch.painted(window); // else it was forgotten meanwhile
    }

    /** Looks whether the link takes more or less. */
    void look() {
        all.values().forEach(Watch::look);
    }

    /**
     * Whether a picture may be sent now, of any size: were it to fit in, a feed of large pictures would never get its turn
     * beside feeds of small ones.
     */
    boolean hasRoom() {
        return underWay.get() < window.bytes();
    }

    /** A picture of so many bytes is sent; how many are under way with it. */
    long leaving(int size) {
        left.incrementAndGet();
        long all = underWay.addAndGet(size);
        if (all == size) {
            acknowledged = ticker.nanos();
        }
        return all;
    }

    /** It is on the screen. */
    void acknowledged(int size) {
        acknowledged = ticker.nanos();
        arrived(size);
    }

    /** Whether there is no room because no picture was acknowledged for so long, in nanoseconds. */
    boolean isStuck(long nanos) {
        return !hasRoom() && ticker.nanos() - acknowledged > nanos;
    }

    /** It is on the screen, or will never be. */
    void arrived(int size) {
        underWay.addAndGet(-size);
    }

    /** Lets those send who have something newer, in turn, as far as there is room. */
    void pump() {
        if (pumps.getAndIncrement() > 0) {
            return; // whoever is at it goes round once more
        }
        int asked = 1;
        do {
            Watch[] now = row();
            int from = next;
            for (int i = 0; i < now.length; i++) {
                int at = (from + i) % now.length;
                long before = left.get();
                now[at].wake();
                if (left.get() != before) {
                    next = at + 1;
                }
            }
            asked = pumps.addAndGet(-asked);
        } while (asked > 0);
    }

    private Watch[] row() {
        if (changed.getAndSet(false)) {
            row = all.values().toArray(new Watch[0]);
        }
        return row;
    }
}
