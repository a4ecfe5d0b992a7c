package dev.flipbook.turbojpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flipbook.ffmpeg.Clips;
import dev.flipbook.image.JpegPixels;
import dev.flipbook.image.VariantMaker.Change;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.jpeg.JpegColours;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Variants by libjpeg-turbo of pictures with unusual components or with a profile. */
class VariantColoursTest {

    private static final List<Change> CHANGES = List.of(
            new Change(4, 0, 0),
            new Change(8, 90, 0),
            new Change(8, 0, 1),
            new Change(8, 0, 2),
            new Change(4, 0, 2),
            new Change(8, 60, 1));

    private TurboVariants maker;

    @BeforeEach
    void needsTheLibrary() {
        if (TurboJpegLibrary.find().isEmpty()) {
            Clips.skip("libturbojpeg is not installed");
        }
        maker = new TurboVariants();
    }

    @AfterEach
    void close() {
        if (maker != null) {
            maker.close();
        }
    }

    @Test
    void picturesInRgbKeepTheirColours() throws IOException {
        byte[] picture = halves(64, new int[] {220, 30, 30}, new int[] {40, 60, 230});
        assertKept(adobe(picture, 0));
        assertKept(withIds(picture, "RGB"));
        assertKept(adobe(halves(63, new int[] {220, 30, 30}, new int[] {40, 60, 230}), 0)); // no whole blocks
    }

    @Test
    void turnedCmykPicturesKeepTheirColours() throws IOException {
        byte[] cmyk = halves(64, new int[] {255, 35, 35, 220}, new int[] {44, 67, 255, 230});
        byte[] ycck = halves(64, new int[] {154, 166, 17, 220}, new int[] {171, 30, 156, 230});
        assertKept(cmyk);
        assertKept(adobe(cmyk, 0));
        assertKept(adobe(ycck, 2));
        assertKept(adobe(halves(63, new int[] {255, 35, 35, 220}, new int[] {44, 67, 255, 230}), 0));
    }

    @Test
    void turningAloneKeepsTheColourSpace() throws IOException {
        Jpeg rgb = check(adobe(halves(64, new int[] {220, 30, 30}, new int[] {40, 60, 230}), 0));
        Jpeg cmyk = check(halves(64, new int[] {255, 35, 35, 220}, new int[] {44, 67, 255, 230}));

        assertThat(JpegColours.of(maker.make(rgb, new Change(8, 0, 2)))).isEqualTo(JpegColours.RGB);
        assertThat(JpegColours.of(maker.make(cmyk, new Change(8, 0, 2)))).isEqualTo(JpegColours.CMYK);
    }

    @Test
    void profileIsCopiedByteForByte() throws IOException {
        byte[] profile = new byte[150_000];
        new Random(7).nextBytes(profile);
        byte[] ycc = withProfile(halves(64, new int[] {87, 96, 223}, new int[] {73, 216, 104}), profile, 3);
        byte[] rgb = withProfile(adobe(halves(64, new int[] {220, 30, 30}, new int[] {40, 60, 230}), 0), profile, 3);

        for (Jpeg picture :
                List.of(check(ycc), check(rgb), check(ycc).turned(dev.flipbook.jpeg.Orientation.ofExif(6)))) {
            for (Change change : CHANGES) {
                Jpeg made = copy(maker.make(picture, change));
                assertThat(made.profile().orElseThrow()).as("%s", change).isEqualTo(profile);
            }
        }
    }

    @Test
    void cmykProfileIsAppliedAndRemoved() throws IOException {
        byte[] wrong = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData(); // not of four colours
        Jpeg picture =
                check(withProfile(halves(64, new int[] {255, 35, 35, 220}, new int[] {44, 67, 255, 230}), wrong, 1));

        Jpeg smaller = copy(maker.make(picture, new Change(4, 0, 0)));

        assertThat(smaller.profile()).isEmpty();
        assertThat(copy(maker.make(picture, new Change(8, 0, 2))).profile()).isPresent();
        assertColour(smaller, 4, 8, 220, 30, 30);
    }

