package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.delivery.FakeTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LateTickTest {

    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private final FakeTicker ticker = new FakeTicker();
    private final LateTick tick = new LateTick(ticker);

    @Test
    void tickOfABusyMachineIsNotLate() {
        ticker.advance(Duration.ofSeconds(3));

        assertThat(tick.isLate()).isFalse();
        assertThat(tick.wasAway(TEN_SECONDS)).isFalse();
    }

    @Test
    void fourSecondsAreNotLateAndAMomentMoreIs() {
        ticker.advance(Duration.ofSeconds(4));
        assertThat(tick.wasAway(TEN_SECONDS)).isFalse();
        assertThat(tick.isLate()).isFalse();

        ticker.advance(Duration.ofSeconds(4).plusNanos(1));
        assertThat(tick.wasAway(TEN_SECONDS)).isTrue();
        assertThat(tick.isLate()).isTrue();
        for (int i = 0; i < 3; i++) {
            ticker.advance(Duration.ofSeconds(3));
            tick.isLate();
        }
        assertThat(tick.wasAway(Duration.ofSeconds(9))).as("9 s ago").isFalse();
        assertThat(tick.wasAway(Duration.ofSeconds(9).plusNanos(1))).isTrue();
    }

    @Test
    void tickIsLateOnceWhenTheProcessWasAway() {
        ticker.advance(Duration.ofMinutes(1));

        assertThat(tick.isLate()).isTrue();
        assertThat(tick.isLate()).isFalse();
    }

    @Test
    void processWasAwayAlsoBeforeTheTickThatFindsIt() {
        ticker.advance(Duration.ofMinutes(1));

        assertThat(tick.wasAway(TEN_SECONDS)).isTrue();
    }

    @Test
    void processWasAwayForSoLongAfterIt() {
        ticker.advance(Duration.ofMinutes(1));
        tick.isLate();

        ticker.advance(Duration.ofSeconds(3));
        tick.isLate();
        assertThat(tick.wasAway(TEN_SECONDS)).isTrue();
        for (int i = 0; i < 3; i++) {
            ticker.advance(Duration.ofSeconds(3));
            tick.isLate();
        }
        assertThat(tick.wasAway(TEN_SECONDS)).isFalse();
    }

    @Test
    void timeInWhichNobodyTickedIsNotLate() {
        ticker.advance(Duration.ofMinutes(1));
        tick.resume();

        assertThat(tick.isLate()).isFalse();
    }

    @Test
    void aTimeAwayThatEndedExactlySoLongAgoIsOver() {
        ticker.advance(Duration.ofMinutes(1));
        tick.isLate();

        ticker.advance(Duration.ofSeconds(2).minusNanos(1));
        assertThat(tick.wasAway(Duration.ofSeconds(2))).isTrue();
        ticker.advance(Duration.ofNanos(1));
        assertThat(tick.wasAway(Duration.ofSeconds(2))).isFalse();
        assertThat(tick.wasAway(Duration.ofSeconds(2).plusNanos(1))).isTrue();
    }

    @Test
    void aProcessThatHasJustBegunWasNotAway() {
        assertThat(tick.isLate()).isFalse();
        assertThat(tick.wasAway(Duration.ofHours(1))).isFalse();
    }

    @Test
    void whoBeginsToTickAgainWasNotAwayMeanwhile() {
        ticker.advance(Duration.ofMinutes(1));
        tick.resume();

        assertThat(tick.wasAway(TEN_SECONDS)).isFalse();
        ticker.advance(Duration.ofSeconds(5));
        assertThat(tick.isLate()).isTrue();
    }
}
