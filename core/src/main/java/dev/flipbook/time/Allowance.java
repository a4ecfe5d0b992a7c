package dev.flipbook.time;

/**
 * Limits how often something may happen: several times at once, and then once in an interval (a token bucket). All times
 * are nanoseconds of one monotonic clock. Not thread-safe.
 */
public final class Allowance {

    private final long interval;
    private final long longest; // how far ahead the allowance may be spent when one more is taken
    private long complete; // when the whole allowance is there again

    /**
     * An allowance of which nothing is spent.
     *
     * @param burst how many times it may happen at once, at least 1
     * @param interval after which it may happen once more, in nanoseconds
     * @param now current time
     */
    public Allowance(int burst, long interval, long now) {
        this.interval = interval;
        this.longest = (burst - 1) * interval;
        this.complete = now;
    }

    /** Whether it may happen now; if so, it is counted. */
    public boolean take(long now) {
        long ahead = Math.max(0, complete - now);
        if (ahead > longest) {
            return false;
        }
        complete = now + ahead + interval;
        return true;
    }
}
