package dev.flipbook.command;

import dev.flipbook.Ticker;
import java.util.concurrent.TimeUnit;

/**
 * How many lines of a source's commands the log takes. One for all runs of a source: a command that fails at once is run
 * again by each viewer who comes. Thread-safe, because what an earlier run has left may still be read while the next one runs.
 */
final class LogAllowance {

    /** A program may say so many lines at once, because many do when they start, */
    private static final int BURST = 20;

    /** and then one each second. */
    private static final long REFILL = TimeUnit.SECONDS.toNanos(1);

    private final Ticker ticker;

    // guarded by this
    private long lines = BURST;
    private long refilled;
    private long leftOut;
    private boolean told;
    private long toldAt;

    LogAllowance(Ticker ticker) {
        this.ticker = ticker;
        this.refilled = ticker.nanos();
    }

    /** Whether one more line may be logged, which is counted then. */
    synchronized boolean take() {
        long seconds = (ticker.nanos() - refilled) / REFILL;
        lines = Math.min(BURST, lines + seconds);
        refilled = lines == BURST ? ticker.nanos() : refilled + seconds * REFILL;
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
        if (leftOut == 0 || (told && now - toldAt < REFILL)) {
            return 0;
        }
        told = true;
        toldAt = now;
        long count = leftOut;
        leftOut = 0;
        return count;
    }
}
