package dev.flipbook.live;

import dev.flipbook.capture.Pace;

/**
 * Which pictures of a live input are worth encoding: the newest, at the rate that is wished for.
 *
 * <p>A picture that took longer to come here than the quickest one has waited somewhere, in a buffer of the network or because
 * this machine is too slow; newer ones stand behind it, and the sooner it is passed over the sooner they come. So while
 * pictures come late only ten a second are encoded, which leaves the time to catch up and still shows something. All times
 * are in nanoseconds. Confined to the source thread.
 */
final class LivePace {

    /** A picture may come this much later than the quickest one: large ones take longer on their way. */
    private static final long LATE = 100_000_000;

    /** While they come late one is shown this often. */
    private static final long CATCHING_UP = 100_000_000;

    /** The quickest way is forgotten at a thousandth of the time: so much may two clocks drift apart, and routes change. */
    private static final long FORGET = 1000;

    /** A greater change of timestamps against the clock is a leap in the timestamps. */
    private static final long LEAP = 10_000_000_000L;

    /** In no time at all, when nothing has come yet. */
    private static final long NEVER = Long.MIN_VALUE;

    private final long interval;
    private long quickest = NEVER;
    private long measured;
    private long encoded = NEVER;
    private long due = NEVER;

    /** @param fps at most so many pictures a second, evenly; 0 for all */
    LivePace(int fps) {
        interval = fps == 0 ? 0 : 1_000_000_000L / fps;
    }

    /**
     * Whether the picture that has come now is to be encoded.
     *
     * @param timestamp by the clock of whoever took it, or {@link Pace#UNKNOWN}
     */
    boolean shows(long timestamp, long now) {
        boolean known = timestamp != Pace.UNKNOWN;
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

    /** Whether the wished-for rate has room for a picture of this time; a quarter of an interval takes up unevenness. */
    private boolean isDue(long time) {
        if (interval == 0) {
            return true;
        }
        if (due == NEVER || Math.abs(time - due) > LEAP) {
            due = time;
        }
        if (time + interval / 4 < due) {
            return false;
        }
        due = Math.max(due + interval, time - interval);
        return true;
    }
}
