package dev.flipbook.delivery;

/** The frame rate over the last 16 frames. Not thread-safe. */
final class Rate {

    private final long[] times = new long[16];
    private int count;

    /** Forgets the frames so far, because a break lies between them and the next one. */
    void restart() {
        count = 0;
    }

    /** Notes a frame that came at this time, in nanoseconds. */
    void arrived(long nanos) {
        times[count++ & 15] = nanos;
        if (count == 32) { // full from now on; keeps the counter small
            count = 16;
        }
    }

    /** Mean interval between the frames in nanoseconds, or 0 if there are fewer than two. */
    long interval() {
        int kept = Math.min(count, 16);
        return kept < 2 ? 0 : (times[(count - 1) & 15] - times[(count - kept) & 15]) / (kept - 1);
    }

    /** Frames a second; 0 if there are fewer than two. The value falls when the next frame is overdue. */
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
