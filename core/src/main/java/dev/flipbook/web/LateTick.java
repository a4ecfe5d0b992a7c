package dev.flipbook.web;

import dev.flipbook.Ticker;
import java.time.Duration;

/**
 * Notices that the process did not run for a while, because it or the machine was stopped. A timeout for a peer must
 * only count time in which the peer could be heard, so the owner of the timeout restarts it then. Thread-safe, except
 * {@link #isLate}, which only the ticking thread calls.
 */
public final class LateTick {

    /**
     * Delay of a tick, in nanoseconds, that proves a stop: far more than on a busy machine, and less than the timeouts
     * for peers.
     */
    private static final long LATE = Duration.ofSeconds(4).toNanos();

    private final Ticker ticker;
    private volatile long last;
    private volatile long woke;

    /** Begins to watch now. */
    public LateTick(Ticker ticker) {
        this.ticker = ticker;
        this.last = ticker.nanos();
        this.woke = last - Duration.ofDays(1).toNanos();
    }

    /**
     * Notes a tick. Must be called at least once a second. Returns whether the process was stopped since the previous
     * tick.
     */
    public boolean isLate() {
        long now = ticker.nanos();
        boolean late = now - last > LATE;
        if (late) {
            woke = now;
        }
        last = now;
        return late;
    }

    /**
     * Notes that ticks begin again after a pause in which nobody ticked, so that the pause does not count as a stop.
     */
    public void resume() {
        last = ticker.nanos();
    }

    /**
     * Whether the process was stopped at a time that ended less than this duration ago, even if no tick has noticed it
     * yet.
     */
    public boolean wasAway(Duration within) {
        long now = ticker.nanos();
        return now - last > LATE || now - woke < within.toNanos();
    }
}
