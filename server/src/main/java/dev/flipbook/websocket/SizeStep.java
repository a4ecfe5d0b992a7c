package dev.flipbook.websocket;

import dev.flipbook.Variant;
import java.util.Arrays;

/**
 * Chooses the size that a feed is sent in: the requested size, or three quarters, half or a quarter of its width and
 * height.
 *
 * <p>Step down. Every half second ({@link #PERIOD}) the step looks at the pictures that were shown. If they took more
 * than 250 ms on average, or fewer than half of the wanted pictures were shown, the step goes down to the next smaller
 * size that is expected to take less than 250 ms. The wanted rate is that of the feed, but at most 10 a second.
 *
 * <p>Step up. A larger size is tried if it is expected to take less than 120 ms and some time has passed since the last
 * step down. If it is expected to take less than 60 ms it is tried at once, because the connection has evidently
 * changed. Each step up that has to be taken back doubles the wait, from 2 s to at most 32 s, so that a feed does not
 * swing between two sizes.
 *
 * <p>The expectation ({@link #expected}) splits the time of a picture in two: the shortest recent time does not depend
 * on the size, and the rest grows with the bytes. The mean bytes of each size are remembered, so that the cost of a
 * step up is known before the step is taken.
 *
 * <p>Used by one thread at a time: the connection's lock orders all calls.
 */
final class SizeStep {

    /** The sizes, as factors of the requested width and height. */
    private static final double[] SIZES = {1, 0.75, 0.5, 0.25};

    /** Exponent by which a picture's bytes are assumed to grow with its width, for sizes that were not sent yet. */
    private static final double GROWTH = 1.6;

    private static final long MILLI = 1_000_000;

    /** Interval between two checks, in nanoseconds. */
    static final long PERIOD = 500 * MILLI;

    /**
     * Mean time from sending to painting, in nanoseconds, above which a smaller size is tried. Late pictures are worse
     * for a viewer than small ones.
     */
    static final long SLOW = 250 * MILLI;

    /** Expected time in nanoseconds below which a larger size is tried after the wait. */
    static final long ROOMY = 120 * MILLI;

    /**
     * Expected time in nanoseconds below which a larger size is tried without the wait: such a short time means that
     * the connection has changed.
     */
    static final long FREE = 60 * MILLI;

    /**
     * Minimum share of a picture's time that is assumed to grow with its bytes. This minimum is needed if the
     * connection was slow during all of the recent past: then even the shortest time contains a part that grows with
     * the bytes.
     */
    private static final double WITH_BYTES = 1.0 / 6;

    /**
     * Frame rate that is enough for a viewer, unless the client asks for a lower one. Below half of this rate a smaller
     * size is tried.
     */
    private static final double CONTENT_FPS = 10;

    /**
     * Interval before the first step up, in nanoseconds; doubled each time that a step up had to be taken back, up to
     * {@link #MAX_RETRY_INTERVAL}.
     */
    private static final long FIRST_RETRY_INTERVAL = 2_000 * MILLI;

    private static final long MAX_RETRY_INTERVAL = 32_000 * MILLI;

    /** How long the shortest time from sending to painting is remembered: this long in nanoseconds, up to twice. */
    private static final long MEMORY = 30_000 * MILLI;

    private final double[] bytes = new double[SIZES.length]; // mean bytes of each step's pictures; 0 if unknown
    private double enough = CONTENT_FPS; // frame rate that is enough for this viewer
    private int step; // index into SIZES
    private long wait = FIRST_RETRY_INTERVAL; // how long after a step down the next step up may come
    private long steppedUp; // when the last step up was taken
    private long steppedDown; // when the last step down was taken
    private final ShortestTime way =
            new ShortestTime(MEMORY); // the part of a picture's time that does not depend on its size

    // About the pictures that were shown in the current period.
    private long begun; // when the period began
    private int shown; // number of pictures
    private long took; // sum of their times
    private long quickest = Long.MAX_VALUE; // minimum of their times
    private long firstSequence;
    private long lastSequence;

    SizeStep(long now) {
        begun = now;
        steppedUp = now - MAX_RETRY_INTERVAL;
        steppedDown = now - MAX_RETRY_INTERVAL;
    }

