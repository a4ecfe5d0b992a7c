package dev.flipbook.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.ffmpeg.MediaInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LivePaceTest {

    private static final long MS = 1_000_000;

    /** A camera's clock, which differs from the viewer's by hours. */
    private static final long CAMERA = -77_000_000 * MS;

    private long now = 5_000 * MS;

    @Test
    void picturesThatArriveEvenlyAreAllShown() {
        LivePace pace = new LivePace(0);
        for (int i = 0; i < 100; i++) {
            assertThat(pace.shows(CAMERA + i * 40L * MS, now + i * 40L * MS + i % 3 * 20L * MS))
                    .isTrue();
        }
    }

    @Test
    void tenBufferedPicturesASecondAreShownWhileCatchingUp() {
        LivePace pace = new LivePace(0);
        assertThat(pace.shows(CAMERA, now)).isTrue();
        // The network stood still for two seconds; then all comes at once, 1 ms each.
        now += 2_000 * MS;
        int shown = 0;
        for (int i = 1; i <= 50; i++) {
            shown += pace.shows(CAMERA + i * 40L * MS, now += MS) ? 1 : 0;
        }
        assertThat(shown)
                .as("the first, and the last few, which are on time again")
                .isBetween(2, 5);
        assertThat(pace.shows(CAMERA + 51 * 40L * MS, now += 40 * MS)).isTrue();
    }

    @Test
    void tenPicturesASecondAreShownIfItNeverCatchesUp() {
        LivePace pace = new LivePace(0);
        pace.shows(CAMERA, now);
        int shown = 0;
        for (int i = 1; i <= 250; i++) { // 25 a second were taken, 20 a second come
            shown += pace.shows(CAMERA + i * 40L * MS, now + i * 50L * MS) ? 1 : 0;
        }
        assertThat(shown).isBetween(120, 140);
    }

    @Test
    void clockDriftDoesNotMakeAllPicturesLate() {
        LivePace pace = new LivePace(0);
        int shown = 0;
        for (int i = 0; i < 100_000; i++) { // more than an hour, 200 parts in a million
            shown += pace.shows(CAMERA + i * 40L * MS, now + i * 40_008_000L) ? 1 : 0;
        }
        assertThat(shown).isEqualTo(100_000);
    }

    @Test
    void jumpOfTheTimestampsResetsTheDelay() {
        LivePace pace = new LivePace(10);
        assertThat(pace.shows(CAMERA, now)).isTrue();
        assertThat(pace.shows(0, now + 100 * MS)).isTrue();
        assertThat(pace.shows(CAMERA, now + 200 * MS)).isTrue();
        assertThat(pace.shows(CAMERA + 100 * MS, now + 300 * MS)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"25, 10", "30, 25", "30, 1", "25, 25", "25, 60", "15, 7"})
    void requestedRateIsKept(int camera, int wished) {
        for (boolean stamped : new boolean[] {true, false}) {
            LivePace pace = new LivePace(wished);
            int shown = 0;
            for (int i = 0; i < 20 * camera; i++) {
                long time = i * 1_000_000_000L / camera;
                shown += pace.shows(stamped ? CAMERA + time : MediaInput.UNKNOWN, now + time) ? 1 : 0;
            }
            assertThat(shown).isBetween(20 * Math.min(camera, wished) - 1, 20 * Math.min(camera, wished) + 1);
        }
    }
}
