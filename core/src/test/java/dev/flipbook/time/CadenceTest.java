package dev.flipbook.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CadenceTest {

    /** Nanoseconds may be negative, and overflow. */
    private static final long START = Math.subtractExact(Long.MAX_VALUE, 150);

    private final Cadence cadence = new Cadence(100);

    @Test
    void theFirstTimeIsDueAtOnceAndTheNextOnesEvenly() {
        assertThat(cadence.due(START)).isEqualTo(START);
        cadence.taken(START);
        assertThat(cadence.due(START + 1)).isEqualTo(START + 100);
        cadence.taken(START + 100);
        assertThat(cadence.due(START + 101)).isEqualTo(START + 200);
    }

    @Test
    void aSmallDelayKeepsTheScheduleAndALongOneMovesIt() {
        cadence.taken(START);
        cadence.taken(START + 199);
        assertThat(cadence.due(START + 199)).isEqualTo(START + 200);

        assertThat(cadence.due(START + 300)).isEqualTo(START + 300);
        cadence.taken(START + 350);
        assertThat(cadence.due(START + 350)).as("nothing is made up for").isEqualTo(START + 450);
    }

    @Test
    void whatComesByItselfIsTakenAtTheRateAndALittleEarlyToo() {
        assertThat(cadence.take(START)).isTrue();
        assertThat(cadence.take(START + 74)).isFalse();
        assertThat(cadence.take(START + 75)).isTrue();
        assertThat(cadence.take(START + 174)).as("the schedule did not move").isFalse();
        assertThat(cadence.take(START + 175)).isTrue();
    }

    @Test
    void aRateIsKeptOnAverageWhateverComes() {
        for (int camera : new int[] {15, 25, 30, 60}) {
            for (int wished : new int[] {1, 7, 10, 25, 30, 100}) {
                Cadence rate = Cadence.ofRate(wished);
                long shown = LongStream.range(0, 20L * camera)
                        .filter(i -> rate.take(i * 1_000_000_000 / camera))
                        .count();
                int expected = 20 * Math.min(camera, wished);
                assertThat(shown).as(wished + " of " + camera).isBetween(expected - 1L, expected + 1L);
            }
        }
    }

    @Test
    void withoutAnIntervalEverythingIsTakenEvenIfTheTimeGoesBack() {
        Cadence all = Cadence.ofRate(0);

        assertThat(all.take(START)).isTrue();
        assertThat(all.take(START)).isTrue();
        assertThat(all.take(START - 1000)).isTrue();
    }

    @Test
    void afterARestartTheNextTimeIsDueAtOnce() {
        cadence.taken(START);
        cadence.restart();

        assertThat(cadence.take(START + 1)).isTrue();
        assertThat(cadence.due(START + 1)).isEqualTo(START + 101);
    }
}
