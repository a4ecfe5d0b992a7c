package dev.flipbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final Backoff backoff = new Backoff(new Random(1));

    @Test
    void waitsGrowToFifteenSecondsEachWithinAFifth() {
        long[] steps = {500, 1000, 2000, 4000, 8000, 15_000, 15_000};
        for (int failures = 1; failures <= steps.length; failures++) {
            long step = steps[failures - 1];
            for (int i = 0; i < 1000; i++) {
                assertThat(backoff.after(failures))
                        .isBetween(Duration.ofMillis(step * 4 / 5), Duration.ofMillis(step * 6 / 5));
            }
        }
        assertThat(backoff.after(Integer.MAX_VALUE)).isGreaterThan(Duration.ofSeconds(11));
    }

    @Test
    void waitsDifferSoThatCamerasAreNotAskedTogether() {
        Set<Duration> waits = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            waits.add(backoff.after(6));
        }

        assertThat(waits).hasSizeGreaterThan(50);
    }
}
