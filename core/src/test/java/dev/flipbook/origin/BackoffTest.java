package dev.flipbook.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1000 * MILLI;

    /** Times go through zero, as those of System.nanoTime() may. */
    private final long start = -SECOND / 4;

    private final Backoff backoff = new Backoff(new Random(1));

    @Test
    void waitsGrowToFifteenSecondsEachWithinAFifth() {
        long[] steps = {500, 1000, 2000, 4000, 8000, 15_000, 15_000};
        for (int round = 0; round < 1000; round++) {
            for (long step : steps) {
                assertThat(backoff.failed(start))
                        .isBetween(Duration.ofMillis(step * 4 / 5), Duration.ofMillis(step * 6 / 5));
            }
            backoff.forget();
        }
    }

    @Test
    void waitsDifferSoThatCamerasAreNotAskedTogether() {
        Set<Duration> waits = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            waits.add(backoff.failed(start));
        }

        assertThat(waits).hasSizeGreaterThan(50);
        assertThat(backoff.failures()).isEqualTo(100);
    }

    @Test
    void nextTryIsDueWhenTheWaitIsOver() {
        assertThat(backoff.isDue(start)).as("before anything failed").isTrue();

        long wait = backoff.failed(start).toNanos();

        assertThat(backoff.next()).isEqualTo(start + wait);
        assertThat(backoff.isDue(start + wait - 1)).isFalse();
        assertThat(backoff.isDue(start + wait)).isTrue();
    }

    @Test
    void failureAfterAGoodTimeIsTheFirstAgain() {
        for (int i = 0; i < 6; i++) {
            backoff.failed(start);
        }

        backoff.forget();

        assertThat(backoff.failures()).isZero();
        assertThat(backoff.failed(start)).isLessThanOrEqualTo(Duration.ofMillis(600));
        assertThat(backoff.failures()).isEqualTo(1);
    }

    @Test
    void oneTryASecondMayBeBroughtForward() {
        failTimes(5);
        backoff.hurry(start);
        assertThat(backoff.isDue(start)).as("the first at once").isTrue();

        backoff.failed(start);
        backoff.hurry(start + 1);
        assertThat(backoff.next()).as("the second after a second").isEqualTo(start + SECOND);
        backoff.hurry(start + 2);
        assertThat(backoff.next()).as("that one again").isEqualTo(start + SECOND);

        backoff.failed(start + SECOND);
        backoff.hurry(start + 5 * SECOND);
        assertThat(backoff.isDue(start + 5 * SECOND)).as("a later one at once").isTrue();
    }

    @Test
    void hurryNeverPutsATryOff() {
        failTimes(5);
        backoff.hurry(start);
        backoff.forget();
        long wait = backoff.failed(start).toNanos();

        backoff.hurry(start);

        assertThat(backoff.next()).isEqualTo(start + wait).isLessThan(start + SECOND);
    }

    private void failTimes(int times) {
        for (int i = 0; i < times; i++) {
            backoff.failed(start);
        }
    }
}
