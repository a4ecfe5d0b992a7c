package dev.flipbook.jpeg;

import java.util.List;

/** The meaning of a JPEG's components. */
public enum JpegColours {
    /** Brightness alone. */
    GREY(1),
    /** Brightness and two colour differences, by ITU-R BT.601 in full range: nearly all pictures. */
    YCC(3),
    /** Red, green, blue. */
    RGB(3),
    /**
     * Cyan, magenta, yellow, black, where 255 means no ink: as Adobe's programs write them and all browsers read them.
     */
    CMYK(4),
    /** {@link #CMYK}, whose first three components are stored as {@link #YCC}. */
    YCCK(4);

    private static final String JFIF = "JFIF\0";
    private static final String ADOBE = "Adobe";

    private final int components;

    JpegColours(int components) {
        this.components = components;
    }

    /** Number of samples of a pixel. */
    public int components() {
        return components;
    }

    /**
     * The meaning of a picture's components, by the rules of libjpeg, which browsers follow. A JFIF segment means YCC.
     * Without it an Adobe segment decides by its number. Without either the component ids R, G and B mean RGB.
     */
    public static JpegColours of(Jpeg jpeg) {
        List<HeaderSegment> segments = HeaderSegment.of(jpeg);
        HeaderSegment frame = segments.stream()
                .filter(one -> one.marker() >= 0xC0 && one.marker() <= 0xC2)
                .findFirst()
                .orElseThrow();
        int transform = segments.stream()
                .filter(one -> one.is(0xEE, ADOBE) && one.length() >= 12)
                .mapToInt(one -> one.at(11))
                .reduce(-1, (before, last) -> last);
        return switch (frame.at(5)) {
            case 1 -> GREY;
            case 3 -> three(segments, transform, frame);
            default -> transform <= 0 ? CMYK : YCCK;
        };
    }

    private static JpegColours three(List<HeaderSegment> segments, int transform, HeaderSegment frame) {
        if (segments.stream().anyMatch(one -> one.is(0xE0, JFIF))) {
            return YCC;
        }
        if (transform >= 0) {
            return transform == 0 ? RGB : YCC;
        }
        return frame.at(6) == 'R' && frame.at(9) == 'G' && frame.at(12) == 'B' ? RGB : YCC;
    }

    /**
     * Converts samples of YCC and YCCK, in place: they are red, green and blue, or CMYK afterwards. Other samples stay
     * as they are.
     *
     * @param samples of whole pixels, one component after the other
     */
    public void separate(byte[] samples) {
        if (this != YCC && this != YCCK) {
            return;
        }
        boolean inverted = this == YCCK;
        for (int at = 0; at <= samples.length - components; at += components) {
            int bright = (samples[at] & 0xFF) << 16;
            int blue = (samples[at + 1] & 0xFF) - 128;
            int red = (samples[at + 2] & 0xFF) - 128;
            // 1.402, 0.344136, 0.714136 and 1.772 in 65536ths
            put(samples, at, bright + 91881 * red, inverted);
            put(samples, at + 1, bright - 22554 * blue - 46802 * red, inverted);
            put(samples, at + 2, bright + 116130 * blue, inverted);
        }
    }

    private static void put(byte[] samples, int at, int scaled, boolean inverted) {
        int value = Math.max(0, Math.min(255, (scaled + 32768) >> 16));
        samples[at] = (byte) (inverted ? 255 - value : value);
    }

    /**
     * The pixels, each {@code 0xRRGGBB}, of samples of {@link #CMYK} in a picture without a profile. As in browsers,
     * each ink takes away its share of the light.
     */
    public static int[] withoutProfile(byte[] cmyk) {
        int[] pixels = new int[cmyk.length / 4];
        for (int i = 0, at = 0; i < pixels.length; i++, at += 4) {
            int black = cmyk[at + 3] & 0xFF;
            pixels[i] = left(cmyk[at], black) << 16 | left(cmyk[at + 1], black) << 8 | left(cmyk[at + 2], black);
        }
        return pixels;
    }

    private static int left(byte ink, int black) {
        return ((ink & 0xFF) * black + 127) / 255;
    }
}
