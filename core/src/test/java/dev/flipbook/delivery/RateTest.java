package dev.flipbook.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RateTest {

    private static final long MS = 1_000_000;
    private final Rate rate = new Rate();

    @Test
    void oneFrameHasNoRate() {
        assertThat(rate.fps(0)).isZero();
        rate.arrived(5);

        assertThat(rate.fps(10)).isZero();
    }

    @Test
    void rateIsThatOfTheLastSixteenFramesHoweverManyThereWere() {
        long now = -50 * MS;
        for (int i = 0; i < 100; i++) {
            rate.arrived(now += 500 * MS);
        }
        for (int i = 0; i < 16; i++) {
            rate.arrived(now += 40 * MS);
        }

        assertThat(rate.fps(now)).isCloseTo(25, within(0.001));
    }

    @Test
    void rateSinksWhenTheNextFrameIsOverdue() {
        for (int i = 0; i < 10; i++) {
            rate.arrived(i * (100 * MS));
        }

        assertThat(rate.fps(1000 * MS)).isCloseTo(10, within(0.001));
        assertThat(rate.fps(10_900 * MS)).isCloseTo(0.2, within(0.001));
    }

    @Test
    void framesOfTheSameMomentHaveNoRate() {
        rate.arrived(7);
        rate.arrived(7);

        assertThat(rate.fps(7)).isZero();
    }

    @Test
    void rateIsMeasuredAnewAfterARestart() {
        rate.arrived(0);
        rate.arrived(100 * MS);
        rate.restart();
        rate.arrived(1_000_000 * MS);

        assertThat(rate.fps(1_000_000 * MS)).isZero();
    }
}
