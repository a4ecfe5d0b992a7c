package dev.flipbook.v4l2;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A size that a camera offers in one format, or a range of them, with the rates. Immutable.
 *
 * @param width in pixels, the least of a range
 * @param height in pixels, the least of a range
 * @param mostWidth the same as {@code width} unless this is a range
 * @param mostHeight the same as {@code height} unless this is a range
 * @param stepWidth from one width of a range to the next, at least 1
 * @param stepHeight from one height of a range to the next, at least 1
 * @param intervals that are offered, in the driver's order; none when it does not say
 * @param range whether all intervals between the first and the last of them are offered too
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

    /** A single one. */
    Size(int width, int height, List<Interval> intervals) {
        this(width, height, width, height, 1, 1, intervals, false);
    }

    boolean has(int wantedWidth, int wantedHeight) {
        return fits(wantedWidth, width, mostWidth, stepWidth) && fits(wantedHeight, height, mostHeight, stepHeight);
    }

    private static boolean fits(int wanted, int least, int most, int step) {
        return wanted >= least && wanted <= most && (wanted - least) % step == 0;
    }

    /** The largest width of these that is at most so much; empty when all are larger. */
    Optional<Integer> widthWithin(int most) {
        return within(most, width, mostWidth, stepWidth);
    }

    /** The largest height of these that is at most so much; empty when all are larger. */
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

    /** The interval for this rate, or without one the rate nearest to 30 from below; empty leaves it to the driver. */
    Optional<Interval> interval(int fps) {
        if (fps != 0) {
            Optional<Interval> listed =
                    intervals.stream().filter(one -> one.isAbout(fps)).findFirst();
            return listed.isPresent() ? listed : Optional.of(new Interval(1, fps));
        }
        if (range && slowest() <= USUAL && fastest() >= USUAL) {
            return Optional.of(new Interval(1, USUAL));
        }
        Interval best = null;
        for (Interval one : intervals) {
            if (best == null || isBetter(one.fps(), best.fps())) {
                best = one;
            }
        }
        return Optional.ofNullable(best);
    }

    private static final int USUAL = 30;

    private static boolean isBetter(double fps, double than) {
        boolean within = fps <= USUAL + 0.5;
        boolean thanWithin = than <= USUAL + 0.5;
        return within == thanWithin ? within == fps > than : within;
    }

    private double slowest() {
        return intervals.stream().mapToDouble(Interval::fps).min().orElse(0);
    }

    private double fastest() {
        return intervals.stream().mapToDouble(Interval::fps).max().orElse(0);
    }

    /** For people: {@code 1280x720}, {@code 32x32 to 1920x1080}. */
    String text() {
        boolean one = width == mostWidth && height == mostHeight;
        return width + "x" + height + (one ? "" : " to " + mostWidth + "x" + mostHeight);
    }

    /** The rates for people: {@code 30, 15 fps}, {@code 5 to 60 fps}; empty when the driver does not say. */
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
