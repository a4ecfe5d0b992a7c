package dev.flipbook.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Pictures;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class PictureFramesTest {

    private final FakeTicker ticker = new FakeTicker();
    private PictureFrames stills = new PictureFrames(SourceOptions.DEFAULT, ticker);

    @AfterEach
    void close() {
        stills.close();
    }

    @Test
    void jpegPassesByteForByte() throws Exception {
        byte[] jpeg = Pictures.jpeg(40, 24);

        assertThat(frame(jpeg).bytes()).isEqualTo(jpeg);
        assertThat(stills.encoding()).isEqualTo(Encoding.NONE);
    }

    @Test
    void jpegIsTurnedByItsOrientationAlone() throws Exception {
        byte[] jpeg = Pictures.jpeg(40, 24);
        stills = new PictureFrames(wishes(0, 0, 90, true), ticker);

        assertThat(frame(jpeg).bytes())
                .isEqualTo(Frame.ofJpeg(jpeg).turned(90, true).bytes());
        assertThat(stills.encoding()).isEqualTo(Encoding.NONE);
    }

    @ParameterizedTest
    @CsvSource({"png, 2", "png, 1", "gif, 13", "bmp, 1", "bmp, 13"})
    void otherKindsAreDecodedAndEncoded(String kind, int type) throws Exception {
        byte[] file = file(corners(type), kind);
        ticker.moveAtEachReading(Duration.ofMillis(3));

        BufferedImage shown = Pictures.decode(frame(file).bytes());

        assertThat(shown.getWidth()).isEqualTo(64);
        assertThat(shown.getHeight()).isEqualTo(32);
        assertCorners(shown, Color.RED, Color.GREEN, Color.BLUE, Color.WHITE);
        assertThat(stills.encoding()).isEqualTo(new Encoding("ImageIO", 1, 3_000_000));
    }

    @Test
    void directBuffersAndPartsOfBuffersAreReadWhereTheyAre() throws Exception {
        byte[] png = file(corners(BufferedImage.TYPE_INT_RGB), "png");
        ByteBuffer direct = ByteBuffer.allocateDirect(png.length + 10)
                .position(5)
                .put(png)
                .flip()
                .position(5);

        assertCorners(Pictures.decode(stills.frame(direct).bytes()), Color.RED, Color.GREEN, Color.BLUE, Color.WHITE);
        assertThat(direct.position()).isEqualTo(5);
        assertThat(direct.limit()).isEqualTo(5 + png.length);
    }

    @Test
    void pixelsAreTurned() throws Exception {
        byte[] png = file(corners(BufferedImage.TYPE_INT_RGB), "png");
        stills = new PictureFrames(wishes(0, 0, 90, false), ticker);
        BufferedImage turned = Pictures.decode(frame(png).bytes());
        assertThat(turned.getWidth()).isEqualTo(32);
        assertCorners(turned, Color.BLUE, Color.RED, Color.WHITE, Color.GREEN);

        stills = new PictureFrames(wishes(0, 0, 0, true), ticker);
        assertCorners(Pictures.decode(frame(png).bytes()), Color.GREEN, Color.RED, Color.WHITE, Color.BLUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg"})
    void sizeIsThatOfThePictureAsItIsShown(String kind) throws Exception {
        stills = new PictureFrames(wishes(48, 96, 90, false), ticker);
        BufferedImage shown = Pictures.decode(
                frame(file(corners(BufferedImage.TYPE_INT_RGB), kind)).bytes());

        assertThat(shown.getWidth()).isEqualTo(48);
        assertThat(shown.getHeight()).isEqualTo(96);
        assertCorners(shown, Color.BLUE, Color.RED, Color.WHITE, Color.GREEN);
    }

    @Test
    void jpegThatHasTheSizePasses() throws Exception {
        byte[] jpeg = Pictures.jpeg(40, 24);
        stills = new PictureFrames(wishes(24, 40, 90, false), ticker);

        assertThat(frame(jpeg).bytes())
                .isEqualTo(Frame.ofJpeg(jpeg).turned(90, false).bytes());
    }

    @Test
    void aTurnedJpegIsDecodedUprightWhenItIsScaled() throws Exception {
        byte[] jpeg = Frame.ofJpeg(file(corners(BufferedImage.TYPE_INT_RGB), "jpg"))
                .turned(90, false)
                .bytes();
        stills = new PictureFrames(wishes(48, 96, 0, false), ticker);

        assertCorners(Pictures.decode(frame(jpeg).bytes()), Color.BLUE, Color.RED, Color.WHITE, Color.GREEN);
    }

    @Test
    void transparentPartsAreBlack() throws Exception {
        BufferedImage clear = new BufferedImage(32, 32, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < 32 * 32; i++) {
            clear.setRGB(i % 32, i / 32, 0x00FFFFFF);
        }

        assertThat(Pictures.decode(frame(file(clear, "png")).bytes()).getRGB(16, 16) & 0xFFFFFF)
                .isZero();
    }

    @Test
    void greyKeepsItsBrightness() throws Exception {
        BufferedImage grey = new BufferedImage(32, 32, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 32 * 32; i++) {
            grey.getRaster().setSample(i % 32, i / 32, 0, 100);
        }

        assertThat(Pictures.decode(frame(file(grey, "png")).bytes()).getRGB(16, 16) & 0xFF)
                .isBetween(98, 102);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "bmp", "jpg"})
    void fileThatIsNotWholeIsRefused(String kind) throws Exception {
        byte[] whole = file(corners(BufferedImage.TYPE_INT_RGB), kind);
        for (int length = 0; length < whole.length; length += Math.max(1, whole.length / 97)) {
            refused(Arrays.copyOf(whole, length), ".{10,}");
        }
        refused(Arrays.copyOf(whole, whole.length - 1), ".*cut off.*");
    }

    @Test
    void damagedFileIsRefusedWithASentence() throws Exception {
        byte[] png = file(corners(BufferedImage.TYPE_INT_RGB), "png");
        Arrays.fill(png, 45, png.length - 20, (byte) 0x55);

        refused(png, ".{10,}");
    }

    @Test
    void pictureThatClaimsTooManyPixelsIsRefusedBeforeItIsDecoded() {
        ByteBuffer header =
                ByteBuffer.allocate(13).putInt(30_000).putInt(30_000).put(new byte[] {8, 2, 0, 0, 0});
        ByteBuffer png = ByteBuffer.allocate(100).put("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        chunk(png, "IHDR", header.array());
        chunk(png, "IDAT", new byte[8]);
        chunk(png, "IEND", new byte[0]);

        refused(Arrays.copyOf(png.array(), png.position()), "the picture has 30000x30000 pixels; at most .*");
    }

    private static void chunk(ByteBuffer png, String type, byte[] content) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(content);
        png.putInt(content.length).put(name).put(content).putInt((int) crc.getValue());
    }

    @Test
    void whatIsNotAPictureIsRefused() {
        refused(new byte[0], "the picture is empty: 0 bytes");
        refused(new byte[33 << 20], "the picture has 34603008 bytes; at most 33554432 are taken");
        refused("Dear diary".getBytes(StandardCharsets.US_ASCII), "it is not a picture of a kind that is known");
        refused(
                "RIFF\0\0\0\0WEBPVP8 ".getBytes(StandardCharsets.US_ASCII),
                "there is no decoder here for its kind, WebP");
    }

    @Test
    void closedItIsOpenAgainForTheNextPicture() throws Exception {
        byte[] png = file(corners(BufferedImage.TYPE_INT_RGB), "png");
        frame(png);
        stills.close();
        stills.close();
        frame(png);

        assertThat(stills.encoding().frames()).isEqualTo(2);
    }

    private Frame frame(byte[] file) throws IOException {
        return stills.frame(ByteBuffer.wrap(file));
    }

    private void refused(byte[] file, String sentence) {
        assertThatThrownBy(() -> frame(file))
                .isInstanceOf(IOException.class)
                .extracting(Throwable::getMessage)
                .asString()
                .matches(sentence);
    }

    private static SourceOptions wishes(int width, int height, int rotate, boolean mirror) {
        return new SourceOptions(0, width, height, 90, rotate, mirror, false, Duration.ZERO, "", Map.of());
    }

    /** 64 × 32 with red, green, blue and white quarters. */
    private static BufferedImage corners(int type) {
        BufferedImage image = new BufferedImage(64, 32, type);
        for (int i = 0; i < 64 * 32; i++) {
            int x = i % 64;
            int y = i / 64;
            Color top = x < 32 ? Color.RED : Color.GREEN;
            Color bottom = x < 32 ? Color.BLUE : Color.WHITE;
            image.setRGB(x, y, (y < 16 ? top : bottom).getRGB());
        }
        return image;
    }

    private static void assertCorners(BufferedImage image, Color... expected) {
        int right = image.getWidth() - 4;
        int bottom = image.getHeight() - 4;
        int[] pixels = {image.getRGB(4, 4), image.getRGB(right, 4), image.getRGB(4, bottom), image.getRGB(right, bottom)
        };
        for (int i = 0; i < 4; i++) {
            Color seen = new Color(pixels[i]);
            assertThat(Math.abs(seen.getRed() - expected[i].getRed())
                            + Math.abs(seen.getGreen() - expected[i].getGreen())
                            + Math.abs(seen.getBlue() - expected[i].getBlue()))
                    .as("corner %d is %s", i, seen)
                    .isLessThan(40);
        }
    }

    private static byte[] file(BufferedImage image, String kind) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, kind, bytes)).isTrue();
        return bytes.toByteArray();
    }
}
