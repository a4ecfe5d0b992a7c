package dev.flipbook.command;

import dev.flipbook.Ticker;
import java.util.concurrent.TimeUnit;

/**
 * Limits the lines that the commands of one source write to the log. All runs of a source share one allowance, because
 * each viewer that comes starts a command that fails at once again. Thread-safe, because the output of an earlier run
 * may still be read while the next one runs.
 */
final class LogAllowance {

    /** Maximum number of lines at once: many programs print several when they start. */
    private static final int BURST = 20;

    /** Interval after which one more line is allowed, in nanoseconds. */
    private static final long REFILL = TimeUnit.SECONDS.toNanos(1);

    private final Ticker ticker;

    // Guarded by this.
    private long lines = BURST;
    private long refilled;
    private long leftOut;
    private long toldAt;

    LogAllowance(Ticker ticker) {
        this.ticker = ticker;
        this.refilled = ticker.nanos();
        this.toldAt = refilled - REFILL;
    }

    /** Takes one line from the allowance; false when there is none left, and the line counts as left out. */
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

    /**
     * Number of lines that were left out and have to be reported now, else 0. At most one report a second, because it
     * is a line too.
     */
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
