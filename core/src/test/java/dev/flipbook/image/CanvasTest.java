package dev.flipbook.image;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flipbook.jpeg.Jpeg;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CanvasTest {

    private static final int RED = 0xFF0000;
    private static final int BLUE = 0x0000FF;

    @Test
    void isBornInOneColour() {
        Canvas canvas = new Canvas(3, 2, 0x123456);

        assertThat(canvas.width()).isEqualTo(3);
        assertThat(canvas.height()).isEqualTo(2);
        assertThat(canvas.colour(0, 0)).isEqualTo(0x123456);
        assertThat(canvas.colour(2, 1)).isEqualTo(0x123456);
    }

    @Test
    void sizesOutsideOfTheLimitsAreRefused() {
        assertThatThrownBy(() -> new Canvas(0, 5, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the picture's size is 0x5; each side goes from 1 to 8192 pixels");
        assertThatThrownBy(() -> new Canvas(8193, 1, 0)).hasMessageContaining("8193x1");
        assertThatThrownBy(() -> new Canvas(1, 70_000, 0)).hasMessageContaining("1x70000");
        assertThatThrownBy(() -> Canvas.of(new BufferedImage(8193, 1, BufferedImage.TYPE_INT_RGB)))
                .hasMessageContaining("8193x1");
    }

    @Test
    void rectanglesAreCutOffAtTheEdges() {
        Canvas canvas = new Canvas(4, 3, 0);
        canvas.fill(-2, -1, 4, 2, RED);
        canvas.fill(3, 2, Integer.MAX_VALUE, Integer.MAX_VALUE, BLUE);

        assertThat(rows(canvas)).isEqualTo("RR..|....|...B");
    }

    @Test
    void rectanglesThatAreEmptyOrOutsideLeaveNothing() {
        Canvas canvas = new Canvas(4, 3, 0);
        canvas.fill(1, 1, 0, 5, RED);
        canvas.fill(1, 1, -3, -3, RED);
        canvas.fill(4, 0, 5, 5, RED);
        canvas.fill(0, 3, 5, 5, RED);
        canvas.fill(-9, -9, 5, 5, RED);
        canvas.fill(Integer.MIN_VALUE, Integer.MIN_VALUE, 9, 9, RED);

        assertThat(rows(canvas)).isEqualTo("....|....|....");
    }

    @Test
    void textIsDrawnDotByDot() {
        Canvas canvas = new Canvas(12, 8, 0);
        canvas.text(1, 1, 1, RED, "T!");

        assertThat(rows(canvas))
                .isEqualTo("............|.RRRRR...R..|...R.....R..|...R.....R..|...R.....R..|...R.....R..|...R........"
                        + "|...R.....R..");
    }

    @Test
    void textGrowsWithItsScaleAndIsCutOffAtTheEdges() {
        Canvas canvas = new Canvas(6, 5, 0);
        canvas.text(-4, -2, 2, RED, "T");

        assertThat(rows(canvas)).isEqualTo("RR....|RR....|RR....|RR....|RR....");
        canvas.text(10_000, -10_000, 900, BLUE, "far away");
        assertThat(rows(canvas)).doesNotContain("B");
    }

    @Test
    void widthOfATextIsThatOfItsInk() {
        assertThat(Canvas.textWidth("", 3)).isZero();
        assertThat(Canvas.textWidth("H", 3)).isEqualTo(15);
        assertThat(Canvas.textWidth("HH", 3)).isEqualTo(33);
        assertThat(Canvas.textWidth("…", 1)).isEqualTo(Canvas.textWidth("...", 1));
    }

    @Test
    void copyIsIndependent() {
        Canvas canvas = new Canvas(2, 1, RED);
        Canvas copy = canvas.copy();
        canvas.fill(0, 0, 1, 1, BLUE);

        assertThat(rows(copy)).isEqualTo("RR");
        copy.copyFrom(canvas);
        assertThat(rows(copy)).isEqualTo("BR");
        assertThatThrownBy(() -> copy.copyFrom(new Canvas(1, 2, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a canvas of 1x2 cannot be copied to one of 2x1");
    }

    @Test
    void greyKeepsHalfOfTheBrightness() {
        Canvas canvas = new Canvas(4, 1, 0xFFFFFF);
        canvas.fill(1, 0, 1, 1, 0x00FF00);
        canvas.fill(2, 0, 1, 1, BLUE);
        canvas.fill(3, 0, 1, 1, 0);
        canvas.grey();

        assertThat(canvas.colour(0, 0)).isEqualTo(0x7F7F7F);
        assertThat(canvas.colour(1, 0)).isEqualTo(0x4A4A4A);
        assertThat(canvas.colour(2, 0)).isEqualTo(0x0E0E0E);
        assertThat(canvas.colour(3, 0)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB})
    void imageWithPixelsAsOursIsNotCopied(int type) {
        BufferedImage image = image(type);
        Canvas canvas = Canvas.of(image);

        assertThat(rows(canvas)).isEqualTo("RB.|.RB");
        image.setRGB(2, 0, 0xFF000000 | RED);
        assertThat(rows(canvas)).isEqualTo("RBR|.RB");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_3BYTE_BGR,
                BufferedImage.TYPE_4BYTE_ABGR,
                BufferedImage.TYPE_INT_BGR,
                BufferedImage.TYPE_INT_ARGB_PRE,
                BufferedImage.TYPE_USHORT_565_RGB,
                BufferedImage.TYPE_BYTE_INDEXED
            })
    void imageOfAnyOtherKindIsDrawnOver(int type) {
        assertThat(rows(Canvas.of(image(type)))).isEqualTo("RB.|.RB");
    }

    @Test
    void greyImageKeepsItsValues() {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(0, 0, 0, 128);

        assertThat(Canvas.of(image).colour(0, 0)).isEqualTo(0x808080);
    }

    @ParameterizedTest
    @ValueSource(ints = {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB})
    void partOfALargerImageIsThatPartOnly(int type) {
        assertThat(rows(Canvas.of(image(type).getSubimage(1, 0, 2, 2)))).isEqualTo("B.|RB");
        assertThat(rows(Canvas.of(image(type).getSubimage(0, 1, 3, 1)))).isEqualTo(".RB");
        assertThat(rows(Canvas.of(image(type).getSubimage(0, 0, 3, 1)))).isEqualTo("RB.");
    }

    @Test
    void transparencyIsOnBlack() {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00FFFFFF);
        image.setRGB(1, 0, 0x80FFFFFF);
        Canvas canvas = Canvas.of(image);

        assertThat(canvas.colour(0, 0)).isZero();
        assertThat(canvas.colour(1, 0) & 0xFF).isCloseTo(0x80, within(1));
    }

    @Test
    void picturesSurviveEncodingAndDecoding() {
        Canvas canvas = new Canvas(64, 48, RED);
        canvas.fill(32, 0, 32, 48, BLUE);
        Jpeg frame = canvas.encode(new ImageIoEncoder(), 90);

        assertThat(frame.width()).isEqualTo(64);
        assertThat(frame.height()).isEqualTo(48);
        Canvas back = Canvas.decode(frame.bytes()).orElseThrow();
        assertThat(back.width()).isEqualTo(64);
        assertThat(back.colour(8, 8) >> 16).isCloseTo(0xFF, within(4));
        assertThat(back.colour(56, 40) & 0xFF).isCloseTo(0xFF, within(4));
    }

    @Test
    void greyJpegIsDecoded() throws IOException {
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
        int[] samples = new int[16 * 16];
        Arrays.fill(samples, 100);
        image.getRaster().setSamples(0, 0, 16, 16, 0, samples);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", bytes);

        assertThat(Canvas.decode(bytes.toByteArray()).orElseThrow().colour(8, 8) & 0xFF)
                .isCloseTo(100, within(2));
    }

    @Test
    void whatCannotBeDecodedIsEmpty() {
        byte[] cut = Arrays.copyOf(
                new Canvas(64, 48, RED).encode(new ImageIoEncoder(), 90).bytes(), 200);

        assertThat(Canvas.decode(cut)).isEmpty();
        assertThat(Canvas.decode(new byte[0])).isEmpty();
        assertThat(Canvas.decode("no picture".getBytes(US_ASCII))).isEmpty();
    }

    private static BufferedImage image(int type) {
        BufferedImage image = new BufferedImage(3, 2, type);
        int[] colours = {RED, BLUE, 0, 0, RED, BLUE};
        for (int i = 0; i < colours.length; i++) {
            image.setRGB(i % 3, i / 3, 0xFF000000 | colours[i]);
        }
        return image;
    }

    /** R for red, B for blue, a dot for black. */
    private static String rows(Canvas canvas) {
        StringBuilder rows = new StringBuilder();
        for (int y = 0; y < canvas.height(); y++) {
            rows.append(y == 0 ? "" : "|");
            for (int x = 0; x < canvas.width(); x++) {
                int colour = canvas.colour(x, y);
                rows.append(colour == RED ? 'R' : colour == BLUE ? 'B' : colour == 0 ? '.' : '?');
            }
        }
        return rows.toString();
    }
}
