package dev.flipbook;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When a source that failed is tried again: after 0.5, 1, 2, 4, 8, then 15 s, each up to a fifth more or less. A user who
 * watches gets a camera back within a second or two, and a dead camera is asked four times a minute; the jitter keeps cameras
 * that failed together from being asked together. One frame is enough for the next wait to be 0.5 s again: a source that
 * gives a frame each time is asked no more than twice a second, which is as often as cameras are polled. A viewer who comes
 * may bring one try a second forward.
 *
 * <p>One for each feed. Times are those of a {@link Ticker}, in nanoseconds. One thread at a time.
 */
final class Backoff {

    /**
     * So many failures in a row make an outage of it. A busy camera refuses one question, sometimes two; by the third try,
     * 1.5 s after the first failure, a camera that will answer again has done so.
     */
    static final int OUTAGE = 3;

    private static final long[] STEPS_MS = {500, 1000, 2000, 4000, 8000, 15_000};

    /** From one try that was brought forward to the next: pages that are loaded again and again are not to wear a camera out. */
    private static final long HURRIED = Duration.ofSeconds(1).toNanos();

    private final RandomGenerator random;
    private int failures;
    private long next;
    private boolean hurried;
    private long lastHurried;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** A try has failed; how long until the next one. */
    Duration failed(long now) {
        long step = STEPS_MS[Math.min(failures, STEPS_MS.length - 1)];
        Duration wait = Duration.ofMillis(Math.round(step * (0.8 + 0.4 * random.nextDouble())));
        failures++;
        next = now + wait.toNanos();
        return wait;
    }

    /** The next try is due now, or a second after the last one that was brought forward; never later than it was. */
    void hurry(long now) {
        long earliest = hurried ? Math.max(now, lastHurried + HURRIED) : now;
        if (earliest - next < 0) {
            next = earliest;
            lastHurried = earliest;
            hurried = true;
        }
    }

    /** Whether the wait after the last failure is over. */
    boolean isDue(long now) {
        return failures == 0 || now - next >= 0;
    }

    /** When the next try is due; of no meaning before the first failure. */
    long next() {
        return next;
    }

    /** How many tries have failed in a row. */
    int failures() {
        return failures;
    }

    /** The source has given a frame: the next failure is the first again. */
    void forget() {
        failures = 0;
    }
}
