package dev.flipbook.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flipbook.SourceOptions;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.image.GreyRange;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The colours of a picture file after decoding and encoding, compared with those that Chromium shows. */
@Timeout(30)
class PictureFrameColoursTest {

    private static final SourceOptions SMALLER = new SourceOptions(0, 16, 16, 95);

    /** The colour (220, 30, 30) in the components of a JPEG. */
    private static final int[] RED_IN_YCC = {87, 96, 223};

    @Test
    void componentsOfAJpegMeanWhatItSays() throws IOException {
        byte[] rgb = Pictures.components(32, 32, 220, 30, 30);

        assertShown(Pictures.adobe(rgb, 0), SMALLER, 220, 30, 30);
        assertShown(Pictures.withIds(rgb, "RGB"), SMALLER, 220, 30, 30);
        assertShown(Pictures.components(32, 32, RED_IN_YCC), SMALLER, 220, 30, 30); // without a marker: YCC
        assertShown(Pictures.adobe(Pictures.components(32, 32, RED_IN_YCC), 1), SMALLER, 220, 30, 30);
        assertShown(Pictures.components(32, 32, 144), SMALLER, 144, 144, 144);
    }

    @Test
    void fourColoursAreShownAsBrowsersDo() throws IOException {
        byte[] cmyk = Pictures.components(32, 32, 255, 35, 35, 220);
        byte[] ycck = Pictures.components(32, 32, 154, 166, 17, 220); // of the same, the other way round

        assertShown(cmyk, SMALLER, 220, 30, 30);
        assertShown(Pictures.adobe(cmyk, 0), SMALLER, 220, 30, 30);
        assertShown(Pictures.adobe(ycck, 2), SMALLER, 220, 30, 30);
    }

    @Test
    void theProfileOfAJpegCounts() throws IOException {
        byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        byte[] grey = ICC_Profile.getInstance(ColorSpace.CS_GRAY).getData(); // linear too

        byte[] half = Pictures.adobe(Pictures.components(32, 32, 55, 55, 55), 0);
        assertShown(Pictures.withProfile(half, linear, 1), SMALLER, 128, 128, 128);
        assertShown(Pictures.withProfile(half, linear, 2), SMALLER, 128, 128, 128);
        assertShown(Pictures.withProfile(Pictures.components(32, 32, 55), grey, 1), SMALLER, 128, 128, 128);
        assertShown(Pictures.withProfile(Pictures.components(32, 32, 55), linear, 1), SMALLER, 128, 128, 128);
        assertShown(Pictures.withProfile(half, grey, 1), SMALLER, 55, 55, 55); // the profile is not for these colours
        assertShown(Pictures.withProfile(half, new byte[300], 1), SMALLER, 55, 55, 55);
    }

    @Test
    void whatAPngSaysOfItsColoursCounts() throws IOException {
        byte[] png = png(0xDC1E1E, BufferedImage.TYPE_INT_RGB);
        byte[] linear = {0, 1, (byte) 0x86, (byte) 0xA0};

        assertShown(png, SourceOptions.DEFAULT, 220, 30, 30);
        assertShown(with(png, "gAMA", linear), SourceOptions.DEFAULT, 239, 96, 96);
        assertShown(with(with(png, "gAMA", linear), "sRGB", (byte) 0), SourceOptions.DEFAULT, 220, 30, 30);
        assertShown(with(png, "cICP", (byte) 12, (byte) 13, (byte) 0, (byte) 1), SourceOptions.DEFAULT, 240, 0, 0);
        byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        assertShown(with(png, "iCCP", packed(profile)), SourceOptions.DEFAULT, 239, 96, 96);
        assertShown(with(png, "iCCP", packed(new byte[8 << 20])), SourceOptions.DEFAULT, 220, 30, 30);
        assertShown(
                with(png, "iCCP", "x\0\0nothing packed".getBytes(StandardCharsets.US_ASCII)),
                SourceOptions.DEFAULT,
                220,
                30,
                30);
    }

