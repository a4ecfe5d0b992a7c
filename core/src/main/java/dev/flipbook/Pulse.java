package dev.flipbook;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The rhythm in which an opened source gives frames, and by it how long it may be silent. Times are those of a {@link
 * Ticker}, in nanoseconds. One thread at a time.
 */
final class Pulse {

    private final FeedOptions options;
    private long began;
    private long beats;
    private long last;
    private long interval;

    /** @param began when the source was opened */
    Pulse(FeedOptions options, long began) {
        this.options = options;
        this.began = began;
    }

    /** A frame has come. */
    void beat(long now) {
        if (beats++ > 0) {
            interval = Math.max(now - last, interval - interval / 8);
        }
        last = now;
    }

    /** This process did not run for a while, up to now: nobody can have been heard in that time, and silence begins anew. */
    void resume(long now) {
        began = now;
        last = now;
    }

    /** What to complain about when no frame has come for too long, in words for people; else nothing. */
    @Nullable
    String silence(long now) {
        if (beats == 0) {
            Duration patience = options.startTimeout();
            return now - began > patience.toNanos()
                    ? "no picture within " + patience.toSeconds() + " s of the start"
                    : null;
        }
        long silent = now - last;
        return silent > patience()
                ? "no picture for " + Duration.ofNanos(silent).toSeconds() + " s"
                : null;
    }

    /** How long it may be silent between two frames. One frame tells nothing of the rate. */
    private long patience() {
        return beats == 1
                ? options.startTimeout().toNanos()
                : Math.max(options.stallTimeout().toNanos(), 10 * interval);
    }
}
