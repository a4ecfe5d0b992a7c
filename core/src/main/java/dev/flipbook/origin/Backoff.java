package dev.flipbook.origin;

import dev.flipbook.Ticker;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The time at which a failed source is tried again: after 0.5, 1, 2, 4, 8, then 15 s, each up to a fifth more or less.
 *
 * <p>A user sees a camera again within a second or two of its return, and a dead camera is asked four times a minute.
 * The random part keeps cameras that failed together from being asked together. One frame resets the wait to 0.5 s: a
 * source that fails after each frame is opened no more than twice a second, which is as often as cameras are polled
 * anyway. A viewer that comes may bring the next try forward, once a second.
 *
 * <p>There is one back-off for each feed. Times are those of a {@link Ticker}, in nanoseconds. Not thread-safe.
 */
public final class Backoff {

    /**
     * Number of failures in a row that count as an outage. A busy camera refuses one request, sometimes two. By the
     * third try, 1.5 s after the first failure, a camera that will answer again has done so.
     */
    static final int OUTAGE = 3;

    /** The waits after the first, second and further failures in milliseconds; the last one stays. */
    private static final long[] STEPS_MS = {500, 1000, 2000, 4000, 8000, 15_000};

    /**
     * Minimum time between two tries that viewers bring forward, so that a page that is reloaded again and again does
     * not wear out a camera.
     */
    private static final long HURRIED = Duration.ofSeconds(1).toNanos();

    private final RandomGenerator random;
    private int failures;
    private long next;
    private boolean hurried;
    private long lastHurried;

    public Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** Notes a failed try and returns the time until the next one. */
    Duration failed(long now) {
        long step = STEPS_MS[Math.min(failures, STEPS_MS.length - 1)];
        Duration wait = Duration.ofMillis(Math.round(step * (0.8 + 0.4 * random.nextDouble())));
        failures++;
        next = now + wait.toNanos();
        return wait;
    }

    /**
     * Brings the next try forward: to now, or to one second after the last try that was brought forward. Never puts it
     * off.
     */
    void hurry(long now) {
        long earliest = hurried ? Math.max(now, lastHurried + HURRIED) : now;
        if (earliest - next < 0) {
            next = earliest;
            lastHurried = earliest;
            hurried = true;
        }
    }

    /** Whether the wait after the last failure is over, or there was no failure. */
    boolean isDue(long now) {
        return failures == 0 || now - next >= 0;
    }

    /** Due time of the next try; meaningless before the first failure. */
    long next() {
        return next;
    }

    /** Number of tries in a row that have failed. */
    int failures() {
        return failures;
    }

    /** Forgets all failures, because the source has given a frame. */
    void forget() {
        failures = 0;
    }
}
