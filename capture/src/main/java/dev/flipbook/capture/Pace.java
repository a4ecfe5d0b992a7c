package dev.flipbook.capture;

/**
 * When each picture of a file that plays in a loop is due.
 *
 * <p>It lays the file's own timestamps on one line of time that goes on over the loops: the last picture lasts its duration,
 * then the first one comes. Timestamps that run back, or leap by more than the file
 * says that it or the picture before lasts, are taken as "right after the one before". All times are in
 * nanoseconds. Confined to the source thread.
 */
public final class Pace {

    /** Stands for a timestamp that the file does not give. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    /** What is to be done with a picture. */
    enum Verdict {
        /** Encode it, and wait until it is due. */
        SHOW,
        /** Leave it out: it is not wished for, or comes too late. */
        DROP,
        /** It is due so much later that the one before has to stand for now. */
        HOLD
    }

    /** Later than this, and the line of time is moved: the machine slept, or is too slow for this file. */
    private static final long LOST = 1_000_000_000;
    /** A still of more than this is repeated, as a source that is silent for 5 s counts as dead. */
    private static final long STILL = 2_000_000_000;
    /** A longer gap between two pictures is an error in the file, unless the file says elsewhere that it lasts so long. */
    private static final long USUAL_GAP = 60_000_000_000L;

    /** A longer one is an error whatever the file says: 13.25 hours are what a clock of 90 kHz in 32 bits leaps by. */
    private static final long LONGEST_GAP = 12 * 3600 * 1_000_000_000L;
    /** So many late pictures are left out in a row; then one is shown, so that a slow machine shows something. */
    private static final int MOST_DROPPED = 4;
    /** When the file tells neither a rate nor a second picture. */
    private static final long FALLBACK_INTERVAL = 40_000_000;

    private final int fps;
    private final long longest;
    private long said;
    private long start;
    private long offset;
    private long position;
    private long end;
    private long interval;
    private boolean begun;
    private boolean newRound = true;
    private int dropped;
    private long lastSlot = -1;

    /**
     * @param fps at most so many pictures a second are shown, evenly; 0 for all
     * @param usualInterval between two pictures, for where the file does not say; 0 if it never does
     * @param length of the whole file; 0 where it does not say
     */
    Pace(int fps, long usualInterval, long length) {
        this.fps = fps;
        this.longest = Math.clamp(length, USUAL_GAP, LONGEST_GAP);
        this.interval = usualInterval > 0 && usualInterval <= longest ? usualInterval : FALLBACK_INTERVAL;
    }

    /** The next picture is the file's first again. */
    void loop() {
        newRound = true;
    }

    /**
     * Places the next picture on the line of time.
     *
     * @param timestamp in the file's own time, or {@link #UNKNOWN}
     * @param duration of the picture, 0 when the file does not say
     * @param now by the monotonic clock
     */
    void place(long timestamp, long duration, long now) {
        long before = position;
        long wanted = timestamp == UNKNOWN ? end : offset + timestamp;
        if (newRound || wanted < before || wanted - before > Math.max(longest, said)) {
            wanted = end;
        }
        offset = timestamp == UNKNOWN ? offset : wanted - timestamp;
        position = wanted;
        said = duration > 0 && duration <= LONGEST_GAP ? duration : 0;
        if (said > 0) {
            interval = said;
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

    /** The moment at which the placed picture is due, by the monotonic clock. */
    long due() {
        return start + position;
    }

    /** What to do with the placed picture now. */
    Verdict verdict(long now) {
        if (now - due() > LOST) {
            start = now - position;
        }
        if (due() - now > STILL) {
            return Verdict.HOLD;
        }
        // A quarter of an interval takes up timestamps rounded to whole milliseconds, which must not cost a picture.
        long slot = fps == 0 ? lastSlot + 1 : (long) Math.floor((position + interval / 4) * 1e-9 * fps);
        boolean late = now - due() > 2 * interval && dropped < MOST_DROPPED;
        if (slot == lastSlot || late) {
            dropped += late ? 1 : 0;
            return Verdict.DROP;
        }
        dropped = 0;
        lastSlot = slot;
        return Verdict.SHOW;
    }
}
