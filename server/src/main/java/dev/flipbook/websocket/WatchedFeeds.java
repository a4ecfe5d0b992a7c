package dev.flipbook.websocket;

import dev.flipbook.Ticker;
import dev.flipbook.feed.Feed;
import dev.flipbook.server.stream.OpenStream;
import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.StreamRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The feeds that one connection watches, by the client's numbers, and the bytes of their pictures that are in flight.
 *
 * <p>The feeds share one {@link SendWindow}. After every acknowledgement, and after every message that the connection has
 * taken, {@link #pump()} wakes the feeds in turn until there is no room. Each round begins with the next feed, so that
 * no feed is always the last one.
 *
 * <p>Threads. Feeds are added and changed by one thread at a time, under the connection's lock. Feeds that end are
 * removed by any thread, and bytes are counted by any thread. Only one thread at a time runs {@link #pump()}; the
 * others leave it a request for another round, so that rounds neither overlap nor nest.
 */
final class WatchedFeeds {

    /** Maximum number of feeds on one connection. */
    static final int MAX_FEEDS = 256;

    private final LiveConnection connection;
    private final OpenStream.Register streams;
    private final Ticker ticker;
    private final Map<Integer, WatchedFeed> all = new ConcurrentHashMap<>();
    /** The same as an array, for {@link #pump()}. Stale if {@link #changed} is set. */
    private volatile WatchedFeed[] row = {};

    private final AtomicBoolean changed = new AtomicBoolean();
    private final SendWindow window = new SendWindow();
    /** Bytes in flight. */
    private final AtomicLong underWay = new AtomicLong();
    /** Number of requested rounds, including the one that runs. */
    private final AtomicInteger pumps = new AtomicInteger();
    /** Time at which the last picture was acknowledged, or at which one was sent while none was in flight. */
    private volatile long acknowledged;

    /** Number of pictures that have been sent. */
    private final AtomicLong left = new AtomicLong();

    // First feed of the next round: the one after the feed that sent last. Owned by the thread that runs the round.
    private int next;

    WatchedFeeds(LiveConnection connection, OpenStream.Register streams, Ticker ticker) {
        this.connection = connection;
        this.streams = streams;
        this.ticker = ticker;
    }

    int size() {
        return all.size();
    }

    /**
     * Watches a feed under this number. A feed that is watched under it already only gets the new request; another feed
     * is replaced.
     *
     * @throws BadRequestException with the status 429 if the connection has {@link #MAX_FEEDS} feeds
     */
    void watch(int number, Feed feed, StreamRequest wish) {
        WatchedFeed there = all.get(number);
        if (there != null && there.label().feed().equals(feed.name())) {
            there.change(wish);
            return;
        }
        if (there == null && all.size() >= MAX_FEEDS) {
            throw new BadRequestException(
                    429, "at most " + MAX_FEEDS + " feeds may be watched on one connection; open another one");
        }
        forget(number);
        WatchedFeed watch = new WatchedFeed(number, feed, wish, connection, this, ticker);
        all.put(number, watch);
        changed.set(true);
        streams.add(watch);
        watch.begin();
    }

    void forget(int number) {
        WatchedFeed watch = all.remove(number);
        if (watch != null) {
            close(watch);
        }
    }

    void forgetAll() {
        all.keySet().forEach(this::forget);
    }

    /**
     * Forgets this watch.
     *
     * @return false if it was forgotten before
     */
    boolean forget(int number, WatchedFeed watch) {
        boolean there = all.remove(number, watch);
        if (there) {
            close(watch);
        }
        return there;
    }

    private void close(WatchedFeed watch) {
        changed.set(true);
        streams.remove(watch);
        watch.close();
    }

    /**
     * Counts the oldest picture in flight of this number as painted.
     *
     * @return false if there is none
     */
    boolean painted(int number) {
        WatchedFeed watch = all.get(number);
        return watch != null && watch.painted(window); // null if the client has just forgotten this number
    }

    /** Checks for each feed whether another size is better. */
    void adapt() {
        all.values().forEach(WatchedFeed::adapt);
    }

    /**
     * Whether a picture may be sent now. The size of the picture does not count: otherwise a feed of large pictures
     * would never get its turn beside feeds of small ones.
     */
    boolean hasRoom() {
        return underWay.get() < window.bytes();
    }

    /**
     * Counts a picture that is sent.
     *
     * @param size its bytes
     * @return the bytes in flight, including this picture
     */
    long leaving(int size) {
        left.incrementAndGet();
        long all = underWay.addAndGet(size);
        if (all == size) {
            acknowledged = ticker.nanos();
        }
        return all;
    }

    /** Counts a picture that was painted. */
    void acknowledged(int size) {
        acknowledged = ticker.nanos();
        arrived(size);
    }

    /**
     * Whether there is no room and nothing was acknowledged for this time.
     *
     * @param nanos the time in nanoseconds
     */
    boolean isStuck(long nanos) {
        return !hasRoom() && ticker.nanos() - acknowledged > nanos;
    }

    /** Removes the bytes of a picture that was painted or will never be. */
    void arrived(int size) {
        underWay.addAndGet(-size);
    }

    /** Wakes the feeds that have a newer frame, in turn, until there is no room. Any thread. */
    void pump() {
        if (pumps.getAndIncrement() > 0) {
            return; // the thread that runs the rounds makes one more
        }
        int asked = 1;
        do {
            WatchedFeed[] now = row();
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

    private WatchedFeed[] row() {
        if (changed.getAndSet(false)) {
            row = all.values().toArray(new WatchedFeed[0]);
        }
        return row;
    }
}
