package dev.flipbook.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.image.GreyRange;
import java.awt.image.BufferedImage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RawConverterTest {

    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;

    /**
     * One colour in each format, as bytes that repeat, plane by plane. The colour is orange, or a grey of the same
     * brightness.
     */
    @ParameterizedTest
    @CsvSource({
        "yuyv422, 142 75 142 186, F07828",
        "uyvy422, 75 142 186 142, F07828",
        "yvyu422, 142 186 142 75, F07828",
        "rgb24, 240 120 40, F07828",
        "bgr24, 40 120 240, F07828",
        "bgr0, 40 120 240 0, F07828",
        "bgra, 40 120 240 255, F07828",
        "rgb565le, 197 243, F07828",
        "gray, 140, 8C8C8C",
        "gray16le, 0 140, 8C8C8C",
    })
    void packedPixelsKeepTheirColour(String format, String pattern, String colour) throws Exception {
        String[] bytes = pattern.split(" ", -1);
        for (int gap : new int[] {0, 32}) {
            int row = rowOf(format) + gap;
            byte[] picture = new byte[row * HEIGHT];
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < rowOf(format); x++) {
                    picture[y * row + x] = (byte) Integer.parseInt(bytes[x % bytes.length]);
                }
            }
            assertColour(new RawConverter.Layout(format, WIDTH, HEIGHT, row, false, false, false), picture, colour);
        }
    }

    private static int rowOf(String format) {
        return WIDTH
                * switch (format) {
                    case "gray" -> 1;
                    case "rgb24", "bgr24" -> 3;
                    case "bgr0", "bgra" -> 4;
                    default -> 2;
                };
    }

    @ParameterizedTest
    @CsvSource({"nv12, false, 75 186", "nv21, false, 186 75", "yuv420p, false, 75|186", "yuv420p, true, 186|75"})
    void planesKeepTheirColour(String format, boolean swapped, String chroma) throws Exception {
        byte[] picture = new byte[WIDTH * HEIGHT * 3 / 2];
        int luma = WIDTH * HEIGHT;
        for (int i = 0; i < picture.length; i++) {
            String[] planes = chroma.split("\\|", -1);
            String[] bytes = planes[i < luma ? 0 : (i - luma) * planes.length / (luma / 2)].split(" ", -1);
            picture[i] = (byte) (i < luma ? 142 : Integer.parseInt(bytes[i % bytes.length]));
        }
        assertColour(new RawConverter.Layout(format, WIDTH, HEIGHT, WIDTH, swapped, false, false), picture, "F07828");
    }

    @Test
    void bayerPatternKeepsItsColour() throws Exception {
        byte[] picture = new byte[WIDTH * HEIGHT];
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                picture[y * WIDTH + x] = (byte) (y % 2 == 0 ? (x % 2 == 0 ? 240 : 120) : (x % 2 == 0 ? 120 : 40));
            }
        }
        assertColour(
                new RawConverter.Layout("bayer_rggb8", WIDTH, HEIGHT, WIDTH, false, false, false), picture, "F07828");
    }

    @Test
    void rangeAndMatrixOfTheCameraAreUsed() throws Exception {
        byte[] full = new byte[WIDTH * HEIGHT * 2];
        byte[] bt709 = new byte[WIDTH * HEIGHT * 2];
        for (int i = 0; i < full.length; i++) {
            full[i] = (byte) new int[] {147, 68, 147, 195}[i % 4];
            bt709[i] = (byte) new int[] {136, 81, 136, 184}[i % 4];
        }
        assertColour(new RawConverter.Layout("yuyv422", WIDTH, HEIGHT, 0, false, true, false), full, "F07828");
        assertColour(new RawConverter.Layout("yuyv422", WIDTH, HEIGHT, 0, false, false, true), bt709, "F07828");
    }

    @Test
    void depthIsScaledFromThePicturesOwnRangeOrTheGivenOne() throws Exception {
        byte[] depths = new byte[WIDTH * HEIGHT * 2];
        ByteBuffer all = ByteBuffer.wrap(depths).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            all.putShort((short) (i % WIDTH < WIDTH / 2 ? 1000 : 4000));
        }
        SourceOptions best = new SourceOptions(0, 0, 0, 100);
        assertThat(grey(depths, best)).satisfies(found -> {
            assertThat(found[0]).isLessThan(4);
            assertThat(found[1]).isGreaterThan(251);
        });
        assertThat(grey(depths, best.withRange(Optional.of(new GreyRange(0, 8000)))))
                .satisfies(given -> {
                    assertThat(given[0]).isCloseTo(32, within(3));
                    assertThat(given[1]).isCloseTo(128, within(3));
                });
    }

    /** The greys of the left and of the right half. */
    private static int[] grey(byte[] depths, SourceOptions options) throws Exception {
        var layout = new RawConverter.Layout("gray16le", WIDTH, HEIGHT, 0, false, false, false);
        try (Arena arena = Arena.ofShared();
                RawConverter pictures = RawConverter.open(layout, options, Ticker.system(), took -> {})) {
            MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_BYTE, depths);
            BufferedImage image = Clips.image(pictures.frame(memory.asByteBuffer()));
            return new int[] {
                image.getRaster().getSample(10, 20, 0), image.getRaster().getSample(WIDTH - 10, 20, 0)
            };
        }
    }

    private static void assertColour(RawConverter.Layout layout, byte[] picture, String colour) throws Exception {
        List<Long> took = new ArrayList<>();
        SourceOptions best = new SourceOptions(0, 0, 0, 100);
        try (Arena arena = Arena.ofShared();
                RawConverter pictures = RawConverter.open(layout, best, Ticker.system(), took::add)) {
            MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_BYTE, picture);
            for (int i = 0; i < 2; i++) {
                BufferedImage image = Clips.image(pictures.frame(memory.asByteBuffer()));
                assertThat(image.getWidth()).isEqualTo(WIDTH);
                assertThat(image.getHeight()).isEqualTo(HEIGHT);
                int[] pixel = image.getRaster().getNumBands() == 1
                        ? new int[] {image.getRaster().getSample(30, 20, 0)}
                        : new int[] {
                            image.getRGB(30, 20) >> 16 & 255,
                            image.getRGB(30, 20) >> 8 & 255,
                            image.getRGB(30, 20) & 255
                        };
                for (int band = 0; band < pixel.length; band++) {
                    int wanted = Integer.parseInt(colour.substring(2 * band, 2 * band + 2), 16);
                    assertThat(pixel[band]).as(layout + " band " + band).isCloseTo(wanted, within(9));
                }
            }
            assertThat(took).hasSize(2);
            assertThatThrownBy(() -> pictures.frame(memory.asByteBuffer().limit(picture.length - 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a picture has " + picture.length + " bytes; here are");
        }
    }
}
