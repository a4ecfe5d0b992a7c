package dev.flipbook.websocket;

/**
 * The shortest of some times of late: what the way takes where nothing waits. Remembered for a memory's length, up to twice; the
 * way may have become longer. In nanoseconds. One thread at a time.
 */
final class Shortest {

    private final long memory;
    private long least = Long.MAX_VALUE;
    private long leastBefore = Long.MAX_VALUE;
    private long since;

    Shortest(long memory) {
        this.memory = memory;
    }

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

    /** 0 before the first. */
    long get() {
        long shortest = Math.min(least, leastBefore);
        return shortest == Long.MAX_VALUE ? 0 : shortest;
    }
}
