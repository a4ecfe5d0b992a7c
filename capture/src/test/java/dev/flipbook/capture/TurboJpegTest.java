package dev.flipbook.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flipbook.Frame;
import dev.flipbook.JpegEncoder;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TurboJpegTest {

    @BeforeEach
    void needsTheLibrary() {
        if (TurboJpegLibrary.find().isEmpty()) {
            Clips.skip("libturbojpeg is not installed");
        }
    }

    @Test
    void itIsTheBestEncoder() {
        try (JpegEncoder best = JpegEncoder.best()) {
            assertThat(best.name()).isEqualTo("TurboJPEG");
        }
    }

    @Test
    void coloursStayWhatTheyWere() {
        int[] colours = {0xFF0000, 0x00FF00, 0x0000FF, 0x000000, 0xFFFFFF, 0xFF808080};
        try (TurboJpeg encoder = new TurboJpeg()) {
            for (int colour : colours) {
                int[] pixels = new int[33 * 17];
                Arrays.fill(pixels, colour);
                Frame frame = encoder.encode(pixels, 33, 17, 80);
                BufferedImage image = Clips.image(frame);
                assertThat(image.getWidth()).isEqualTo(33);
                assertThat(image.getHeight()).isEqualTo(17);
                for (int shift = 0; shift <= 16; shift += 8) {
                    assertThat(image.getRGB(30, 15) >> shift & 0xFF).isCloseTo(colour >> shift & 0xFF, within(3));
                }
            }
        }
    }

    @Test
    void largerPicturesAfterSmallerOnesFit() {
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
