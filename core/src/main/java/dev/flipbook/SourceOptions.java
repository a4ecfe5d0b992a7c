package dev.flipbook;

import dev.flipbook.image.GreyRange;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Options for a source, which follows them as far as it can. A value that is 0 or empty is left to the source.
 * Immutable.
 *
 * @param fps maximum frames a second, 1 to 1000; 0 for all
 * @param width in pixels, 16 to 8192; 0 only together with {@code height}
 * @param height in pixels, 16 to 8192; 0 only together with {@code width}
 * @param quality of the JPEGs that are made, 1 to 100; 0 for the default of 80
 * @param rotate degrees by which pictures are turned clockwise: 0, 90, 180 or 270
 * @param mirror whether to exchange left and right, before the turn
 * @param follow whether a folder shows its newest picture instead of one picture after another
 * @param interval between two pictures of a folder, or of an address that is asked again and again; at most a day. Zero
 *     for the source's own
 * @param format of a camera's pictures, in the camera's own word, such as {@code YUYV}; empty for the best
 * @param controls values for settings of a camera, such as {@code brightness}
 * @param range of grey pictures with 16 bits, as depth and thermal cameras give: the values that are shown as black and
 *     white; empty for the lowest and highest value of each picture
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

    /**
     * The default: the source's own rate and size, and quality 80, the lowest at which text in a picture stays clean.
     */
    public static final SourceOptions DEFAULT = new SourceOptions(0, 0, 0, 80);

    public SourceOptions {
        check("fps", fps, 1, 1000);
        check("width", width, 16, 8192);
        check("height", height, 16, 8192);
        check("quality", quality, 1, 100);
        if ((width == 0) != (height == 0)) {
            throw new IllegalArgumentException(
                    "width and height are given together or not at all: " + width + "x" + height);
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

    /**
     * Options with these values; the others are left to the source.
     *
     * @throws IllegalArgumentException when a value is out of range
     */
    public SourceOptions(int fps, int width, int height, int quality) {
        this(fps, width, height, quality, 0, false, false, Duration.ZERO, "", Map.of());
    }

    /**
     * Options with these values and no range.
     *
     * @throws IllegalArgumentException when a value is out of range
     */
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

    /** The same options with this range. */
    public SourceOptions withRange(Optional<GreyRange> shown) {
        return new SourceOptions(
                fps, width, height, quality, rotate, mirror, follow, interval, format, controls, shown);
    }

    /** The same options with these values for settings of a camera. */
    public SourceOptions withControls(Map<String, Integer> values) {
        return new SourceOptions(fps, width, height, quality, rotate, mirror, follow, interval, format, values, range);
    }

    /** The time between two pictures that {@code interval} or {@code fps} asks for; this default if neither does. */
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
