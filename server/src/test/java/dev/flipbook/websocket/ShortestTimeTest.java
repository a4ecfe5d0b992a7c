package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShortestTimeTest {

    private static final long MEMORY = 1000;

    private final ShortestTime shortest = new ShortestTime(MEMORY);

    @Test
    void nothingIsKnownBeforeTheFirst() {
        assertThat(shortest.get()).isZero();
    }

    @Test
    void theLeastOfThemAllIsIt() {
        shortest.add(70, 1);
        assertThat(shortest.get()).isEqualTo(70);
        shortest.add(50, 2);
        shortest.add(60, 3);

        assertThat(shortest.get()).isEqualTo(50);
    }

    @Test
    void timeOfNothingCountsAsTheLeastThereIs() {
        shortest.add(0, 1);

        assertThat(shortest.get()).isEqualTo(1);
    }

    /** The ticker may have any value when the first duration is added. */
    @ParameterizedTest
    @ValueSource(longs = {-1_000_000, -500, 0, 5_000_000})
    void aLongerWayIsNoticedAfterTwoMemoriesAtTheLatest(long begin) {
        shortest.add(10, begin);
        shortest.add(40, begin + MEMORY);
        assertThat(shortest.get()).as("within its memory").isEqualTo(10);
        shortest.add(50, begin + MEMORY + 1);
        shortest.add(60, begin + 2 * MEMORY + 1);
        assertThat(shortest.get()).as("of the memory before").isEqualTo(10);

        shortest.add(70, begin + 2 * MEMORY + 2);

        assertThat(shortest.get()).as("the least of the last two").isEqualTo(50);
        shortest.add(80, begin + 3 * MEMORY + 3);
        assertThat(shortest.get()).isEqualTo(70);
    }
}
