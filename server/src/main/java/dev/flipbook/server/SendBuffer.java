package dev.flipbook.server;

import java.util.function.IntConsumer;

/**
 * How much of one viewer's pictures the kernel may hold: about one frame, unless more makes the viewer faster.
 *
 * <p>What the kernel holds is old when it arrives, and no newer frame can overtake it. One frame is enough for a viewer that
 * takes each as it comes, and a viewer on a slow link gets no more of them for a larger buffer, only older ones. On a long way
 * with room on it, though, bytes must be under way for a whole round trip before the first is confirmed, and there more buffer
 * means more frames. The two look alike from here, so it is tried: a viewer that makes writes wait gets twice the buffer for a
 * while, and keeps it if its rate grows by a quarter. Half a minute later the other direction is tried, and so on.
 *
 * <p>Confined to the writes of its viewer, which come one after another.
 */
final class SendBuffer {

    /** Shorter waits are the scheduler's; longer ones say that the buffer was full. In nanoseconds. */
    private static final long WAITED = 2_000_000;
    /** A rate is measured over so many writes and so many nanoseconds at least: a smaller number is noise. */
    private static final int WRITES = 10;

    private static final long WINDOW = 1_000_000_000;
    /** Between two tries, in nanoseconds. One that brings nothing costs a slow viewer a frame of age while it lasts. */
    private static final long REST = 30_000_000_000L;
    /** So much faster is faster. */
    private static final double GAIN = 1.25;
    /** A second of 30 fps on the way. */
    private static final int MOST_FRAMES = 32;
    /** The kernel looks before it takes a piece of 64 KiB, and not behind it: so much it holds beyond its limit. */
    private static final int PIECE = 48 << 10;

    private static final int LEAST = 16 << 10;

    private final IntConsumer limit;
    private int frame;
    private int frames = 1;
    private int held;
    private long nextTry = Long.MIN_VALUE;

    /** Frames before the try that is on; 0 when none is. */
    private int before;

    private double rateBefore;
    private boolean up = true;

    // what is measured now
    private boolean measuring;
    private long since;
    private int writes;
    private int waits;
    private long bytes;

    /** @param limit sets how many bytes the kernel may hold */
    SendBuffer(IntConsumer limit) {
        this.limit = limit;
    }

    /** Before a write of so many bytes. */
    void writing(int size) {
        frame = Math.max(size, frame - frame / 16);
        adjust();
    }

    /**
     * After it.
     *
     * @param took until the kernel had it all, in nanoseconds
     */
    void written(int size, long took, long now) {
        if (!measuring) { // the first one behind a change fills what was added, or waits for what was taken
            measuring = true;
            measureFrom(now);
            return;
        }
        writes++;
        bytes += size;
        waits += took >= WAITED ? 1 : 0;
        if (writes >= WRITES && now - since >= WINDOW) {
            judge((double) bytes / (now - since), waits * 2 >= writes, now);
            measureFrom(now);
        }
    }

    private void measureFrom(long now) {
        since = now;
        writes = 0;
        waits = 0;
        bytes = 0;
    }

    private void judge(double rate, boolean slow, long now) {
        if (before == 0) {
            if (now >= nextTry && (slow || frames > 1)) {
                attempt(rate);
            }
            return;
        }
        boolean worth = up ? rate >= rateBefore * GAIN : rate * GAIN >= rateBefore;
        if (worth && (up ? slow && frames < MOST_FRAMES : frames > 1)) {
            attempt(rate); // further in the same direction
            return;
        }
        if (!worth) {
            change(before);
        }
        up = !up;
        before = 0;
        nextTry = now + REST;
    }

    private void attempt(double rate) {
        up = frames == 1 || (up && frames < MOST_FRAMES);
        before = frames;
        rateBefore = rate;
        change(up ? frames * 2 : frames / 2);
    }

    private void change(int other) {
        frames = other;
        measuring = false;
        adjust();
    }

    /** The kernel counts its bookkeeping too, a sixteenth or so. */
    private void adjust() {
        int wanted = Math.clamp((frame * 17L / 16 + 4096) * frames - PIECE, LEAST, Integer.MAX_VALUE);
        if (wanted > held || wanted < held / 4 * 3) {
            held = wanted;
            limit.accept(wanted);
        }
    }
}
