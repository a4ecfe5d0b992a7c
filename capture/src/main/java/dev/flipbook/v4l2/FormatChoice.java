package dev.flipbook.v4l2;

import dev.flipbook.SourceOptions;
import dev.flipbook.v4l2.OfferedFormats.InFormat;
import java.io.IOException;
import java.util.Optional;

/**
 * The format, size and rate that a camera is set to. Immutable.
 *
 * @param interval empty to leave the rate to the driver
 */
record FormatChoice(Pixels pixels, int width, int height, Optional<Interval> interval) {

    /** Default size, or the maximum if the camera does not offer it. Nearly all cameras deliver this size at 30 fps. */
    private static final int DEFAULT_WIDTH = 1280;

    private static final int DEFAULT_HEIGHT = 720;

    /**
     * Chooses the best of what the camera offers: JPEGs rather than pixels, 1280x720 or the largest size within it, and
     * at most about 30 frames a second, unless the options request something else.
     *
     * @param camera the camera's name for messages
     * @param driversOwn width and height that the driver is set to, used if it lists no sizes
     * @throws IOException if the camera does not offer what is requested; the message lists what it offers
     */
    static FormatChoice of(String camera, OfferedFormats offer, SourceOptions wish, int[] driversOwn)
            throws IOException {
        for (Pixels pixels : Pixels.values()) {
            for (InFormat format : offer.formats()) {
                if (format.fourcc() == pixels.fourcc
                        && (wish.format().isBlank() || Pixels.isCalled(pixels.fourcc, wish.format()))) {
                    Optional<FormatChoice> found = in(format, pixels, wish, driversOwn);
                    if (found.isPresent()) {
                        return found.get();
                    }
                }
            }
        }
        throw new IOException(
                wished(wish) + " is not offered by the camera " + camera + ", which offers " + offer.text());
    }

    private static Optional<FormatChoice> in(InFormat format, Pixels pixels, SourceOptions wish, int[] driversOwn) {
        if (format.sizes().isEmpty()) { // drivers need not list sizes
            int width = wish.width() == 0 ? driversOwn[0] : wish.width();
            int height = wish.width() == 0 ? driversOwn[1] : wish.height();
            Optional<Interval> interval = wish.fps() == 0 ? Optional.empty() : Optional.of(new Interval(1, wish.fps()));
            return Optional.of(new FormatChoice(pixels, width, height, interval));
        }
        return wish.width() == 0 ? nearDefault(format, pixels, wish.fps()) : exactly(format, pixels, wish);
    }

    private static Optional<FormatChoice> exactly(InFormat format, Pixels pixels, SourceOptions wish) {
        return format.sizes().stream()
                .filter(size -> size.has(wish.width(), wish.height()) && size.has(wish.fps()))
                .findFirst()
                .map(size -> new FormatChoice(pixels, wish.width(), wish.height(), size.interval(wish.fps())));
    }

    private static Optional<FormatChoice> nearDefault(InFormat format, Pixels pixels, int fps) {
        FormatChoice best = null;
        for (Size size : format.sizes()) {
            if (size.has(fps)) {
                Optional<Integer> width = size.width().within(DEFAULT_WIDTH);
                Optional<Integer> height = size.height().within(DEFAULT_HEIGHT);
                boolean within = width.isPresent() && height.isPresent();
                FormatChoice one = new FormatChoice(
                        pixels,
                        within ? width.get() : size.width().min(),
                        within ? height.get() : size.height().min(),
                        size.interval(fps));
                if (best == null || one.isBetterThan(best)) {
                    best = one;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /**
     * Whether this choice is better. A size within the default size is better than a larger one; of two sizes within it
     * the larger is better, of two larger ones the smaller.
     */
    private boolean isBetterThan(FormatChoice other) {
        return isWithin() == other.isWithin()
                ? isWithin() == pixelCount() > other.pixelCount() && pixelCount() != other.pixelCount()
                : isWithin();
    }

    private boolean isWithin() {
        return width <= DEFAULT_WIDTH && height <= DEFAULT_HEIGHT;
    }

    private long pixelCount() {
        return (long) width * height;
    }

    private static String wished(SourceOptions wish) {
        String text = (wish.format().isBlank() ? "" : wish.format().strip() + " ")
                + (wish.width() == 0 ? "" : wish.width() + "x" + wish.height() + " ")
                + (wish.fps() == 0 ? "" : "at " + wish.fps() + " fps");
        return text.isBlank() ? "a picture that can be shown" : text.strip();
    }
}
