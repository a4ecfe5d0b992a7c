package dev.flipbook.image;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The layout of the pixels of a {@link RawImage} in memory. A sample has 8 bits unless the constant says otherwise. */
public enum PixelFormat {
    /** Blue, green, red: the layout of OpenCV's {@code Mat} and of FFmpeg's {@code bgr24}. */
    BGR24(3),
    /** Red, green, blue. */
    RGB24(3),
    /** Red, green, blue, and an opacity that is ignored. */
    RGBA(4),
    /** Brightness alone: 0 is black, 255 is white. */
    GREY8(1),
    /**
     * A plane of brightness, then a plane of the blue and one of the red difference, both of half the width and height,
     * rounded up. Range and matrix are those of video (16 to 235, BT.601), as in OpenCV's {@code COLOR_BGR2YUV_I420}
     * and FFmpeg's {@code yuv420p}. Rows of the small planes are half a stride apart, rounded up.
     */
    YUV420P(1),
    /**
     * 16 bits of what a depth or thermal camera measures, the lower 8 bits first: FFmpeg's {@code gray16le}, and a
     * NumPy array of {@code uint16} on nearly every machine. {@link RawImage#range} says which values are black and
     * white.
     */
    GREY16LE(2),
    /**
     * 16 bits as in {@link #GREY16LE}, the higher 8 bits first: FFmpeg's {@code gray16be}, and the pixels of a PGM
     * file.
     */
    GREY16BE(2);

    private static final Map<String, PixelFormat> OTHER_NAMES = Map.of(
            "gray8", GREY8,
            "grey16", GREY16LE,
            "gray16", GREY16LE,
            "gray16le", GREY16LE,
            "gray16be", GREY16BE,
            "y16", GREY16LE,
            "z16", GREY16LE);

    private final int bytes;

    PixelFormat(int bytes) {
        this.bytes = bytes;
    }

    /**
     * The format of this name, in upper or lower case: {@code bgr24}. The names that FFmpeg and V4L2 give to the grey
     * formats are known too: {@code gray16le}, {@code y16}, {@code z16}. A name that does not say the order of bytes
     * means little-endian, the order of nearly every machine.
     */
    public static Optional<PixelFormat> named(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format -> format.name().toLowerCase(Locale.ROOT).equals(wanted))
                .findFirst()
                .or(() -> Optional.ofNullable(OTHER_NAMES.get(wanted)));
    }

    boolean isGrey16() {
        return this == GREY16LE || this == GREY16BE;
    }

    /** Bytes of one row of the first plane, without a gap after it. */
    public int rowBytes(int width) {
        return width * bytes;
    }

    /** Bytes of a picture whose rows are this many bytes apart. */
    public int bytes(int width, int height, int stride) {
        if (this == YUV420P) {
            return stride * height + 2 * ((stride + 1) / 2) * ((height + 1) / 2);
        }
        return stride * (height - 1) + rowBytes(width); // no gap is needed after the last row
    }

    /** Bytes of a picture without gaps between its rows. */
    public int bytes(int width, int height) {
        return bytes(width, height, rowBytes(width));
    }
}
