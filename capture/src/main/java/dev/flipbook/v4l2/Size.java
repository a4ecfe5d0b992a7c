package dev.flipbook.v4l2;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A size that a camera offers in one format, or a range of sizes, with the rates. Immutable.
 *
 * @param width in pixels; the minimum of a range
 * @param height in pixels; the minimum of a range
 * @param mostWidth the maximum of a range, otherwise the same as {@code width}
 * @param mostHeight the maximum of a range, otherwise the same as {@code height}
 * @param stepWidth difference between two widths of a range, at least 1
 * @param stepHeight difference between two heights of a range, at least 1
 * @param intervals in the driver's order; none if the driver does not tell
 * @param range whether all intervals between the first and the last are offered as well
 */
record Size(
        int width,
        int height,
        int mostWidth,
        int mostHeight,
        int stepWidth,
        int stepHeight,
        List<Interval> intervals,
        boolean range) {

    Size {
        intervals = List.copyOf(intervals);
    }

    /** A single size. */
    Size(int width, int height, List<Interval> intervals) {
        this(width, height, width, height, 1, 1, intervals, false);
    }

    boolean has(int wantedWidth, int wantedHeight) {
        return fits(wantedWidth, width, mostWidth, stepWidth) && fits(wantedHeight, height, mostHeight, stepHeight);
    }

    private static boolean fits(int wanted, int least, int most, int step) {
        return wanted >= least && wanted <= most && (wanted - least) % step == 0;
    }

    /** The largest of the widths that is at most this; empty if all are larger. */
    Optional<Integer> widthWithin(int most) {
        return within(most, width, mostWidth, stepWidth);
    }

    /** The largest of the heights that is at most this; empty if all are larger. */
    Optional<Integer> heightWithin(int most) {
        return within(most, height, mostHeight, stepHeight);
    }

    private static Optional<Integer> within(int most, int least, int largest, int step) {
        int limit = Math.min(most, largest);
        return limit < least ? Optional.empty() : Optional.of(least + (limit - least) / step * step);
    }

    boolean has(int fps) {
        return fps == 0
                || intervals.isEmpty()
                || intervals.stream().anyMatch(one -> one.isAbout(fps))
                || (range && fps >= slowest() && fps <= fastest());
    }

    /**
     * The interval for a rate; for 0 the one whose rate is nearest to 30, if possible not above. Empty to leave the
     * rate to the driver.
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
        boolean one = width == mostWidth && height == mostHeight;
        return width + "x" + height + (one ? "" : " to " + mostWidth + "x" + mostHeight);
    }

    /** The rates for users, such as {@code 30, 15 fps} or {@code 5 to 60 fps}; empty if the driver does not tell. */
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
