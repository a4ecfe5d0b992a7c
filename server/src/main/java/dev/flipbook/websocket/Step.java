package dev.flipbook.websocket;

import dev.flipbook.Variant;
import java.util.Arrays;

/**
 * In what size a feed is sent, as the link takes it: steps down when its pictures take too long or too few of them come
 * through, and up when larger ones would do.
 *
 * <p>The bytes of each step are remembered, so that before a step up is taken it is known what it would cost. One thread at a
 * time.
 */
final class Step {

    /** In width and height, of what was wished. */
    private static final double[] SIZES = {1, 0.75, 0.5, 0.25};

    /** A picture's bytes grow with its sides by about this power, where they are not known. */
    private static final double GROWTH = 1.6;

    private static final long MILLI = 1_000_000;

    /** Looked at so often. */
    static final long PERIOD = 500 * MILLI;

    /** A picture that takes longer from sending to screen is too large; the eye is content with less. */
    static final long SLOW = 250 * MILLI;

    /** A larger one is tried when it would take no longer. */
    static final long ROOMY = 120 * MILLI;

    /** Where a larger one would be this quick, the link is another one than it was a moment ago. */
    static final long FREE = 60 * MILLI;

    /** Where there were only narrow links of late, the shortest time is not that of the way alone. */
    private static final double WITH_BYTES = 1.0 / 6;

    /** As many a second, or as are wished, are enough for a smaller size not to be worth it; with fewer than half of them, it is. */
    private static final double ENOUGH = 10;

    /** After a step up that was one too many; doubled each time. */
    private static final long FIRST_WAIT = 2_000 * MILLI;

    private static final long LONGEST_WAIT = 32_000 * MILLI;

    /** So long the shortest time from sending to screen is remembered, up to twice. */
    private static final long MEMORY = 30_000 * MILLI;

    private final double[] bytes = new double[SIZES.length];
    private double enough = ENOUGH;
    private int step;
    private long wait = FIRST_WAIT;
    private long steppedUp;
    private long steppedDown;
    private final Shortest way = new Shortest(MEMORY);

    // of the period
    private long begun;
    private int shown;
    private long took;
    private long quickest = Long.MAX_VALUE;
    private long firstSequence;
    private long lastSequence;

    Step(long now) {
        begun = now;
        steppedUp = now - LONGEST_WAIT;
        steppedDown = now - LONGEST_WAIT;
    }

    /** 0 is as wished. */
    int now() {
        return step;
    }

    /** Of what was wished, in width and height. */
    double size() {
        return SIZES[step];
    }

    /**
     * What is to be sent of a feed at this step to whoever wishes for this; the same as long as the feed has had no picture.
     *
     * @param width of the feed's pictures, in pixels; 0 before the first
     * @param height of the feed's pictures, in pixels; 0 before the first
     */
    Variant variant(Variant wish, int width, int height) {
        if (step == 0 || width <= 0 || height <= 0) {
            return wish;
        }
        boolean lies = wish.rotate() % 180 != 0;
        return new Variant(
                side(wish.width(), lies ? height : width),
                side(wish.height(), lies ? width : height),
                wish.quality(),
                wish.rotate());
    }

    /** No picture is made larger than it is. */
    private int side(int wished, int own) {
        int full = wished > 0 ? Math.min(wished, own) : own;
        return (int) Math.max(16, Math.min(8192, Math.round(full * size())));
    }

    /** A picture was shown. One that left before the last step says nothing of this one. */
    void shown(long sequence, int size, long at, long now) {
        if (at < stepped()) {
            return;
        }
        bytes[step] = bytes[step] == 0 ? size : bytes[step] + (size - bytes[step]) / 4;
        if (shown == 0) {
            firstSequence = sequence;
        }
        lastSequence = sequence;
        shown++;
        took += now - at;
        quickest = Math.min(quickest, now - at);
        way.add(now - at, now);
    }

    private long stepped() {
        return Math.max(steppedUp, steppedDown);
    }

    /**
     * Looks whether another step is better, once a period.
     *
     * @param oldestAt when the oldest picture left that is under way; now when none is
     * @return whether the step has changed
     */
    boolean look(long now, long oldestAt) {
        long oldest = oldestAt < stepped() ? 0 : now - oldestAt;
        if (now - begun < PERIOD || (shown < 2 && oldest < SLOW && now - begun < 4 * PERIOD)) {
            return false;
        }
        double seconds = (now - begun) / 1e9;
        long mean = Math.max(shown == 0 ? 0 : took / shown, shown < 2 ? oldest : 0);
        double came = shown / seconds;
        double wanted = Math.min(enough, shown < 2 ? 0 : (lastSequence - firstSequence + 1) / seconds);
        int best = best(now, mean, came, wanted);
        begun = now;
        shown = 0;
        took = 0;
        quickest = Long.MAX_VALUE;
        if (best == step) {
            return false;
        }
        if (best > step) {
            wait = now - steppedUp < 2 * wait ? Math.min(LONGEST_WAIT, 2 * wait) : FIRST_WAIT;
            steppedDown = now;
        } else {
            steppedUp = now;
        }
        step = best;
        return true;
    }

    private int best(long now, long mean, double came, double wanted) {
        if (mean > SLOW || came < wanted / 2) {
            int smaller = Math.min(SIZES.length - 1, step + 1);
            while (smaller < SIZES.length - 1 && expected(mean, smaller) > SLOW) {
                smaller++;
            }
            return smaller;
        }
        if (shown == 0 || came < 0.8 * wanted) {
            return step;
        }
        // Not the mean: what a busy machine adds to most pictures does not grow with their bytes; the link is in all of
        // them.
        for (int larger = 0; larger < step; larger++) {
            if (expected(quickest, larger) < FREE) {
                return larger;
            }
        }
        boolean waited = now - steppedDown > wait;
        return step > 0 && waited && expected(quickest, step - 1) < ROOMY ? step - 1 : step;
    }

    /**
     * How long pictures of another step would take: what they take above the shortest time of late goes with their bytes, and
     * {@link #WITH_BYTES} of all at least.
     */
    private long expected(long took, int other) {
        long moving = Math.max(took - way.get(), (long) (WITH_BYTES * took));
        return took - moving + (long) (moving * growth(other));
    }

    /** How many times the bytes of this step's pictures those of another are. */
    private double growth(int other) {
        double factor = bytes[other] > 0 && bytes[step] > 0
                ? bytes[other] / bytes[step]
                : Math.pow(SIZES[other] / SIZES[step], GROWTH);
        return other < step ? Math.max(1, factor) : Math.min(1, factor);
    }

    /**
     * Other pictures are sent from now on, of other sizes.
     *
     * @param fps how many a second are wished at most; 0 for all
     */
    void wish(double fps) {
        Arrays.fill(bytes, 0);
        enough = fps > 0 ? Math.min(ENOUGH, fps) : ENOUGH;
    }
}
