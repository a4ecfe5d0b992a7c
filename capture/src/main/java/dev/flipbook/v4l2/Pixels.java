package dev.flipbook.v4l2;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The pixel formats of cameras that can be shown, best first. */
enum Pixels {
    MJPG("MJPG", "", "MJPEG"),
    JPEG("JPEG", "", ""),
    YUYV("YUYV", "yuyv422", "YUY2 YUYV422"),
    UYVY("UYVY", "uyvy422", "UYVY422"),
    YVYU("YVYU", "yvyu422", "YVYU422"),
    NV12("NV12", "nv12", ""),
    NV21("NV21", "nv21", ""),
    YU12("YU12", "yuv420p", "I420 YUV420"),
    YV12("YV12", "yuv420p", "YVU420"),
    NV16("NV16", "nv16", ""),
    YUV422P("422P", "yuv422p", "YUV422P"),
    RGB24("RGB3", "rgb24", "RGB24"),
    BGR24("BGR3", "bgr24", "BGR24"),
    BGRX("XR24", "bgr0", "BGRX"),
    BGRA("AR24", "bgra", "BGRA"),
    RGB565("RGBP", "rgb565le", "RGB565"),
    GREY("GREY", "gray", "GRAY Y8"),
    Y16("Y16 ", "gray16le", "Y16"),
    Z16("Z16 ", "gray16le", "Z16"),
    BAYER_BGGR("BA81", "bayer_bggr8", ""),
    BAYER_GBRG("GBRG", "bayer_gbrg8", ""),
    BAYER_GRBG("GRBG", "bayer_grbg8", ""),
    BAYER_RGGB("RGGB", "bayer_rggb8", "");

    /** V4L2's number of the format. */
    final int fourcc;

    /** FFmpeg's name of the same layout; empty for JPEGs. */
    final String ffmpeg;

    /** Other names of the format, separated by spaces. */
    private final String aliases;

    Pixels(String fourcc, String ffmpeg, String aliases) {
        this.fourcc = V4l2.fourcc(fourcc);
        this.ffmpeg = ffmpeg;
        this.aliases = aliases;
    }

    boolean isJpeg() {
        return ffmpeg.isEmpty();
    }

    /** Whether the two colour planes are in the opposite order of FFmpeg's format. */
    boolean isSwapped() {
        return this == YV12;
    }

    static Optional<Pixels> of(int fourcc) {
        for (Pixels one : values()) {
            if (one.fourcc == fourcc) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    /** Whether a user's text means the format of this number, which need not be in this list. */
    static boolean isCalled(int fourcc, String text) {
        String wanted = text.strip().toUpperCase(Locale.ROOT);
        return wanted.equals(characters(fourcc))
                || of(fourcc)
                        .filter(one -> List.of(one.aliases.split(" ")).contains(wanted))
                        .isPresent();
    }

    /** The name of the format of this number, such as {@code MJPEG} or {@code YUYV}. */
    static String name(int fourcc) {
        return fourcc == MJPG.fourcc ? "MJPEG" : characters(fourcc);
    }

    private static String characters(int fourcc) {
        StringBuilder text = new StringBuilder();
        for (int shift = 0; shift < 32; shift += 8) {
            int character = fourcc >> shift & 0x7F; // the highest bit means big-endian
            text.append(character < ' ' || character == 0x7F ? '?' : (char) character);
        }
        return text.toString().strip();
    }
}
