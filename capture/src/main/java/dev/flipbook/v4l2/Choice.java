package dev.flipbook.v4l2;

import dev.flipbook.SourceOptions;
import dev.flipbook.v4l2.Offer.InFormat;
import java.io.IOException;
import java.util.Optional;

/**
 * What is asked of a camera. Immutable.
 *
 * @param interval empty leaves it to the driver
 */
record Choice(Pixels pixels, int width, int height, Optional<Interval> interval) {

    /** The size that is taken without a wish, or the largest within it: what nearly all cameras have at 30 fps. */
    private static final int USUAL_WIDTH = 1280;

    private static final int USUAL_HEIGHT = 720;

    /**
     * The best of what is offered: JPEGs before pixels, 1280x720 or the largest within it, at most about 30 frames a second,
     * unless something else is wished.
     *
     * @param camera for messages
     * @param driversOwn width and height that the driver is set to, taken when it lists no size
     * @throws IOException when it does not offer what is wished; the message lists what it does
     */
    static Choice of(String camera, Offer offer, SourceOptions wish, int[] driversOwn) throws IOException {
        for (Pixels pixels : Pixels.values()) {
            for (InFormat format : offer.formats()) {
                if (format.fourcc() == pixels.fourcc
                        && (wish.format().isBlank() || Pixels.isCalled(pixels.fourcc, wish.format()))) {
                    Optional<Choice> found = in(format, pixels, wish, driversOwn);
                    if (found.isPresent()) {
                        return found.get();
                    }
                }
            }
        }
        throw new IOException(
                wished(wish) + " cannot be had of the camera " + camera + ", which offers " + offer.text());
    }

    private static Optional<Choice> in(InFormat format, Pixels pixels, SourceOptions wish, int[] driversOwn) {
        if (format.sizes().isEmpty()) { // drivers need not list them
            int width = wish.width() == 0 ? driversOwn[0] : wish.width();
            int height = wish.width() == 0 ? driversOwn[1] : wish.height();
            Optional<Interval> interval = wish.fps() == 0 ? Optional.empty() : Optional.of(new Interval(1, wish.fps()));
            return Optional.of(new Choice(pixels, width, height, interval));
        }
        return wish.width() == 0 ? usual(format, pixels, wish.fps()) : exactly(format, pixels, wish);
    }

    private static Optional<Choice> exactly(InFormat format, Pixels pixels, SourceOptions wish) {
        return format.sizes().stream()
                .filter(size -> size.has(wish.width(), wish.height()) && size.has(wish.fps()))
                .findFirst()
                .map(size -> new Choice(pixels, wish.width(), wish.height(), size.interval(wish.fps())));
    }

    private static Optional<Choice> usual(InFormat format, Pixels pixels, int fps) {
        Choice best = null;
        for (Size size : format.sizes()) {
            if (size.has(fps)) {
                Optional<Integer> width = size.widthWithin(USUAL_WIDTH);
                Optional<Integer> height = size.heightWithin(USUAL_HEIGHT);
                boolean within = width.isPresent() && height.isPresent();
                Choice one = new Choice(
                        pixels,
                        within ? width.get() : size.width(),
                        within ? height.get() : size.height(),
                        size.interval(fps));
                if (best == null || one.isBetterThan(best)) {
                    best = one;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /** Within the usual size the largest is best, and any of them before a larger one, of which the smallest is. */
    private boolean isBetterThan(Choice other) {
        return isWithin() == other.isWithin()
                ? isWithin() == pixelCount() > other.pixelCount() && pixelCount() != other.pixelCount()
                : isWithin();
    }

    private boolean isWithin() {
        return width <= USUAL_WIDTH && height <= USUAL_HEIGHT;
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
