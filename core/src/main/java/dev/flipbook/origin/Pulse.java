package dev.flipbook.origin;

import dev.flipbook.FeedOptions;
import dev.flipbook.Ticker;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rhythm in which an open source gives frames, and how long it may be silent by that rhythm. Times are those of a
 * {@link Ticker}, in nanoseconds. Not thread-safe.
 */
final class Pulse {

    private final Supplier<FeedOptions> options;
    private long began;
    private long beats;
    private long last;
    // longest recent interval: longer ones count at once, shorter ones lower it by an eighth a frame
    private long interval;

    /**
     * A source without frames so far.
     *
     * @param options gives the timeouts that hold now
     * @param began when the source was opened
     */
    Pulse(Supplier<FeedOptions> options, long began) {
        this.options = options;
        this.began = began;
    }

    /** Notes a frame that came at this time. */
    void beat(long now) {
        if (beats++ > 0) {
            interval = Math.max(now - last, interval - interval / 8);
        }
        last = now;
    }

    /**
     * Notes that the process did not run for a while, up to now. No frame could have come in that time, so silence is
     * counted from now on.
     */
    void resume(long now) {
        began = now;
        last = now;
    }

    /**
     * The complaint about a source that has given no frame for too long, in words for people; null when it is in time.
     */
    @Nullable
    String silence(long now) {
        if (beats == 0) {
            Duration patience = options.get().startTimeout();
            return now - began > patience.toNanos()
                    ? "no picture within " + patience.toSeconds() + " s of the start"
                    : null;
        }
        long silent = now - last;
        return silent > patience()
                ? "no picture for " + Duration.ofNanos(silent).toSeconds() + " s"
                : null;
    }

    /**
     * Maximum time between two frames. After a single frame the rate is unknown, and the limit is that of the start.
     */
    private long patience() {
        return beats == 1
                ? options.get().startTimeout().toNanos()
                : Math.max(options.get().stallTimeout().toNanos(), 10 * interval);
    }
}