    @Test
    void greyKeepsItsValueWithAnOpacityToo() throws IOException {
        ColorSpace grey = ColorSpace.getInstance(ColorSpace.CS_GRAY);
        for (boolean transparent : new boolean[] {false, true}) {
            for (int type : new int[] {DataBuffer.TYPE_BYTE, DataBuffer.TYPE_USHORT}) {
                ColorModel model = new ComponentColorModel(
                        grey, transparent, false, transparent ? Transparency.TRANSLUCENT : Transparency.OPAQUE, type);
                WritableRaster raster = model.createCompatibleWritableRaster(32, 32);
                int unit = type == DataBuffer.TYPE_BYTE ? 1 : 257;
                for (int i = 0; i < 32 * 32; i++) {
                    raster.setPixel(i % 32, i / 32, new int[] {(i < 64 ? 0 : i < 128 ? 255 : 128) * unit, 255 * unit});
                }
                assertShown(file(new BufferedImage(model, raster, false, null)), SourceOptions.DEFAULT, 128, 128, 128);
            }
        }
    }

    @Test
    void deepGreyIsShownInItsRange() throws IOException {
        BufferedImage depth = new BufferedImage(40, 40, BufferedImage.TYPE_USHORT_GRAY);
        for (int i = 0; i < 1600; i++) {
            depth.getRaster().setSample(i % 40, i / 40, 0, i < 800 ? 1000 : 4000);
        }
        byte[] png = file(depth);
        SourceOptions given = SourceOptions.DEFAULT.withRange(Optional.of(new GreyRange(0, 2000)));

        BufferedImage found = shown(png, SourceOptions.DEFAULT);
        assertThat(found.getRGB(10, 5) & 0xFF).isLessThan(4);
        assertThat(found.getRGB(10, 35) & 0xFF).isGreaterThan(251);
        assertThat(shown(png, given).getRGB(10, 5) & 0xFF).isCloseTo(128, within(4));
    }

    private static void assertShown(byte[] file, SourceOptions options, int red, int green, int blue)
            throws IOException {
        BufferedImage image = shown(file, options);
        int pixel = image.getRGB(image.getWidth() / 2, image.getHeight() / 2);
        String seen = String.format("%06x", pixel & 0xFFFFFF);
        assertThat(pixel >> 16 & 0xFF).as(seen).isCloseTo(red, within(4));
        assertThat(pixel >> 8 & 0xFF).as(seen).isCloseTo(green, within(4));
        assertThat(pixel & 0xFF).as(seen).isCloseTo(blue, within(4));
    }

    private static BufferedImage shown(byte[] file, SourceOptions options) throws IOException {
        try (PictureFrames stills = new PictureFrames(options, new FakeTicker())) {
            return Pictures.decode(stills.frame(ByteBuffer.wrap(file)).bytes());
        }
    }

    private static byte[] png(int colour, int type) throws IOException {
        BufferedImage image = new BufferedImage(32, 32, type);
        for (int i = 0; i < 32 * 32; i++) {
            image.setRGB(i % 32, i / 32, colour);
        }
        return file(image);
    }

    private static byte[] file(BufferedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    /** The PNG with a chunk after its header. */
    private static byte[] with(byte[] png, String kind, byte... content) {
        ByteBuffer chunk = ByteBuffer.allocate(12 + content.length);
        chunk.putInt(content.length)
                .put(kind.getBytes(StandardCharsets.US_ASCII))
                .put(content);
        CRC32 sum = new CRC32();
        sum.update(chunk.array(), 4, 4 + content.length);
        chunk.putInt((int) sum.getValue());
        return Pictures.insert(png, 33, chunk.array());
    }

    private static byte[] packed(byte[] profile) {
        Deflater deflater = new Deflater();
        deflater.setInput(profile);
        deflater.finish();
        byte[] packed = new byte[profile.length + 1000];
        int size = deflater.deflate(packed);
        deflater.end();
        return ByteBuffer.allocate(3 + size)
                .put((byte) 'p')
                .put((byte) 0)
                .put((byte) 0)
                .put(packed, 0, size)
                .array();
    }
}
