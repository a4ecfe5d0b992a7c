package dev.flipbook.websocket;

/**
 * The minimum of recent durations, in nanoseconds. The minimum over a few seconds is the time of a picture that did not
 * have to wait for others, so it is the delay of the connection itself.
 *
 * <p>Old values must be forgotten because the connection may have become slower. The class keeps two minima, one of the
 * current period and one of the period before, so a value counts for at least one and at most two periods, and no list
 * of samples is needed. Used by one thread at a time.
 */
final class ShortestTime {

    /** Length of a period in nanoseconds. */
    private final long memory;

    private long least = Long.MAX_VALUE;
    private long leastBefore = Long.MAX_VALUE;
    private long since;

    ShortestTime(long memory) {
        this.memory = memory;
    }

    /**
     * Adds a duration.
     *
     * @param took the duration in nanoseconds
     * @param now the current time of the ticker in nanoseconds
     */
    void add(long took, long now) {
        if (least == Long.MAX_VALUE) { // the first one; the ticker may be at any number then, below zero too
            since = now;
        } else if (now - since > memory) {
            leastBefore = least;
            least = Long.MAX_VALUE;
            since = now;
        }
        least = Math.min(least, Math.max(1, took));
    }

    /** The minimum in nanoseconds, or 0 if nothing was added yet. */
    long get() {
        long shortest = Math.min(least, leastBefore);
        return shortest == Long.MAX_VALUE ? 0 : shortest;
    }
}
