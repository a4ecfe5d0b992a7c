package dev.flipbook.v4l2;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A size that a camera offers in one format, or a range of sizes, with the rates. Immutable.
 *
 * @param intervals in the driver's order; none if the driver does not list them
 * @param range whether all intervals between the first and the last are offered as well
 */
record Size(Side width, Side height, List<Interval> intervals, boolean range) {

    /**
     * The widths or heights that are offered, in pixels. Immutable.
     *
     * @param max the same as {@code min} if only one is offered
     * @param step difference between two of them, at least 1
     */
    record Side(int min, int max, int step) {

        boolean has(int pixels) {
            return pixels >= min && pixels <= max && (pixels - min) % step == 0;
        }

        /** The largest value that is at most this limit; empty if all values are larger. */
        Optional<Integer> within(int limit) {
            int end = Math.min(limit, max);
            return end < min ? Optional.empty() : Optional.of(min + (end - min) / step * step);
        }
    }

    Size {
        intervals = List.copyOf(intervals);
    }

    /** A single size. */
    Size(int width, int height, List<Interval> intervals, boolean range) {
        this(new Side(width, width, 1), new Side(height, height, 1), intervals, range);
    }

    boolean has(int wantedWidth, int wantedHeight) {
        return width.has(wantedWidth) && height.has(wantedHeight);
    }

    boolean has(int fps) {
        return fps == 0
                || intervals.isEmpty()
                || intervals.stream().anyMatch(one -> one.isAbout(fps))
                || (range && fps >= slowest() && fps <= fastest());
    }

    /**
     * The interval for a rate. For the rate 0, the interval whose rate is nearest to 30, if possible not above 30.
     * Empty to leave the rate to the driver.
     */
    Optional<Interval> interval(int fps) {
        if (fps != 0) {
            Optional<Interval> listed =
                    intervals.stream().filter(one -> one.isAbout(fps)).findFirst();
            return listed.isPresent() ? listed : Optional.of(new Interval(1, fps));
        }
        if (range && slowest() <= DEFAULT_FPS && fastest() >= DEFAULT_FPS) {
            return Optional.of(new Interval(1, DEFAULT_FPS));
        }
        Interval best = null;
        for (Interval one : intervals) {
            if (best == null || isBetter(one.fps(), best.fps())) {
                best = one;
            }
        }
        return Optional.ofNullable(best);
    }

    private static final int DEFAULT_FPS = 30;

    private static boolean isBetter(double fps, double than) {
        boolean within = fps <= DEFAULT_FPS + 0.5;
        boolean thanWithin = than <= DEFAULT_FPS + 0.5;
        return within == thanWithin ? within == fps > than : within;
    }

    private double slowest() {
        return intervals.stream().mapToDouble(Interval::fps).min().orElse(0);
    }

    private double fastest() {
        return intervals.stream().mapToDouble(Interval::fps).max().orElse(0);
    }

    /** Text for users, such as {@code 1280x720} or {@code 32x32 to 1920x1080}. */
    String text() {
        boolean single = width.min == width.max && height.min == height.max;
        return width.min + "x" + height.min + (single ? "" : " to " + width.max + "x" + height.max);
    }

    /**
     * The rates for users, such as {@code 30, 15 fps} or {@code 5 to 60 fps}; empty if the driver does not list them.
     */
    String rates() {
        if (intervals.isEmpty()) {
            return "";
        }
        if (range) {
            return Interval.text(slowest()) + " to " + Interval.text(fastest()) + " fps";
        }
        return intervals.stream()
                .map(one -> Interval.text(one.fps()))
                .distinct()
                .collect(Collectors.joining(", ", "", " fps"));
    }
}
