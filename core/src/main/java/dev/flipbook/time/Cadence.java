package dev.flipbook.time;

/**
 * The times at which something is due that happens evenly, at most once in an interval. A delay of less than an
 * interval keeps the schedule; a longer one moves it, so that nothing that was missed is made up for. All times are
 * nanoseconds of one clock, whichever it is. Not thread-safe.
 */
public final class Cadence {

    private final long interval;
    private boolean begun;
    private long due; // only if begun

    /**
     * A cadence whose first time is due at once.
     *
     * @param interval between two times in nanoseconds; 0 if something is always due
     */
    public Cadence(long interval) {
        this.interval = interval;
    }

    /**
     * A cadence of pictures.
     *
     * @param fps maximum number of pictures a second; 0 for all
     */
    public static Cadence ofRate(int fps) {
        return new Cadence(fps == 0 ? 0 : 1_000_000_000L / fps);
    }

    /**
     * When the next time is due. That is now for the first time and after a long delay, and may be a little earlier
     * than now.
     */
    public long due(long now) {
        return begun && now - due < interval ? due : now;
    }

    /** Notes that it has happened at this time. The next time is an interval after the one that was due. */
    public void taken(long now) {
        due = due(now) + interval;
        begun = true;
    }

    /**
     * Whether something that comes by itself, such as a camera's picture, is wanted now. If so, it is noted as
     * {@link #taken}. A quarter of an interval early is near enough, because cameras are not punctual.
     */
    public boolean take(long now) {
        if (interval > 0 && now - due(now) < -interval / 4) {
            return false;
        }
        taken(now);
        return true;
    }

    /** Begins again: the next time is due at once. */
    public void restart() {
        begun = false;
    }
}
