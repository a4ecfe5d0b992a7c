package dev.flipbook.turbojpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flipbook.Frame;
import dev.flipbook.ffmpeg.Clips;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.image.PixelFormat;
import dev.flipbook.image.RawImage;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TurboJpegTest {

    @BeforeEach
    void needsTheLibrary() {
        if (TurboJpegLibrary.find().isEmpty()) {
            Clips.skip("libturbojpeg is not installed");
        }
    }

    @Test
    void itIsChosenAsTheBestEncoder() {
        try (JpegEncoder best = JpegEncoder.best()) {
            assertThat(best.name()).isEqualTo("TurboJPEG");
        }
    }

    @Test
    void coloursAreKept() {
        int[] colours = {0xFF0000, 0x00FF00, 0x0000FF, 0x000000, 0xFFFFFF, 0xFF808080};
        try (TurboJpeg encoder = new TurboJpeg()) {
            for (int colour : colours) {
                int[] pixels = new int[33 * 17];
                Arrays.fill(pixels, colour);
                Frame frame = Frame.of(encoder.encode(pixels, 33, 17, 80));
                BufferedImage image = Clips.image(frame);
                assertThat(image.getWidth()).isEqualTo(33);
                assertThat(image.getHeight()).isEqualTo(17);
                for (int shift = 0; shift <= 16; shift += 8) {
                    assertThat(image.getRGB(30, 15) >> shift & 0xFF).isCloseTo(colour >> shift & 0xFF, within(3));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void rawPixelsLookLikePixelsReadOneByOne(PixelFormat format) {
        for (boolean direct : new boolean[] {false, true}) {
            for (int gap : new int[] {0, 6}) {
                RawImage image = slope(format, 53, 31, gap, direct);
                try (TurboJpeg encoder = new TurboJpeg()) {
                    encoder.encode(slope(format, 20, 20, 0, direct), 80); // whose memory is used again
                    assertSame(Clips.image(Frame.of(encoder.encode(image, 95))), image.rgb());
                }
            }
        }
    }

    /** Samples that grow slowly from the upper left to the lower right. */
    private static RawImage slope(PixelFormat format, int width, int height, int gap, boolean direct) {
        int stride = format.rowBytes(width) + gap;
        int size = format.bytes(width, height, stride);
        ByteBuffer pixels = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
        for (int at = 0; at < size; at++) {
            boolean small = at >= stride * height; // one of the planes of half the size
            int row = small ? (stride + 1) / 2 : stride;
            int from = small ? (at - stride * height) % (row * ((height + 1) / 2)) : at;
            pixels.put(at, (byte) ((small ? 110 : 60) + from % row / format.rowBytes(1) + from / row));
        }
        return new RawImage(format, width, height, stride, pixels);
    }

    private static void assertSame(BufferedImage image, int[] expected) {
        assertThat(image.getWidth() * image.getHeight()).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            int shown = pixel(image, i % image.getWidth(), i / image.getWidth());
            for (int shift = 0; shift <= 16; shift += 8) {
                assertThat(shown >> shift & 0xFF).as("pixel %d", i).isCloseTo(expected[i] >> shift & 0xFF, within(12));
            }
        }
    }

    private static int pixel(BufferedImage image, int x, int y) {
        return image.getRaster().getNumBands() == 1
                ? image.getRaster().getSample(x, y, 0) * 0x010101 // getRGB would take it for linear light
                : image.getRGB(x, y);
    }

    @Test
    void buffersGrowForLargerPictures() {
        try (TurboJpeg encoder = new TurboJpeg()) {
            for (int size = 16; size <= 2048; size *= 2) {
                int[] noise =
                        new java.util.Random(size).ints((long) size * size).toArray();
                assertThat(encoder.encode(noise, size, size, 100).width()).isEqualTo(size);
            }
        }
    }

    @Test
    void tooFewPixelsAreRefused() {
        try (TurboJpeg encoder = new TurboJpeg()) {
            assertThatThrownBy(() -> encoder.encode(new int[10], 4, 4, 80))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("10 pixels are too few for a picture of 4x4");
        }
    }
}