    /** The current step: 0 is the requested size, larger numbers are smaller sizes. */
    int now() {
        return step;
    }

    /** The current factor of the requested width and height. */
    double size() {
        return SIZES[step];
    }

    /**
     * The variant that is sent at this step; before the feed's first picture, the variant that the client asks for.
     *
     * @param wish the variant that the client asks for
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

    /** One side at this step, in pixels. No picture is enlarged. */
    private int side(int wished, int own) {
        int full = wished > 0 ? Math.min(wished, own) : own;
        return (int) Math.max(16, Math.min(8192, Math.round(full * size())));
    }

    /**
     * Counts a picture that was painted. A picture that was sent before the last step is ignored, because it had
     * another size.
     *
     * @param sequence the frame's number in its feed
     * @param size bytes of the picture
     * @param at when the picture was sent, as the ticker counts
     * @param now when its acknowledgement came
     */
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
     * Checks whether another step is better, at most once a period.
     *
     * @param oldestAt when the oldest unacknowledged picture was sent; {@code now} if there is none
     * @return whether the step has changed
     */
    boolean adapt(long now, long oldestAt) {
        long oldest = oldestAt < stepped() ? 0 : now - oldestAt;
        if (now - begun < PERIOD || (shown < 2 && oldest < SLOW && now - begun < 4 * PERIOD)) {
            return false;
        }
        double seconds = (now - begun) / 1e9;
        long mean = Math.max(shown == 0 ? 0 : took / shown, shown < 2 ? oldest : 0);
        double rate = shown / seconds;
        double wanted = Math.min(enough, shown < 2 ? 0 : (lastSequence - firstSequence + 1) / seconds);
        int best = best(now, mean, rate, wanted);
        begun = now;
        shown = 0;
        took = 0;
        quickest = Long.MAX_VALUE;
        if (best == step) {
            return false;
        }
        if (best > step) {
            wait = now - steppedUp < 2 * wait ? Math.min(MAX_RETRY_INTERVAL, 2 * wait) : FIRST_RETRY_INTERVAL;
            steppedDown = now;
        } else {
            steppedUp = now;
        }
        step = best;
        return true;
    }

    private int best(long now, long mean, double rate, double wanted) {
        if (mean > SLOW || rate < wanted / 2) {
            int smaller = Math.min(SIZES.length - 1, step + 1);
            while (smaller < SIZES.length - 1 && expected(mean, smaller) > SLOW) {
                smaller++;
            }
            return smaller;
        }
        if (shown == 0 || rate < 0.8 * wanted) {
            return step;
        }
        // Uses the quickest picture and not the mean. A busy client delays most pictures by times that do not depend on
        // their bytes, but the time on the link is part of every picture.
        for (int larger = 0; larger < step; larger++) {
            if (expected(quickest, larger) < FREE) {
                return larger;
            }
        }
        boolean waited = now - steppedDown > wait;
        return step > 0 && waited && expected(quickest, step - 1) < ROOMY ? step - 1 : step;
    }

    /**
     * Expected time of pictures of another step, in nanoseconds. The part above the shortest recent time grows with the
     * bytes; that part is at least {@link #WITH_BYTES} of the whole.
     */
    private long expected(long took, int other) {
        long moving = Math.max(took - way.get(), (long) (WITH_BYTES * took));
        return took - moving + (long) (moving * growth(other));
    }

    /** Expected bytes of a picture of the other step, as a multiple of the bytes of the current one. */
    private double growth(int other) {
        double factor = bytes[other] > 0 && bytes[step] > 0
                ? bytes[other] / bytes[step]
                : Math.pow(SIZES[other] / SIZES[step], GROWTH);
        return other < step ? Math.max(1, factor) : Math.min(1, factor);
    }

    /**
     * Forgets the bytes of all sizes, because the request has changed.
     *
     * @param fps maximum frame rate that the client asks for; 0 for every frame
     */
    void wish(double fps) {
        Arrays.fill(bytes, 0);
        enough = fps > 0 ? Math.min(CONTENT_FPS, fps) : CONTENT_FPS;
    }
}
