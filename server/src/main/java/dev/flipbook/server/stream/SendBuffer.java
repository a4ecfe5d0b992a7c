package dev.flipbook.server.stream;

import java.util.function.IntConsumer;

/**
 * Chooses how many bytes of a viewer's pictures the kernel may hold: about one frame, unless more makes the viewer
 * faster.
 *
 * <p>Why small. Pictures in the kernel are old when they arrive, and no newer frame can overtake them. One frame is
 * enough for a viewer that takes each frame as it comes. With a larger buffer, a viewer on a slow link gets older
 * frames, and not more of them.
 *
 * <p>Why not always small. On a long path with free bandwidth, bytes must be in flight for a whole round trip before
 * the first of them is acknowledged; there a larger buffer means more frames. The server cannot tell the two cases
 * apart.
 *
 * <p>How. The buffer is doubled for a while if the viewer makes at least half of the writes wait, and stays doubled if
 * that raises the viewer's rate by a quarter. The buffer is then doubled again, up to {@link #MAX_FRAMES}. Otherwise
 * the buffer goes back to its former size. After {@link #REST}, the opposite direction is tried: a smaller buffer stays
 * if the rate falls by less than a fifth.
 *
 * <p>What holds. The buffer always holds at least one whole frame, so a viewer that keeps up is never slowed down. A
 * failed trial costs a slow viewer one frame of age while the trial lasts.
 *
 * <p>Threads. Called before and after each write of one viewer; those come one after the other.
 */
public final class SendBuffer {

    /**
     * Minimum duration of a write, in nanoseconds, that shows that the buffer was full. Shorter waits come from the
     * scheduler.
     */
    private static final long WAITED = 2_000_000;
    /** Minimum number of writes, and minimum nanoseconds, over which a rate is measured. Rates over less are noise. */
    private static final int WRITES = 10;

    private static final long WINDOW = 1_000_000_000;
    /**
     * Pause between two trials, in nanoseconds. A trial that brings nothing costs a slow viewer a frame of age while it
     * lasts.
     */
    private static final long REST = 30_000_000_000L;
    /** Factor by which a rate must differ to count as faster. */
    private static final double GAIN = 1.25;
    /** Maximum number of frames in the buffer: one second at 30 fps. */
    private static final int MAX_FRAMES = 32;
    /**
     * What the kernel holds beyond its limit, in bytes. Linux checks the limit before it takes a chunk of up to 64 KiB,
     * and not after.
     */
    private static final int PIECE = 48 << 10;

    /** Minimum limit in bytes. */
    private static final int MIN_BYTES = 16 << 10;

    private final IntConsumer limit;
    /** Size of a frame in bytes: the largest recent one. */
    private int frame;
    /** Number of frames that the buffer may hold now. */
    private int frames = 1;
    /** Limit that was set last, in bytes. */
    private int held;

    private long nextTry = Long.MIN_VALUE;

    /** Number of frames before the current trial; 0 if there is no trial. */
    private int before;

    private double rateBefore;
    private boolean up = true;

    // The current measurement.
    private boolean measuring;
    private long since;
    private int writes;
    private int waits;
    private long bytes;

    /** @param limit sets how many bytes the kernel may hold */
    SendBuffer(IntConsumer limit) {
        this.limit = limit;
    }

    /**
     * Called before a write.
     *
     * @param size bytes of the write
     */
    void writing(int size) {
        frame = Math.max(size, frame - frame / 16);
        adjust();
    }

    /**
     * Called after a write.
     *
     * @param took time until the kernel had taken everything, in nanoseconds
     */
    void written(int size, long took, long now) {
        if (!measuring) { // the first write after a change only fills or empties the difference
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
        if (worth && (up ? slow && frames < MAX_FRAMES : frames > 1)) {
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
        up = frames == 1 || (up && frames < MAX_FRAMES);
        before = frames;
        rateBefore = rate;
        change(up ? frames * 2 : frames / 2);
    }

    private void change(int other) {
        frames = other;
        measuring = false;
        adjust();
    }

    /**
     * Sets the limit for the current number of frames. The kernel also counts its own bookkeeping, about a sixteenth.
     */
    private void adjust() {
        int wanted = Math.clamp((frame * 17L / 16 + 4096) * frames - PIECE, MIN_BYTES, Integer.MAX_VALUE);
        if (wanted > held || wanted < held / 4 * 3) {
            held = wanted;
            limit.accept(wanted);
        }
    }
}
