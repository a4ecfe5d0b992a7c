package dev.flipbook.video;

import dev.flipbook.ffmpeg.MediaInput;

/**
 * Decides when each picture of a file that plays in a loop is due.
 *
 * <p>The file's timestamps are mapped to a timeline that goes on over all loops: after the last picture has been shown
 * for its duration, the first one follows. If a timestamp goes back, or jumps by more than the file's own duration or
 * that of the previous picture allows, the picture follows directly after the previous one. All times are in
 * nanoseconds. Used by the source thread only.
 */
public final class Pace {

    /** What to do with a picture. */
    enum Verdict {
        /** Encode the picture and wait until it is due. */
        SHOW,
        /** Skip the picture, because it is not requested or too late. */
        DROP,
        /** Repeat the previous picture, because this one is due much later. */
        HOLD
    }

    /**
     * Maximum lateness. If a picture is later than this, the timeline is moved: the machine slept, or is too slow for
     * this file.
     */
    private static final long MAX_LATENESS = 1_000_000_000;
    /**
     * Maximum time without a picture. The previous picture is repeated for a longer one, because a source that is
     * silent for 5 s counts as dead.
     */
    private static final long MAX_EARLINESS = 2_000_000_000;
    /**
     * Maximum gap between two pictures, unless the file says elsewhere that it lasts that long. A longer gap is an
     * error in the file.
     */
    private static final long MAX_UNSTATED_GAP = 60_000_000_000L;

    /** Maximum gap whatever the file says. A clock of 90 kHz in 32 bits jumps by 13.25 hours when it overflows. */
    private static final long MAX_GAP = 12 * 3600 * 1_000_000_000L;
    /**
     * Maximum number of pictures in a row that are skipped for being late. The next one is shown, so that a slow
     * machine shows something.
     */
    private static final int MAX_DROPPED = 4;
    /** Interval that is assumed if the file has neither a rate nor a second picture. */
    private static final long FALLBACK_INTERVAL = 40_000_000;

    private final int fps;
    private final long longest; // maximum gap between two pictures
    private long stated; // the current picture's own duration; 0 if unknown
    private long start; // time of the clock at the beginning of the timeline
    private long offset; // difference between the timeline and the file's timestamps
    private long position; // the current picture's place on the timeline
    private long end; // where the next picture would follow without a gap
    private long interval; // duration of a picture that has none of its own
    private boolean begun;
    private boolean newRound = true; // whether the next picture is the file's first one
    private int dropped; // late pictures that were skipped in a row
    private long lastSlot = -1; // number of the last picture that was shown, at the requested rate

    /**
     * @param fps maximum number of pictures shown a second, evenly spaced; 0 for all
     * @param defaultInterval interval between two pictures if the file does not say; 0 if unknown
     * @param length duration of the whole file; 0 if unknown
     */
    Pace(int fps, long defaultInterval, long length) {
        this.fps = fps;
        this.longest = Math.clamp(length, MAX_UNSTATED_GAP, MAX_GAP);
        this.interval = defaultInterval > 0 && defaultInterval <= longest ? defaultInterval : FALLBACK_INTERVAL;
    }

    /** Notes that the next picture is the first one of the file again. */
    void loop() {
        newRound = true;
    }

    /**
     * Places the next picture on the timeline.
     *
     * @param timestamp in the file's own time, or {@link MediaInput#UNKNOWN}
     * @param duration of the picture; 0 if the file does not say
     * @param now current time of the monotonic clock
     */
    void place(long timestamp, long duration, long now) {
        long before = position;
        long wanted = timestamp == MediaInput.UNKNOWN ? end : offset + timestamp;
        if (newRound || wanted < before || wanted - before > Math.max(longest, stated)) {
            wanted = end;
        }
        offset = timestamp == MediaInput.UNKNOWN ? offset : wanted - timestamp;
        position = wanted;
        stated = duration > 0 && duration <= MAX_GAP ? duration : 0;
        if (stated > 0) {
            interval = stated;
        } else if (!newRound && wanted > before) {
            interval = wanted - before;
        }
        end = wanted + interval;
        newRound = false;
        if (!begun) {
            begun = true;
            start = now - position;
        }
    }

    /** Time at which the placed picture is due, by the monotonic clock. */
    long due() {
        return start + position;
    }

    /** What to do with the placed picture now. */
    Verdict verdict(long now) {
        if (now - due() > MAX_LATENESS) {
            start = now - position;
        }
        if (due() - now > MAX_EARLINESS) {
            return Verdict.HOLD;
        }
        // A quarter of an interval absorbs timestamps that are rounded to milliseconds, which must not cost a picture.
        long slot = fps == 0 ? lastSlot + 1 : (long) Math.floor((position + interval / 4) * 1e-9 * fps);
        boolean late = now - due() > 2 * interval && dropped < MAX_DROPPED;
        if (slot == lastSlot || late) {
            dropped += late ? 1 : 0;
            return Verdict.DROP;
        }
        dropped = 0;
        lastSlot = slot;
        return Verdict.SHOW;
    }
}
