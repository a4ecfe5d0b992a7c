package dev.flipbook;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** How the pixels of a {@link RawImage} lie in memory, 8 bits a sample where nothing else is said. */
public enum PixelFormat {
    /** Blue, green, red: what OpenCV's {@code Mat} has, and FFmpeg's {@code bgr24}. */
    BGR24(3),
    /** Red, green, blue. */
    RGB24(3),
    /** Red, green, blue, and an opacity that is ignored. */
    RGBA(4),
    /** Brightness alone, 0 black, 255 white. */
    GREY8(1),
    /**
     * A plane of brightness, then one each of the blue and the red difference in half the width and height, rounded up; in
     * the range and by the matrix of video (16 to 235, BT.601), as OpenCV's {@code COLOR_BGR2YUV_I420} and FFmpeg's {@code
     * yuv420p} have it. Rows of the small planes are half a stride apart, rounded up.
     */
    YUV420P(1),
    /**
     * 16 bits of what a depth or thermal camera measures, the lower 8 first: FFmpeg's {@code gray16le}, and a NumPy array of
     * {@code uint16} on nearly every machine. What is shown as black and as white is {@link RawImage#range}.
     */
    GREY16LE(2),
    /** The same, the higher 8 bits first: FFmpeg's {@code gray16be}, and the pixels of a PGM file. */
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
     * The format of this name: {@code bgr24}. Also known are the names that FFmpeg and V4L2 give to the grey ones: {@code
     * gray16le}, {@code y16}, {@code z16}; where the order of bytes is not said, it is that of nearly every machine.
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

    /** Bytes that a row of the only or first plane takes without a gap. */
    public int rowBytes(int width) {
        return width * bytes;
    }

    /** Bytes that a picture takes whose rows are so many bytes apart. */
    public int bytes(int width, int height, int stride) {
        if (this == YUV420P) {
            return stride * height + 2 * ((stride + 1) / 2) * ((height + 1) / 2);
        }
        return stride * (height - 1) + rowBytes(width); // the gap behind the last row need not be there
    }

    /** Bytes that a picture takes without gaps. */
    public int bytes(int width, int height) {
        return bytes(width, height, rowBytes(width));
    }
}
