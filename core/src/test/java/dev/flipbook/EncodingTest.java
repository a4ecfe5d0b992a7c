package dev.flipbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.FeedStatus.Encoding;
import org.junit.jupiter.api.Test;

class EncodingTest {

    @Test
    void timeOfTheFirstFramesIsTheirMean() {
        Encoding encoding = Encoding.NONE.by("TurboJPEG").plus(1000).plus(3000).plus(8000);

        assertThat(encoding).isEqualTo(new Encoding("TurboJPEG", 3, 4000));
    }

    @Test
    void timeFollowsTheLatestFrames() {
        Encoding encoding = Encoding.NONE;
        for (int i = 0; i < 10_000; i++) {
            encoding = encoding.plus(1_000_000);
        }
        for (int i = 0; i < 16; i++) {
            encoding = encoding.plus(9_000_000);
        }

        assertThat(encoding.nanos()).isBetween(5_000_000L, 9_000_000L);
        assertThat(encoding.frames()).isEqualTo(10_016);
    }

    @Test
    void figuresOfAnotherEncoderFollowIfItHasMadeAFrame() {
        Encoding before = new Encoding("ImageIO", 7, 9000);

        assertThat(before.then(new Encoding("TurboJPEG", 3, 500))).isEqualTo(new Encoding("TurboJPEG", 10, 500));
        assertThat(before.then(Encoding.NONE.by("TurboJPEG"))).isEqualTo(before);
    }

    @Test
    void anotherEncoderCountsOn() {
        assertThat(Encoding.NONE.plus(500).by("ImageIO")).isEqualTo(new Encoding("ImageIO", 1, 500));
    }
}
