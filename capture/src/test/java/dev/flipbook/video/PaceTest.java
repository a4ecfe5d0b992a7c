package dev.flipbook.video;

import static dev.flipbook.ffmpeg.MediaInput.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.video.Pace.Verdict;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long MS = 1_000_000;
    private final long now = 5_000 * MS;

    @Test
    void firstPictureIsDueAtOnceWithAnyTimestamp() {
        Pace pace = new Pace(0, 0, 0);
        pace.place(777_000 * MS, 40 * MS, now);
        assertThat(pace.due()).isEqualTo(now);
    }

    @Test
    void loopBeginsAfterTheLastPicturesDuration() {
        Pace pace = new Pace(0, 0, 0);
        pace.place(100 * MS, 80 * MS, now);
        pace.place(180 * MS, 80 * MS, now);
        pace.loop();
        pace.place(100 * MS, 80 * MS, now);
        assertThat(pace.due()).isEqualTo(now + 160 * MS);
        pace.place(180 * MS, 80 * MS, now);
        assertThat(pace.due()).isEqualTo(now + 240 * MS);
    }

    @Test
    void defaultRateIsUsedWithoutTimestamps() {
        Pace pace = new Pace(0, 100 * MS, 0);
        pace.place(UNKNOWN, 0, now);
        pace.place(UNKNOWN, 0, now);
        pace.place(UNKNOWN, 0, now);
        assertThat(pace.due()).isEqualTo(now + 200 * MS);
    }

    @Test
    void backwardOrJumpingTimestampsFollowWithoutAGap() {
        Pace pace = new Pace(0, 0, 0);
        pace.place(1000 * MS, 40 * MS, now);
        pace.place(200 * MS, 40 * MS, now);
        assertThat(pace.due()).isEqualTo(now + 40 * MS);
        pace.place(240 * MS, 40 * MS, now);
        assertThat(pace.due()).isEqualTo(now + 80 * MS);
        pace.place(999_000_000 * MS, 40 * MS, now);
        assertThat(pace.due()).isEqualTo(now + 120 * MS);
    }

    @Test
    void longGapIsKeptIfTheFileIsAsLong() {
        Pace pace = new Pace(0, 0, 900_000 * MS);
        pace.place(0, 0, now);
        pace.place(300_000 * MS, 0, now);
        assertThat(pace.due()).isEqualTo(now + 300_000 * MS);
        pace.place(1_000_000_000_000L * MS, 0, now);
        assertThat(pace.due()).as("after a leap beyond its end").isEqualTo(now + 600_000 * MS);
    }

    @Test
    void longGapIsKeptIfThePictureIsAsLong() {
        Pace pace = new Pace(0, 0, 0);
        pace.place(0, 300_000 * MS, now);
        pace.place(300_000 * MS, 300_000 * MS, now);
        assertThat(pace.due()).isEqualTo(now + 300_000 * MS);
        pace.loop();
        pace.place(0, 300_000 * MS, now);
        assertThat(pace.due()).as("the last one lasts its time").isEqualTo(now + 600_000 * MS);
    }

    @Test
    void gapIsTwelveHoursAtMost() {
        long leap = 47_721_000 * MS; // 2^32 ticks of 90 kHz
        Pace pace = new Pace(0, 0, 2 * leap);
        pace.place(0, 40 * MS, now);
        pace.place(leap, leap, now);
        assertThat(pace.due()).isEqualTo(now + 40 * MS);
        pace.place(2 * leap, 40 * MS, now);
        assertThat(pace.due()).isLessThan(now + 1000 * MS);
    }

    @Test
    void latePicturesAreSkippedButNotForEver() {
        Pace pace = new Pace(0, 0, 0);
        pace.place(0, 40 * MS, now);
        assertThat(pace.verdict(now)).isEqualTo(Verdict.SHOW);
        pace.place(40 * MS, 40 * MS, now);
        assertThat(pace.verdict(now + 100 * MS)).as("60 ms late").isEqualTo(Verdict.SHOW);
        for (int i = 2; i < 6; i++) {
            pace.place(i * (40 * MS), 40 * MS, now);
            assertThat(pace.verdict(now + i * (40 * MS) + 90 * MS))
                    .as("90 ms late")
                    .isEqualTo(Verdict.DROP);
        }
        pace.place(240 * MS, 40 * MS, now);
        assertThat(pace.verdict(now + 330 * MS)).as("the fifth in a row").isEqualTo(Verdict.SHOW);
    }

    @Test
    void timelineMovesAfterTheMachineWasSuspended() {
        Pace pace = new Pace(0, 0, 0);
        pace.place(0, 40 * MS, now);
        pace.verdict(now);
        pace.place(40 * MS, 40 * MS, now);
        long later = now + 3_600_000 * MS;
        assertThat(pace.verdict(later)).isEqualTo(Verdict.SHOW);
        assertThat(pace.due()).isEqualTo(later);
    }

    @Test
    void longStillDelaysTheNextPicture() {
        Pace pace = new Pace(0, 0, 0);
        pace.place(0, 40 * MS, now);
        pace.verdict(now);
        pace.place(10_000 * MS, 40 * MS, now);
        assertThat(pace.verdict(now)).isEqualTo(Verdict.HOLD);
        assertThat(pace.verdict(now + 8_500 * MS)).isEqualTo(Verdict.SHOW);
    }

    @Test
    void lowerRateSelectsPicturesEvenly() {
        assertThat(shown(10, 30)).as("every third of 30").isEqualTo("x..x..x..x..x..x..x..x..x..x..");
        assertThat(shown(15, 30)).as("every second of 30").isEqualTo("x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.");
        assertThat(shown(30, 30)).as("all of 30").doesNotContain(".");
        assertThat(shown(1000, 30)).as("more than there are").doesNotContain(".");
    }

    /** A second of pictures, whose timestamps are rounded to milliseconds as Matroska's are: x is shown, . is not. */
    private String shown(int wanted, int rate) {
        Pace pace = new Pace(wanted, 0, 0);
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < rate; i++) {
            pace.place(Math.round(1000.0 * i / rate) * MS, 0, now);
            shown.append(pace.verdict(now) == Verdict.DROP ? '.' : 'x');
        }
        return shown.toString();
    }
}
