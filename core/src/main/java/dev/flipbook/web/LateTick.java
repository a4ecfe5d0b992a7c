package dev.flipbook.web;

import dev.flipbook.Ticker;
import java.time.Duration;

/**
 * Tells when the process did not run for a while: it was stopped and goes on, or its machine was. Deadlines for a peer count
 * only time in which the peer could be heard, so whoever keeps one begins it anew then. Thread-safe; {@link #isLate} is for
 * the one thread that ticks.
 */
public final class LateTick {

    /** In nanoseconds: far more than a busy machine delays a tick, and less than the deadlines for peers. */
    private static final long LATE = Duration.ofSeconds(4).toNanos();

    private final Ticker ticker;
    private volatile long last;
    private volatile long woke;

    /** Begins now. */
    public LateTick(Ticker ticker) {
        this.ticker = ticker;
        this.last = ticker.nanos();
        this.woke = last - Duration.ofDays(1).toNanos();
    }

    /** A tick has come, of which there is one a second at least. True when the process cannot have run since the last one. */
    public boolean isLate() {
        long now = ticker.nanos();
        boolean late = now - last > LATE;
        if (late) {
            woke = now;
        }
        last = now;
        return late;
    }

    /** Nobody ticked for a while, and somebody begins to. */
    public void resume() {
        last = ticker.nanos();
    }

    /** Whether there was a time, ending less than this ago, in which the process did not run. The tick that finds that out may be still to come. */
    public boolean wasAway(Duration within) {
        long now = ticker.nanos();
        return now - last > LATE || now - woke < within.toNanos();
    }
}
