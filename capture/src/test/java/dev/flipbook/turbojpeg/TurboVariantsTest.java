package dev.flipbook.turbojpeg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.Frame;
import dev.flipbook.ffmpeg.Clips;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.image.VariantMaker.Change;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.jpeg.Orientation;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.function.IntBinaryOperator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Variants by the real library, compared with the same changes of decoded pixels. */
class TurboVariantsTest {

    private VariantMaker maker;

    @BeforeEach
    void needsTheLibrary() {
        if (TurboJpegLibrary.find().isEmpty()) {
            Clips.skip("libturbojpeg is not installed");
        }
        maker = VariantMaker.best();
    }

    @AfterEach
    void close() {
        maker.close();
    }

    @Test
    void itIsChosenAsTheBestMaker() {
        assertThat(maker.name()).isEqualTo("TurboJPEG");
        assertThat(maker).isInstanceOf(TurboVariants.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyEighthLooksLikeTheScaledPicture(int eighths) throws IOException {
        for (int height : new int[] {360, 357}) { // with even sides, and with incomplete blocks
            for (BufferedImage image : new BufferedImage[] {scene(640, height), grey(641, height)}) {
                Jpeg picture = encoded(image, false);
                Jpeg made = maker.make(picture, new Change(eighths, 90, 0));
                int width = (image.getWidth() * eighths + 7) / 8;
                assertThat(made.width()).isEqualTo(width);
                assertThat(made.height()).isEqualTo((height * eighths + 7) / 8);
                assertThat(likeness(pixels(made), pixels(picture).scaled(made.width(), made.height())))
                        .isGreaterThan(32);
            }
        }
    }

    @Test
    void lowerQualityMeansFewerBytesOfTheSamePicture() throws IOException {
        Jpeg picture = encoded(scene(640, 360), false);
        int large = maker.make(picture, new Change(8, 90, 0)).size();
        Jpeg light = maker.make(picture, new Change(8, 30, 0));
        assertThat(light.size()).isLessThan(large / 2);
        assertThat(likeness(pixels(light), pixels(picture))).isGreaterThan(28);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void turningAloneIsLossless(int quarters) throws IOException {
        Jpeg picture = encoded(scene(640, 352), false);
        Jpeg turned = copy(maker.make(picture, new Change(8, 0, quarters)));
        assertThat(likeness(pixels(turned), pixels(picture).turned(new Orientation(quarters, false))))
                .isGreaterThan(40);
        Jpeg back = copy(maker.make(turned, new Change(8, 0, 4 - quarters)));
        assertThat(likeness(pixels(back), pixels(picture)))
                .as("the very same pixels")
                .isInfinite();
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 0", "2, 8, 0", "3, 8, 0", "1, 4, 0", "2, 5, 60", "3, 8, 70"})
    void picturesThatCannotBeTurnedLosslesslyAreDecoded(int quarters, int eighths, int quality) throws IOException {
        Jpeg picture = encoded(scene(636, 357), false); // blocks at both edges are not whole
        Jpeg made = maker.make(picture, new Change(eighths, quality, quarters));
        Canvas smaller = pixels(picture).scaled((636 * eighths + 7) / 8, (357 * eighths + 7) / 8);
        assertThat(likeness(pixels(made), smaller.turned(new Orientation(quarters, false))))
                .isGreaterThan(29);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void exifOrientationIsKept(int exif) throws IOException {
        Jpeg picture = encoded(scene(160, 96), false).turned(Orientation.ofExif(exif));
        for (int quarters = 0; quarters < 4; quarters++) {
            for (int eighths : new int[] {4, 8}) {
                Jpeg made = maker.make(picture, new Change(eighths, quarters == 0 ? 80 : 0, quarters));
                Canvas seen = seen(picture);
                Canvas wanted = seen.scaled((seen.width() * eighths + 7) / 8, (seen.height() * eighths + 7) / 8)
                        .turned(new Orientation(quarters, false));
                assertThat(likeness(seen(made), wanted)).isGreaterThan(26);
            }
        }
    }

    @Test
    void imageIoMakerGivesTheSameResult() throws IOException {
        Jpeg picture = encoded(scene(636, 357), false).turned(Orientation.ofExif(6));
        try (VariantMaker own = VariantMaker.imageIo()) {
            for (Change change : new Change[] {new Change(3, 0, 1), new Change(8, 40, 0), new Change(8, 0, 3)}) {
                assertThat(likeness(seen(own.make(picture, change)), seen(copy(maker.make(picture, change)))))
                        .isGreaterThan(29);
            }
        }
    }

    @Test
    void progressiveJpegsAndDirectMemoryGiveTheSameResult() throws IOException {
        Jpeg plain = encoded(scene(640, 360), false);
        Jpeg progressive = encoded(scene(640, 360), true);
        ByteBuffer direct = ByteBuffer.allocateDirect(progressive.size());
        progressive.parts().forEach(part -> direct.put(part.duplicate()));
        Change half = new Change(4, 90, 0);
        Jpeg made = copy(maker.make(Jpeg.check(direct.flip()), half));
        assertThat(likeness(pixels(made), pixels(maker.make(plain, half)))).isGreaterThan(45);
    }

    @Test
    void damagedPictureIsDecodedAsFarAsABrowserDoes() throws IOException {
        byte[] bytes = bytes(encoded(scene(640, 360), false));
        for (int i = bytes.length / 2; i < bytes.length / 2 + 40; i++) {
            bytes[i] = 0x55;
        }
        Jpeg made = maker.make(Jpeg.check(ByteBuffer.wrap(bytes)), new Change(4, 0, 0));
        assertThat(made.width()).isEqualTo(320);
    }

    @Test
    void buffersFitLargerAndSmallerPicturesInTurn() throws IOException {
        for (int width : new int[] {17, 640, 33, 1400, 8}) {
            Jpeg picture = encoded(scene(width, width), false);
            for (int eighths : new int[] {1, 5, 8}) {
                assertThat(maker.make(picture, new Change(eighths, 50, 0)).width())
                        .isEqualTo((width * eighths + 7) / 8);
                assertThat(maker.make(picture, new Change(eighths, 50, 1)).height())
                        .isEqualTo((width * eighths + 7) / 8);
            }
        }
    }

    // pictures

    private static BufferedImage scene(int width, int height) {
        return drawn(width, height, BufferedImage.TYPE_INT_RGB, (x, y) -> {
            int red = (int) (127 + 100 * Math.sin(x * 9.0 / width));
            int green = (int) (127 + 100 * Math.sin(y * 7.0 / height + x * 3.0 / width));
            int blue = x * 255 / width;
            boolean box = x > width / 2 && x < width * 3 / 4 && y > height / 8 && y < height / 3;
            return box ? 0xE0E0E0 : red << 16 | green << 8 | blue;
        });
    }

    private static BufferedImage grey(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.getRaster().setSample(x, y, 0, (int) (127 + 100 * Math.sin(x * 9.0 / width + y * 5.0 / height)));
            }
        }
        return image;
    }

    private static BufferedImage drawn(int width, int height, int type, IntBinaryOperator colour) {
        BufferedImage image = new BufferedImage(width, height, type);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, colour.applyAsInt(x, y));
            }
        }
        return image;
    }

