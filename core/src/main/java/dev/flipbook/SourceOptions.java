package dev.flipbook;

/**
 * What a user asks of a source; 0 leaves it to the source.
 *
 * @param fps at most this many frames a second, 1 to 1000; 0 for all
 * @param width in pixels, 16 to 8192, with {@code height} or without
 * @param height in pixels, 16 to 8192
 * @param quality of the JPEGs that are made, 1 to 100; {@link #DEFAULT} says 80
 */
public record SourceOptions(int fps, int width, int height, int quality) {

    /** The source's own rate and size, quality 80: the least at which text in a picture stays clean. */
    public static final SourceOptions DEFAULT = new SourceOptions(0, 0, 0, 80);

    public SourceOptions {
        check("fps", fps, 1, 1000);
        check("width", width, 16, 8192);
        check("height", height, 16, 8192);
        check("quality", quality, 1, 100);
        if ((width == 0) != (height == 0)) {
            throw new IllegalArgumentException(
                    "width and height stand together or not at all: " + width + "x" + height);
        }
        quality = quality == 0 ? 80 : quality;
    }

    private static void check(String what, int value, int min, int max) {
        if (value != 0 && (value < min || value > max)) {
            throw new IllegalArgumentException(what + " is " + value + "; it goes from " + min + " to " + max);
        }
    }
}
