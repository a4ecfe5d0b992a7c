package dev.flipbook.feed;

import dev.flipbook.Ticker;
import dev.flipbook.mjpeg.BlockPool;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Looks after all feeds ten times a second, on a thread of its own: timeouts, retries, repeats, and memory that peers
 * which do not read take from others. Whatever goes wrong with one feed, the others are looked after.
 */
final class Timekeeper {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /**
     * Interval between two looks after every feed: a viewer sees a failure within a fraction of a second, and the
     * processor does not notice.
     */
    private static final Duration TICK_INTERVAL = Duration.ofMillis(100);
    /**
     * A tick that is late by this much says that the whole process did not run: a busy machine delays a thread far
     * less.
     */
    private static final Duration STOPPED = Duration.ofSeconds(2);

    /** Number of ticks, 10 s, after which memory goes back that no frame has needed since. */
    private static final int TRIM_TICKS = 100;

    /** Time without taking a frame after which a viewer may be cut off when memory is short. */
    private static final Duration STUCK_TIMEOUT = Duration.ofSeconds(1);

    private final Supplier<Collection<Feed>> feeds;
    private final BlockPool pool;
    private final Ticker ticker;
    private final Thread thread;

    /** Feeds that were removed, and are looked after until their sources have ended. */
    private final CopyOnWriteArrayList<Feed> ending = new CopyOnWriteArrayList<>();

    // Owned by the thread.
    private long refusedSeen;
    private int ticks;

    /**
     * A timekeeper that has not started.
     *
     * @param feeds gives the feeds that there are
     */
    Timekeeper(Supplier<Collection<Feed>> feeds, BlockPool pool, Ticker ticker, ThreadFactory threads) {
        this.feeds = feeds;
        this.pool = pool;
        this.ticker = ticker;
        this.thread = threads.newThread(this::keepTime);
    }

    void start() {
        thread.start();
    }

    void stop() {
        thread.interrupt();
    }

    /** Looks after a removed feed until its source has ended. */
    void lookAfter(Feed removed) {
        ending.add(removed);
    }

    private void keepTime() {
        try {
            long last = System.nanoTime();
            while (true) {
                TimeUnit.NANOSECONDS.sleep(TICK_INTERVAL.toNanos());
                long now = System.nanoTime();
                if (now - last > STOPPED.toNanos()) {
                    feeds.get().forEach(Feed::wokeUp);
                }
                last = now;
                tick();
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "all feeds have ended");
        }
    }

    /** One look after all feeds. Called by the thread alone, and by tests, which do not wait for it. */
    void tick() {
        feeds.get().forEach(Timekeeper::tick);
        ending.forEach(Timekeeper::tick);
        ending.removeIf(Feed::ended);
        try {
            relieve();
            if (++ticks % TRIM_TICKS == 0) {
                pool.trim();
            }
        } catch (RuntimeException | Error e) { // thrown by a sink, or no memory: the timekeeper goes on for all feeds
            LOG.log(Level.ERROR, "memory could not be freed", e);
        }
    }

    private static void tick(Feed feed) {
        try {
            feed.tick();
        } catch (RuntimeException | Error e) { // the timekeeper must not stop for the other feeds
            LOG.log(Level.ERROR, "feed=" + feed.name() + " could not be checked", e);
        }
    }

    /**
     * Frees memory when frames have been dropped for lack of it: the connections that have been stuck with an old frame
     * for longest are cut, until an eighth of the memory in use is free. The measure is what was used, because the JVM
     * may grant less than the ceiling. A peer that does not read would otherwise take frames from peers that do.
     */
    private void relieve() {
        long refused = pool.refused();
        if (refused == refusedSeen) {
            return;
        }
        refusedSeen = refused;
        long enough = Math.min(pool.ceilingBytes(), pool.usedBytes()) / 8 * 7;
        for (Stuck one : stuck(ticker.nanos())) {
            if (pool.usedBytes() <= enough) {
                return;
            }
            one.cut().run();
        }
    }

    /** The connections that have not taken their picture for too long, the longest first. */
    private List<Stuck> stuck(long now) {
        List<Stuck> stuck = new ArrayList<>();
        Stream.concat(feeds.get().stream(), ending.stream())
                .forEach(feed -> feed.forEachViewer(viewer -> {
                    long waited = now - viewer.writingSince();
                    if (viewer.isWriting() && waited > STUCK_TIMEOUT.toNanos()) {
                        stuck.add(new Stuck(viewer::cut, waited));
                    }
                }));
        pool.snapshots().loans().stream()
                .filter(loan -> now - loan.since() > STUCK_TIMEOUT.toNanos())
                .forEach(loan -> stuck.add(new Stuck(loan::cut, now - loan.since())));
        stuck.sort(Comparator.comparingLong(Stuck::waited).reversed());
        return stuck;
    }

    /**
     * A connection that has not taken its picture for too long.
     *
     * @param cut ends the connection, which is that of a viewer or of a snapshot's reader
     * @param waited for how long, in nanoseconds
     */
    private record Stuck(Runnable cut, long waited) {}
}