    private static Jpeg encoded(BufferedImage image, boolean progressive) {
        if (image.getType() == BufferedImage.TYPE_INT_RGB && !progressive) {
            try (JpegEncoder encoder = JpegEncoder.best()) {
                return Frame.ofJpeg(Canvas.of(image).encode(encoder, 95).bytes())
                        .picture();
            }
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            ImageWriteParam settings = writer.getDefaultWriteParam();
            settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            settings.setCompressionQuality(0.95f);
            settings.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return Jpeg.check(ByteBuffer.wrap(bytes.toByteArray()));
    }

    private static byte[] bytes(Jpeg jpeg) {
        ByteBuffer bytes = ByteBuffer.allocate(jpeg.size());
        jpeg.parts().forEach(part -> bytes.put(part.duplicate()));
        return bytes.array();
    }

    private static Jpeg copy(Jpeg jpeg) {
        return Jpeg.check(ByteBuffer.wrap(bytes(jpeg)));
    }

    /** The size as encoded. */
    private static Canvas pixels(Jpeg jpeg) {
        try {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes(jpeg)));
            if (image.getType() != BufferedImage.TYPE_BYTE_GRAY) {
                return Canvas.of(image);
            }
            return Canvas.of(drawn(
                    image.getWidth(),
                    image.getHeight(),
                    BufferedImage.TYPE_INT_RGB,
                    (x, y) -> 0x010101 * image.getRaster().getSample(x, y, 0)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Canvas seen(Jpeg jpeg) {
        return pixels(jpeg).turned(jpeg.orientation());
    }

    /** The signal-to-noise ratio in dB. Above 30, a difference is hardly visible. */
    private static double likeness(Canvas one, Canvas other) {
        assertThat(one.width() + "x" + one.height()).isEqualTo(other.width() + "x" + other.height());
        BufferedImage a = image(one);
        BufferedImage b = image(other);
        double sum = 0;
        for (int y = 0; y < one.height(); y++) {
            for (int x = 0; x < one.width(); x++) {
                for (int shift = 0; shift <= 16; shift += 8) {
                    int off = (a.getRGB(x, y) >> shift & 0xFF) - (b.getRGB(x, y) >> shift & 0xFF);
                    sum += off * off;
                }
            }
        }
        return 10 * Math.log10(255.0 * 255 * 3 * one.width() * one.height() / sum);
    }

    /** The pixels of a canvas as an image, taken with an encoder because a canvas gives its pixels only to encoders. */
    private static BufferedImage image(Canvas canvas) {
        int[][] pixels = {{}};
        JpegEncoder thief = new JpegEncoder() {
            @Override
            public String name() {
                return "thief";
            }

            @Override
            public Jpeg encode(int[] all, int width, int height, int quality) {
                pixels[0] = all.clone();
                return Jpeg.check(ByteBuffer.wrap(bytes(encoded(scene(16, 16), false))));
            }
        };
        var _ = canvas.encode(thief, 80);
        int[] taken = pixels[0];
        return drawn(
                canvas.width(), canvas.height(), BufferedImage.TYPE_INT_RGB, (x, y) -> taken[y * canvas.width() + x]);
    }
}
