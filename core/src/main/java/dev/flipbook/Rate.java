package dev.flipbook;

/** Frames a second, measured over the last sixteen. Not thread-safe. */
final class Rate {

    private final long[] times = new long[16];
    private int count;

    /** Forgets what was measured, as a break lies between it and the next frame. */
    void restart() {
        count = 0;
    }

    void arrived(long nanos) {
        times[count++ & 15] = nanos;
        if (count == 32) { // full from now on; keeps the counter small
            count = 16;
        }
    }

    /** Between two frames, in nanoseconds; 0 with fewer than two. */
    long interval() {
        int kept = Math.min(count, 16);
        return kept < 2 ? 0 : (times[(count - 1) & 15] - times[(count - kept) & 15]) / (kept - 1);
    }

    /** 0 with fewer than two frames; sinks when the next one is overdue. */
    double fps(long now) {
        int kept = Math.min(count, 16);
        if (kept < 2) {
            return 0;
        }
        long last = times[(count - 1) & 15];
        long span = last - times[(count - kept) & 15];
        double interval = Math.max((double) span / (kept - 1), (now - last) / 2.0);
        return interval <= 0 ? 0 : 1e9 / interval;
    }
}
