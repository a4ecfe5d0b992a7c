package dev.flipbook.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flipbook.delivery.Pictures;
import dev.flipbook.jpeg.Jpeg;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandbyPictureTest {

    private static final Duration AGE = Duration.ofSeconds(12);

    private final JpegEncoder encoder = new ImageIoEncoder();
    private final StandbyPicture placeholder = new StandbyPicture();

    @Test
    void lastPictureIsGreyBehindTheText() {
        Canvas shown = draw(Optional.of(picture(640, 360, 0xFF0000)), 1, "connection refused");

        assertThat(shown.width()).isEqualTo(640);
        assertThat(shown.height()).isEqualTo(360);
        int colour = shown.colour(20, 20);
        assertThat(colour >> 16).isCloseTo(0xFF * 77 / 512, within(3));
        assertThat(colour & 0xFF).as("no colour is left").isCloseTo(colour >> 16, within(3));
        assertThat(brightest(shown)).as("text in white").isGreaterThan(0xF0);
    }

    @Test
    void lastPictureInOtherColoursIsGreyInItsOwnBrightness() {
        byte[] rgb = Pictures.adobe(Pictures.components(640, 360, 220, 30, 30), 0);
        byte[] cmyk = Pictures.adobe(Pictures.components(640, 360, 255, 35, 35, 220), 0);
        for (byte[] jpeg : List.of(rgb, cmyk)) {
            Optional<Jpeg> last = Optional.of(Jpeg.check(ByteBuffer.wrap(jpeg)));
            Jpeg drawn = new StandbyPicture().draw(last, 1, "front-door", "refused", AGE, encoder);
            int colour = Canvas.decode(drawn.bytes()).orElseThrow().colour(20, 20);
            assertThat(colour >> 16).isCloseTo((220 * 77 + 30 * 150 + 30 * 29) / 512, within(3));
            assertThat(colour & 0xFF).as("no colour is left").isCloseTo(colour >> 16, within(3));
        }
    }

    @Test
    void withoutALastPictureThereIsADarkOneWithText() {
        Canvas shown = draw(Optional.empty(), 0, "connection refused");

        assertThat(shown.width()).isEqualTo(640);
        assertThat(shown.height()).isEqualTo(360);
        assertThat(shown.colour(20, 20) & 0xFF).isLessThan(0x40);
        assertThat(brightest(shown)).isGreaterThan(0xF0);
    }

    @Test
    void reasonAndNameAndAgeAreInThePicture() {
        Optional<Jpeg> last = Optional.of(picture(640, 360, 0xFF0000));
        byte[] one = placeholder.draw(last, 1, "door", "refused", AGE, encoder).bytes();

        assertThat(placeholder.draw(last, 1, "door", "refused", AGE, encoder).bytes())
                .as("same again")
                .isEqualTo(one);
        assertThat(placeholder.draw(last, 1, "gate", "refused", AGE, encoder).bytes())
                .isNotEqualTo(one);
        assertThat(placeholder.draw(last, 1, "door", "expired", AGE, encoder).bytes())
                .isNotEqualTo(one);
        assertThat(placeholder
                        .draw(last, 1, "door", "refused", AGE.plusSeconds(1), encoder)
                        .bytes())
                .isNotEqualTo(one);
    }

    @Test
    void nextLastPictureTakesThePlaceOfTheOneBefore() {
        draw(Optional.of(picture(320, 240, 0xFFFFFF)), 1, "refused");

        assertThat(draw(Optional.of(picture(640, 480, 0)), 2, "refused").width())
                .isEqualTo(640);
        assertThat(draw(Optional.empty(), 0, "refused").height()).isEqualTo(360);
    }

    @Test
    void lastPictureThatCannotBeDecodedLeavesADarkOneOfItsSize() {
        Optional<Jpeg> last = Optional.of(picture(400, 300, 0xFFFFFF));
        Jpeg drawn = new StandbyPicture(jpeg -> Optional.empty()).draw(last, 1, "front-door", "refused", AGE, encoder);
        Canvas shown = Canvas.decode(drawn.bytes()).orElseThrow();

        assertThat(shown.width()).isEqualTo(400);
        assertThat(shown.height()).isEqualTo(300);
        assertThat(shown.colour(5, 5) & 0xFF).isLessThan(0x40);
    }

    @Test
    void whatIsNotAPictureCannotBeDecoded() {
        assertThat(Canvas.decode(new byte[] {1, 2, 3})).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"16, 16", "160, 120", "240, 426", "4000, 16", "16, 4000", "1, 1"})
    void anySizeHoldsAPlaceholder(int width, int height) {
        Canvas shown = draw(Optional.of(picture(width, height, 0x808080)), 1, "a long reason, word by word ".repeat(9));

        assertThat(shown.width()).isEqualTo(width);
        assertThat(shown.height()).isEqualTo(height);
    }

    @Test
    void longReasonsAreBrokenAtBlanksAndCutAtTheEnd() {
        assertThat(StandbyPicture.wrap("cannot open the door", 10, 4)).containsExactly("cannot", "open the", "door");
        assertThat(StandbyPicture.wrap("cannot open the door", 10, 2)).containsExactly("cannot", "open th...");
        assertThat(StandbyPicture.wrap("0123456789abcdef", 10, 4)).containsExactly("0123456789", "abcdef");
        assertThat(StandbyPicture.wrap("exactly 10", 10, 1)).containsExactly("exactly 10");
        assertThat(StandbyPicture.wrap(" ", 10, 4)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "-5, 0 s",
        "0, 0 s",
        "59, 59 s",
        "60, 1 min 0 s",
        "3599, 59 min 59 s",
        "3600, 1 h 0 min",
        "90060, 25 h 1 min"
    })
    void agesAreAsPeopleSayThem(long seconds, String said) {
        assertThat(StandbyPicture.people(Duration.ofSeconds(seconds))).isEqualTo(said);
    }

    private Canvas draw(Optional<Jpeg> last, long number, String reason) {
        Jpeg drawn = placeholder.draw(last, number, "front-door", reason, AGE, encoder);
        return Canvas.decode(drawn.bytes()).orElseThrow();
    }

    private Jpeg picture(int width, int height, int colour) {
        return new Canvas(width, height, colour).encode(encoder, 90);
    }

    private static int brightest(Canvas canvas) {
        return IntStream.range(0, canvas.width() * canvas.height())
                .map(i -> canvas.colour(i % canvas.width(), i / canvas.width()) & 0xFF)
                .max()
                .orElseThrow();
    }
}
