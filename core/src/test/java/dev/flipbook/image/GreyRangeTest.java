package dev.flipbook.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GreyRangeTest {

    private static final Optional<GreyRange> FOUND = Optional.empty();

    @Test
    void whatIsInAPictureIsShownFromBlackToWhite() {
        byte[] shown = Grey16.shown(ramp(500, 4500), FOUND);

        assertThat(shown[0] & 0xFF).isLessThan(3);
        assertThat(shown[2000] & 0xFF).isCloseTo(128, within(2));
        assertThat(shown[4000] & 0xFF).isGreaterThan(252);
    }

    @Test
    void aPictureThatUsesHalfOfAllValuesIsShownAsItIs() {
        byte[] shown = Grey16.shown(ramp(10_000, 43_000), FOUND);

        assertThat(shown[0] & 0xFF).isEqualTo(39);
        assertThat(shown[33_000] & 0xFF).isEqualTo(167);
    }

    @Test
    void aPictureOfOneValueIsShownAsItIs() {
        char[] samples = new char[100];
        for (char value : new char[] {0, 1000, 0x8080, 0xFFFF}) {
            Arrays.fill(samples, value);
            assertThat(Grey16.shown(samples, FOUND)).containsOnly((byte) Math.round(value / 257f));
        }
    }

    @Test
    void aFewDeadPixelsDoNotSayWhatIsBlackAndWhite() {
        char[] samples = ramp(3000, 8000);
        samples[100] = 0;
        samples[200] = 0xFFFF;
        byte[] shown = Grey16.shown(samples, FOUND);

        assertThat(shown[2500] & 0xFF).isCloseTo(128, within(2));
        assertThat(shown[100] & 0xFF).isZero();
        assertThat(shown[200] & 0xFF).isEqualTo(255);
    }

    @Test
    void aRangeThatIsGivenIsShownWhateverIsThere() {
        byte[] shown = Grey16.shown(new char[] {0, 500, 2500, 4500, 9000}, Optional.of(GreyRange.parse("500-4500")));
        byte[] turned = Grey16.shown(new char[] {0, 500, 2500, 4500, 9000}, Optional.of(GreyRange.parse("4500-500")));

        assertThat(shown).containsExactly(0, 0, (byte) 128, (byte) 255, (byte) 255);
        assertThat(turned).containsExactly((byte) 255, (byte) 255, (byte) 128, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "500", "500-", "-1-5", "7-7", "0-65536", "0-99999", "a-b", "1-2-3"})
    void whatIsNotARangeIsAnsweredWithWhatWouldBeRight(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GreyRange.parse(text))
                .withMessageContaining("LOW-HIGH")
                .withMessageContaining("500-4500");
    }

    private static char[] ramp(int from, int to) {
        char[] samples = new char[to - from + 1];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (char) (from + i);
        }
        return samples;
    }
}