    /** Checks that red on the left and blue on the right keep their colours, also after a turn. */
    private void assertKept(byte[] bytes) throws IOException {
        Jpeg picture = check(bytes);
        for (Change change : CHANGES) {
            Jpeg made = copy(maker.make(picture, change));
            int width = made.width();
            int height = made.height();
            boolean quarter = change.quarters() == 1;
            assertThat(width).isEqualTo(change.of(quarter ? picture.height() : picture.width()));
            int x = quarter ? width / 2 : width / 4;
            int y = quarter ? height / 4 : height / 2;
            boolean over = change.quarters() == 2;
            assertColour(made, over ? width - 1 - x : x, y, 220, 30, 30);
            assertColour(
                    made,
                    over ? x : width - 1 - (quarter ? width - 1 - x : x),
                    quarter ? height - 1 - y : y,
                    40,
                    60,
                    230);
        }
    }

    private static void assertColour(Jpeg picture, int x, int y, int red, int green, int blue) throws IOException {
        int pixel = JpegPixels.decode(picture)[y * picture.width() + x];
        assertThat(pixel >> 16).isCloseTo(red, within(8));
        assertThat(pixel >> 8 & 0xFF).isCloseTo(green, within(8));
        assertThat(pixel & 0xFF).isCloseTo(blue, within(8));
    }

    // pictures

    /** A picture with these components and without a marker that says what they mean; 32 pixels high. */
    private static byte[] halves(int width, int[] left, int[] right) throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(0, width, 32, left.length, null);
        for (int x = 0; x < width; x++) {
            for (int y = 0; y < 32; y++) {
                raster.setPixel(x, y, x < width / 2 ? left : right);
            }
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(raster, null, null), null);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static byte[] adobe(byte[] jpeg, int transform) {
        byte[] content = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform};
        return insert(jpeg, 0xEE, content);
    }

    private static byte[] withProfile(byte[] jpeg, byte[] profile, int segments) {
        byte[] made = jpeg;
        int step = (profile.length + segments - 1) / segments;
        for (int number = segments; number >= 1; number--) {
            byte[] part = Arrays.copyOfRange(profile, (number - 1) * step, Math.min(profile.length, number * step));
            made = insert(
                    made,
                    0xE2,
                    ByteBuffer.allocate(14 + part.length)
                            .put("ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII))
                            .put((byte) number)
                            .put((byte) segments)
                            .put(part)
                            .array());
        }
        return made;
    }

    /** A segment right after SOI. */
    private static byte[] insert(byte[] jpeg, int marker, byte[] content) {
        return ByteBuffer.allocate(jpeg.length + content.length + 4)
                .put(jpeg, 0, 2)
                .putShort((short) (0xFF00 | marker))
                .putShort((short) (content.length + 2))
                .put(content)
                .put(jpeg, 2, jpeg.length - 2)
                .array();
    }

    private static byte[] withIds(byte[] jpeg, String ids) {
        byte[] changed = jpeg.clone();
        for (int at = 2; (jpeg[at + 1] & 0xFF) != 0xD9; ) {
            int marker = jpeg[at + 1] & 0xFF;
            for (int i = 0; i < ids.length(); i++) {
                if (marker == 0xC0) {
                    changed[at + 10 + 3 * i] = (byte) ids.charAt(i);
                } else if (marker == 0xDA) {
                    changed[at + 5 + 2 * i] = (byte) ids.charAt(i);
                }
            }
            if (marker == 0xDA) {
                return changed;
            }
            at += 2 + (ByteBuffer.wrap(jpeg).getShort(at + 2) & 0xFFFF);
        }
        return changed;
    }

    private static Jpeg check(byte[] bytes) {
        return Jpeg.check(ByteBuffer.wrap(bytes));
    }

    private static Jpeg copy(Jpeg jpeg) {
        ByteBuffer bytes = ByteBuffer.allocate(jpeg.size());
        jpeg.parts().forEach(part -> bytes.put(part.duplicate()));
        return check(bytes.array());
    }
}
