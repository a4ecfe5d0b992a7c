package dev.flipbook.origin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.FeedOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PulseTest {

    private static final FeedOptions OPTIONS = new FeedOptions(
            Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(5), 1 << 20);

    /** Times go through zero, as those of System.nanoTime() may. */
    private final long start = seconds(-2);

    private final Pulse pulse = new Pulse(() -> OPTIONS, start);

    @Test
    void sourceThatGivesNoFrameIsSilentAfterTheStartTimeout() {
        assertThat(pulse.silence(start + seconds(30))).isNull();
        assertThat(pulse.silence(start + seconds(30) + 1)).isEqualTo("no picture within 30 s of the start");
    }

    @Test
    void oneFrameTellsNothingOfTheRate() {
        pulse.beat(start + seconds(1));

        assertThat(pulse.silence(start + seconds(31))).isNull();
        assertThat(pulse.silence(start + seconds(31) + 1)).isEqualTo("no picture for 30 s");
    }

    @Test
    void quickSourceIsSilentAfterTheStallTimeout() {
        long last = beatsEvery(Duration.ofMillis(33), 100);

        assertThat(pulse.silence(last + seconds(5))).isNull();
        assertThat(pulse.silence(last + seconds(5) + 1)).isEqualTo("no picture for 5 s");
    }

    @Test
    void slowSourceMayBeSilentForTenOfItsIntervals() {
        long last = beatsEvery(Duration.ofSeconds(2), 5);

        assertThat(pulse.silence(last + seconds(20))).isNull();
        assertThat(pulse.silence(last + seconds(20) + 1)).isEqualTo("no picture for 20 s");
    }

    @Test
    void onePauseCountsForAWhileAndIsForgotten() {
        long last = beatsEvery(Duration.ofMillis(100), 3) + seconds(3);
        pulse.beat(last);
        assertThat(pulse.silence(last + seconds(29))).isNull();

        for (int i = 0; i < 100; i++) {
            last += seconds(1) / 10;
            pulse.beat(last);
        }

        assertThat(pulse.silence(last + seconds(6))).isEqualTo("no picture for 6 s");
    }

    @Test
    void silenceEndsWithTheNextFrame() {
        long last = beatsEvery(Duration.ofMillis(100), 3) + seconds(6);
        assertThat(pulse.silence(last)).isNotNull();

        pulse.beat(last);

        assertThat(pulse.silence(last)).isNull();
    }

    /** When the last of them was. */
    private long beatsEvery(Duration interval, int times) {
        long now = start;
        for (int i = 0; i < times; i++) {
            now += interval.toNanos();
            pulse.beat(now);
        }
        return now;
    }

    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
