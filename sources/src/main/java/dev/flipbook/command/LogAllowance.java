package dev.flipbook.command;

import dev.flipbook.Ticker;
import dev.flipbook.time.Allowance;
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
    private final Allowance lines;
    private final Allowance reports;
    private long leftOut;

    LogAllowance(Ticker ticker) {
        this.ticker = ticker;
        this.lines = new Allowance(BURST, REFILL, ticker.nanos());
        this.reports = new Allowance(1, REFILL, ticker.nanos());
    }

    /** Takes one line from the allowance; false when there is none left, and the line counts as left out. */
    synchronized boolean take() {
        boolean taken = lines.take(ticker.nanos());
        leftOut += taken ? 0 : 1;
        return taken;
    }

    /**
     * Number of lines that were left out and have to be reported now, else 0. At most one report a second, because it
     * is a line too.
     */
    synchronized long leftOut() {
        if (leftOut == 0 || !reports.take(ticker.nanos())) {
            return 0;
        }
        long count = leftOut;
        leftOut = 0;
        return count;
    }
}
