package dev.flipbook.websocket;

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
    static final long FREE = 40 * MILLI;

    /** As many a second are enough for a smaller size not to be worth it; with fewer than half of them, it is. */
    private static final double ENOUGH = 10;

    /** After a step up that was one too many; doubled each time. */
    private static final long FIRST_WAIT = 2_000 * MILLI;

    private static final long LONGEST_WAIT = 32_000 * MILLI;

    private final double[] bytes = new double[SIZES.length];
    private int step;
    private long wait = FIRST_WAIT;
    private long steppedUp;
    private long steppedDown;

    // of the period
    private long begun;
    private int shown;
    private long took;
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

    /** A picture was shown. */
    void shown(long sequence, int size, long tookNanos) {
        bytes[step] = bytes[step] == 0 ? size : bytes[step] + (size - bytes[step]) / 4;
        if (shown == 0) {
            firstSequence = sequence;
        }
        lastSequence = sequence;
        shown++;
        took += tookNanos;
    }

    /**
     * Looks whether another step is better, once a period.
     *
     * @param oldest how long the oldest picture under way has been so, in nanoseconds; 0 when none is
     * @return whether the step has changed
     */
    boolean look(long now, long oldest) {
        if (now - begun < PERIOD || (shown < 2 && oldest < SLOW && now - begun < 4 * PERIOD)) {
            return false;
        }
        double seconds = (now - begun) / 1e9;
        long mean = Math.max(shown == 0 ? 0 : took / shown, shown < 2 ? oldest : 0);
        double came = shown / seconds;
        double wanted = Math.min(ENOUGH, shown < 2 ? 0 : (lastSequence - firstSequence + 1) / seconds);
        begun = now;
        shown = 0;
        took = 0;
        int best = best(now, mean, came, wanted);
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
            boolean far = mean > 3 * SLOW;
            return Math.min(SIZES.length - 1, step + (far ? 2 : 1));
        }
        if (mean == 0 || came < 0.8 * wanted) {
            return step;
        }
        for (int larger = 0; larger < step; larger++) {
            if (mean * growth(larger) < FREE) {
                return larger;
            }
        }
        boolean waited = now - steppedDown > wait;
        return step > 0 && waited && mean * growth(step - 1) < ROOMY ? step - 1 : step;
    }

    /** How many times the bytes of this step's pictures those of a larger one are. */
    private double growth(int larger) {
        return bytes[larger] > 0 && bytes[step] > 0
                ? Math.max(1, bytes[larger] / bytes[step])
                : Math.pow(SIZES[larger] / SIZES[step], GROWTH);
    }

    /** Was refused by the feed, which has no room for it: stays where it was for a while. */
    void takeBack(int before, long now) {
        step = before;
        steppedDown = now;
        wait = LONGEST_WAIT;
    }
}
