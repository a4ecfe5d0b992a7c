package dev.flipbook.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The counts of a feed's pictures: how many there were, at which rate they come, and for how long the same picture has
 * come again and again. Not thread-safe: guarded by the lock of its {@link CurrentEdition}.
 */
public final class FeedTally {

    private final Rate rate = new Rate();
    // number of the latest frame
    private long sequence;
    private long dropped;
    // when the picture that is repeated came first; meaningful while "same" is true
    private long sameSince;
    private boolean same;
    // when the first frame was published that is not forgotten
    private Optional<Instant> begun = Optional.empty();

    /**
     * The part of a feed's status that is about its pictures.
     *
     * @param fps measured over the last 16 pictures
     * @param still how long the same picture has been published again and again; zero while pictures change
     * @param begun time at which the first frame was published since the pictures were forgotten; empty before it
     */
    public record Figures(
            int width,
            int height,
            double fps,
            long frames,
            long dropped,
            Optional<Duration> age,
            Duration still,
            Optional<Instant> begun) {}

    /**
     * Numbers a frame and measures the rate.
     *
     * @param wall the time of the wall clock
     * @param afterBreak whether something else was shown since the frame before it; a break is not part of the rate
     * @param sameAgain whether the frame has the same picture as the one before it
     */
    void frame(long now, Instant wall, boolean afterBreak, boolean sameAgain) {
        sequence++;
        if (begun.isEmpty()) {
            begun = Optional.of(wall);
        }
        if (afterBreak) {
            rate.restart();
        }
        rate.arrived(now);
        same = sameAgain;
        if (!same) {
            sameSince = now;
        }
    }

    /** Measures the rate of a variant, which has no numbers of its own. */
    void variantPicture(long now) {
        rate.arrived(now);
    }

    /** Notes that something other than a picture is shown. */
    void pause() {
        rate.restart();
    }

    /** Notes that all pictures so far are forgotten; the counts go on. */
    void forget() {
        rate.restart();
        same = false;
        begun = Optional.empty();
    }

    /** Counts a picture that found no memory. */
    void drop() {
        dropped++;
    }

    long sequence() {
        return sequence;
    }

    /** Mean interval between recent frames in nanoseconds, or 0 if there are fewer than two. */
    long interval() {
        return rate.interval();
    }

    /** The figures at this time, with the size and age of the last picture. */
    Figures figures(long now, @Nullable Edition last) {
        return new Figures(
                last == null ? 0 : last.width(),
                last == null ? 0 : last.height(),
                rate.fps(now),
                sequence,
                dropped,
                last == null
                        ? Optional.empty()
                        : Optional.of(Duration.ofNanos(Math.max(0, now - last.capturedNanos()))),
                same ? Duration.ofNanos(now - sameSince) : Duration.ZERO,
                begun);
    }
}
