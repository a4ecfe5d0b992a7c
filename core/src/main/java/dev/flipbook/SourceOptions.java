package dev.flipbook;

import dev.flipbook.image.GreyRange;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What a user asks of a source, which follows as far as it can; 0 and empty leave it to the source.
 *
 * @param fps at most this many frames a second, 1 to 1000; 0 for all
 * @param width in pixels, 16 to 8192, with {@code height} or without
 * @param height in pixels, 16 to 8192
 * @param quality of the JPEGs that are made, 1 to 100; {@link #DEFAULT} says 80
 * @param rotate how far pictures are turned clockwise, in degrees: 0, 90, 180 or 270
 * @param mirror whether left and right change places, before the turn
 * @param follow whether a folder shows its newest picture instead of one after the other
 * @param interval between two pictures of a folder or of an address that is asked again and again, up to a day; zero for the
 *     source's own
 * @param format of a camera's pictures, as the camera calls it, such as {@code YUYV}; empty for the best
 * @param controls of a camera, such as {@code brightness}, and what they are to be set to
 * @param range of grey pictures with 16 bits, such as depth and thermal cameras give: the values that are shown as black and as
 *     white; empty for what is in each picture
 */
public record SourceOptions(
        int fps,
        int width,
        int height,
        int quality,
        int rotate,
        boolean mirror,
        boolean follow,
        Duration interval,
        String format,
        Map<String, Integer> controls,
        Optional<GreyRange> range) {

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
        if (rotate % 90 != 0 || rotate < 0 || rotate > 270) {
            throw new IllegalArgumentException("rotate is " + rotate + "; it is one of 0, 90, 180, 270");
        }
        if (interval.isNegative() || interval.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("interval is " + interval + "; it goes from 0 to a day");
        }
        quality = quality == 0 ? 80 : quality;
        controls = Map.copyOf(controls);
    }

    /** These, and nothing else asked. */
    public SourceOptions(int fps, int width, int height, int quality) {
        this(fps, width, height, quality, 0, false, false, Duration.ZERO, "", Map.of());
    }

    /** These, and no range. */
    public SourceOptions(
            int fps,
            int width,
            int height,
            int quality,
            int rotate,
            boolean mirror,
            boolean follow,
            Duration interval,
            String format,
            Map<String, Integer> controls) {
        this(fps, width, height, quality, rotate, mirror, follow, interval, format, controls, Optional.empty());
    }

    /** The same with this range. */
    public SourceOptions withRange(Optional<GreyRange> shown) {
        return new SourceOptions(
                fps, width, height, quality, rotate, mirror, follow, interval, format, controls, shown);
    }

    /** The time between two pictures that is asked for, by {@code interval} or {@code fps}; else this. */
    public Duration intervalOr(Duration usual) {
        if (!interval.isZero()) {
            return interval;
        }
        return fps > 0 ? Duration.ofSeconds(1).dividedBy(fps) : usual;
    }

    private static void check(String what, int value, int min, int max) {
        if (value != 0 && (value < min || value > max)) {
            throw new IllegalArgumentException(what + " is " + value + "; it goes from " + min + " to " + max);
        }
    }
}
