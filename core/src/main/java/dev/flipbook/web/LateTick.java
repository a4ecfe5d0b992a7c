package dev.flipbook.web;

import dev.flipbook.Ticker;
import java.time.Duration;

/**
 * Notices that the process did not run for a while, because it or the machine was stopped. A timeout for a peer must
 * only count time in which the peer could be heard, so its owner starts it again then. Thread-safe, except
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
     * Notes a tick, of which there is at least one a second. Returns whether the process cannot have run since the last
     * one.
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

    /** Ticks begin again after nobody ticked for a while, which was no stop. */
    public void resume() {
        last = ticker.nanos();
    }

    /**
     * Whether the process did not run at some time that ended less than this ago. The tick that finds this out may
     * still be to come.
     */
    public boolean wasAway(Duration within) {
        long now = ticker.nanos();
        return now - last > LATE || now - woke < within.toNanos();
    }
}
