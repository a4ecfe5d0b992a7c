package dev.flipbook.command;

import dev.flipbook.Ticker;
import java.util.concurrent.TimeUnit;

/**
 * How many lines of a source's commands the log takes. One for all runs of a source: a command that fails at once is
 * run again by each viewer who comes. Thread-safe, because what an earlier run has left may still be read while the
 * next one runs.
 */
final class LogAllowance {

    /** The most lines at once: many programs say several when they start. */
    private static final int BURST = 20;

    /** The interval after which one line more may be logged, in nanoseconds. */
    private static final long REFILL = TimeUnit.SECONDS.toNanos(1);

    private final Ticker ticker;

    // guarded by this
    private long lines = BURST;
    private long refilled;
    private long leftOut;
    private long toldAt;

    LogAllowance(Ticker ticker) {
        this.ticker = ticker;
        this.refilled = ticker.nanos();
        this.toldAt = refilled - REFILL;
    }

    /** Whether one more line may be logged, which is counted then. */
    synchronized boolean take() {
        long now = ticker.nanos();
        long seconds = (now - refilled) / REFILL;
        lines = Math.min(BURST, lines + seconds);
        refilled = lines == BURST ? now : refilled + seconds * REFILL;
        if (lines == 0) {
            leftOut++;
            return false;
        }
        lines--;
        return true;
    }

    /** The lines that were left out and are to be told now: once a second at most, for this too is a line; else 0. */
    synchronized long leftOut() {
        long now = ticker.nanos();
        if (leftOut == 0 || now - toldAt < REFILL) {
            return 0;
        }
        toldAt = now;
        long count = leftOut;
        leftOut = 0;
        return count;
    }
}
