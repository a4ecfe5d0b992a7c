package dev.flipbook;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before a failed source is tried again: 0.5, 1, 2, 4, 8, then 15 s, each up to a fifth more or less. A
 * user who watches gets a camera back within a second or two, and a dead camera is asked four times a minute; the jitter
 * keeps cameras that failed together from being asked together. Immutable.
 */
record Backoff(RandomGenerator random) {

    private static final long[] STEPS_MS = {500, 1000, 2000, 4000, 8000, 15_000};

    /** @param failures in a row, from 1 */
    Duration after(int failures) {
        long step = STEPS_MS[Math.min(failures, STEPS_MS.length) - 1];
        return Duration.ofMillis(Math.round(step * (0.8 + 0.4 * random.nextDouble())));
    }
}
