package dev.flipbook.live;

import dev.flipbook.ffmpeg.MediaInput;
import dev.flipbook.time.Cadence;

/**
 * Decides which pictures of a live input are encoded: the newest ones, at the requested rate.
 *
 * <p>A picture that took longer to arrive than the quickest one has waited somewhere: in a network buffer, or because
 * this machine is too slow. Newer pictures wait for this one, and they arrive sooner if it is skipped. So while
 * pictures are late, only ten a second are encoded. That leaves time to catch up and still shows something. All times
 * are in nanoseconds. Used by the source thread only.
 */
final class LivePace {

    /** How much later than the quickest picture a picture may arrive without being late; large pictures take longer. */
    private static final long LATE = 100_000_000;

    /** Interval between two pictures that are shown while pictures are late. */
    private static final long CATCHING_UP = 100_000_000;

    /**
     * Divisor of the elapsed time by which the quickest delay grows, because two clocks may drift apart by that much
     * and routes change.
     */
    private static final long FORGET = 1000;

    /** Minimum change of the timestamps against the clock that counts as a jump of the timestamps. */
    private static final long LEAP = 10_000_000_000L;

    /** Stands for a time before anything has come. */
    private static final long NEVER = Long.MIN_VALUE;

    private final Cadence cadence; // of the requested rate, by the timestamps
    private long quickest = NEVER; // shortest recent delay between a timestamp and its arrival
    private long measured; // when the shortest delay was last updated
    private long encoded = NEVER; // when the last picture was encoded

    /** @param fps maximum number of pictures a second, evenly spaced; 0 for all */
    LivePace(int fps) {
        cadence = Cadence.ofRate(fps);
    }

    /**
     * Whether the picture that has just arrived is to be encoded.
     *
     * @param timestamp by the sender's clock, or {@link MediaInput#UNKNOWN}
     * @param now current time of the ticker
     */
    boolean shows(long timestamp, long now) {
        boolean known = timestamp != MediaInput.UNKNOWN;
        if (known && isLate(now - timestamp, now) && encoded != NEVER && now - encoded < CATCHING_UP) {
            return false;
        }
        if (!isDue(known ? timestamp : now)) {
            return false;
        }
        encoded = now;
        return true;
    }

    private boolean isLate(long delay, long now) {
        if (quickest == NEVER || Math.abs(delay - quickest) > LEAP) {
            quickest = delay;
        }
        quickest = Math.min(delay, quickest + (now - measured) / FORGET);
        measured = now;
        return delay - quickest > LATE;
    }

    /** Whether the requested rate has room for a picture of this time. */
    private boolean isDue(long time) {
        if (cadence.due(time) - time > LEAP) {
            cadence.restart();
        }
        return cadence.take(time);
    }
}
