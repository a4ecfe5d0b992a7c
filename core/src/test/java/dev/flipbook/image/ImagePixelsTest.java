package dev.flipbook.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected pixels are those of the PNG that ImageIO writes of the image. */
class ImagePixelsTest {

    private static final ColorSpace GREY = ColorSpace.getInstance(ColorSpace.CS_GRAY);
    private static final ColorSpace SRGB = ColorSpace.getInstance(ColorSpace.CS_sRGB);
    private static final ColorSpace LINEAR = ColorSpace.getInstance(ColorSpace.CS_LINEAR_RGB);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 64, 128, 200, 255})
    void greyKeepsItsValueInEveryKindOfImage(int value) {
        assertThat(shown(model(GREY, DataBuffer.TYPE_BYTE, false, false), value))
                .isEqualTo(value);
        assertThat(shown(model(GREY, DataBuffer.TYPE_BYTE, true, false), value, 255))
                .isEqualTo(value);
        assertThat(shown(model(GREY, DataBuffer.TYPE_BYTE, true, true), value, 255))
                .isEqualTo(value);
        assertThat(shown(model(GREY, DataBuffer.TYPE_USHORT, false, false), value * 257))
                .isEqualTo(value);
        assertThat(shown(model(GREY, DataBuffer.TYPE_USHORT, true, false), value * 257, 65535))
                .isEqualTo(value);
        BufferedImage usual = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        usual.getRaster().setSample(1, 0, 0, value);
        assertThat(pixels(usual)[1] & 0xFF).isEqualTo(value);
    }

    @Test
    void greyFractionsKeepTheirValue() {
        BufferedImage image = image(model(GREY, DataBuffer.TYPE_FLOAT, true, false));
        image.getRaster().setPixel(0, 0, new float[] {0.5f, 1});

        assertThat(pixels(image)[0] & 0xFF).isCloseTo(128, within(1));
    }

    @Test
    void transparentPartsAreOnBlackPremultipliedOrNot() {
        assertThat(shown(model(GREY, DataBuffer.TYPE_BYTE, true, false), 200, 128))
                .isCloseTo(100, within(1));
        assertThat(shown(model(GREY, DataBuffer.TYPE_BYTE, true, true), 100, 128))
                .isCloseTo(100, within(1));
        assertThat(shown(model(GREY, DataBuffer.TYPE_BYTE, true, true), 0, 0)).isZero();
        assertThat(shown(model(SRGB, DataBuffer.TYPE_BYTE, true, true), 100, 100, 100, 128))
                .isCloseTo(100, within(2));
        assertThat(shown(model(SRGB, DataBuffer.TYPE_USHORT, true, false), 51400, 51400, 51400, 32896))
                .isCloseTo(100, within(2));
    }

    @Test
    void deepColoursAreShownAsTheyAre() {
        assertThat(shown(model(SRGB, DataBuffer.TYPE_USHORT, false, false), 1000, 2000, 4000))
                .isCloseTo(16, within(1));
    }

    @Test
    void deepGreyIsShownInWhatIsInThePicture() {
        BufferedImage image = new BufferedImage(400, 100, BufferedImage.TYPE_USHORT_GRAY);
        for (int i = 0; i < 40_000; i++) {
            image.getRaster().setSample(i % 400, i / 400, 0, i / 10);
        }
        int[] found = ImagePixels.of(image, Optional.empty());
        int[] given = ImagePixels.of(image, Optional.of(new GreyRange(1000, 2000)));

        assertThat(found[39_990] & 0xFF).isGreaterThan(250);
        assertThat(found[20_000] & 0xFF).isCloseTo(128, within(2));
        assertThat(given[9_000] & 0xFF).isZero();
        assertThat(given[15_000] & 0xFF).isCloseTo(128, within(2));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "55, 128", "1000, 255"})
    void linearColoursBecomeThoseOfAScreen(int linear, int expected) {
        int scaled = Math.min(255, linear);
        assertThat(shown(model(LINEAR, DataBuffer.TYPE_BYTE, false, false), scaled, scaled, scaled))
                .isCloseTo(expected, within(2));
        assertThat(shown(model(LINEAR, DataBuffer.TYPE_BYTE, true, false), scaled, scaled, scaled, 128))
                .isCloseTo(expected / 2, within(2));
    }

    @Test
    void theColoursOfAProfileBecomeThoseOfAScreen() {
        ColorSpace p3 = new ICC_ColorSpace(ICC_Profile.getInstance(ColourProfileTest.displayP3()));
        int[] pixel = {220, 30, 30};
        BufferedImage image = image(model(p3, DataBuffer.TYPE_BYTE, false, false));
        image.getRaster().setPixel(0, 0, pixel);

        ColourProfileTest.assertClose(pixels(image)[0], 0xF00000); // as Chromium shows it
    }

    @Test
    void oneBitAndPalettesKeepTheirColours() {
        BufferedImage binary = new BufferedImage(9, 1, BufferedImage.TYPE_BYTE_BINARY);
        binary.setRGB(8, 0, 0xFFFFFFFF);
        byte[] colours = {10, (byte) 200};
        IndexColorModel palette = new IndexColorModel(8, 2, colours, colours, colours);
        BufferedImage indexed = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED, palette);
        indexed.getRaster().setSample(1, 0, 0, 1);

        assertThat(pixels(binary)[8]).isEqualTo(0xFFFFFF);
        assertThat(pixels(binary)[7]).isZero();
        assertThat(pixels(indexed)).containsExactly(0x0A0A0A, 0xC8C8C8);
    }

    @Test
    void aPartOfALargerImageIsShownAlone() {
        BufferedImage large = image(model(GREY, DataBuffer.TYPE_BYTE, true, false), 8, 8);
        large.getRaster().setPixel(5, 6, new int[] {77, 255});

        assertThat(pixels(large.getSubimage(5, 6, 2, 1))[0]).isEqualTo(0x4D4D4D);
    }

    private static ColorModel model(ColorSpace colours, int type, boolean alpha, boolean premultiplied) {
        return new ComponentColorModel(
                colours, alpha, premultiplied, alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE, type);
    }

    private static BufferedImage image(ColorModel model) {
        return image(model, 2, 1);
    }

    private static BufferedImage image(ColorModel model, int width, int height) {
        WritableRaster raster =
                Raster.createWritableRaster(model.createCompatibleSampleModel(width, height), new Point());
        return new BufferedImage(model, raster, model.isAlphaPremultiplied(), null);
    }

    /** The blue of a pixel with these samples. */
    private static int shown(ColorModel model, int... samples) {
        BufferedImage image = image(model);
        image.getRaster().setPixel(1, 0, samples);
        if (model.getColorSpace().equals(GREY) && model.getComponentSize(0) == 16) {
            image.getRaster().setPixel(0, 0, new int[] {samples[0] < 0x8000 ? 0xFFFF : 0, 0xFFFF
            }); // of the whole range
        }
        return pixels(image)[1] & 0xFF;
    }

    private static int[] pixels(BufferedImage image) {
        return Arrays.stream(ImagePixels.of(image, Optional.empty()))
                .map(pixel -> pixel & 0xFFFFFF)
                .toArray();
    }
}
