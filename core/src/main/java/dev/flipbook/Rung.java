package dev.flipbook;

import dev.flipbook.VariantMaker.Change;
import dev.flipbook.mjpeg.Jpeg;

/**
 * A variant on the ladder of those that are made: what viewers who ask for nearly the same have in common. In each of them 0
 * means: as the feed has it.
 *
 * @param width of the picture as it is seen
 * @param height of the picture as it is seen
 * @param quality 10, 20 and so on to 90, and 95
 * @param rotate degrees clockwise
 */
record Rung(int width, int height, int quality, int rotate) {

    /** Above this a JPEG becomes larger, and no better to see. */
    private static final int BEST = 95;

    /** For a feed that has not had a picture yet, so that its size cannot be rounded. */
    static Rung of(Variant asked) {
        return new Rung(asked.width(), asked.height(), step(asked.quality()), asked.rotate());
    }

    /** For a feed whose pictures are like this. Who asks for all of its size has it whatever becomes of it. */
    static Rung of(Variant asked, Jpeg picture) {
        Rung exact = of(asked);
        int eighths = exact.eighths(picture);
        if (eighths == 8) {
            return new Rung(0, 0, exact.quality, exact.rotate);
        }
        boolean lies = exact.swapsSides(picture);
        int seenWidth = lies ? picture.height() : picture.width();
        int seenHeight = lies ? picture.width() : picture.height();
        return seenWidth >= seenHeight // the longer side, as it has the finer steps
                ? new Rung(Change.scaled(seenWidth, eighths), 0, exact.quality, exact.rotate)
                : new Rung(0, Change.scaled(seenHeight, eighths), exact.quality, exact.rotate);
    }

    /** Up to the next ten, so that none is worse than what was asked for. */
    private static int step(int quality) {
        return Math.min(BEST, (quality + 9) / 10 * 10);
    }

    /** Whether it is the feed as it is, whatever its pictures are. */
    boolean isOriginal() {
        return width == 0 && height == 0 && quality == 0 && rotate == 0;
    }

    /** What is to be done with this picture. */
    Change change(Jpeg picture) {
        return new Change(eighths(picture), quality, rotate / 90);
    }

    /** The fewest that are as wide or as high as was asked for. */
    private int eighths(Jpeg picture) {
        if (width == 0 && height == 0) {
            return 8;
        }
        boolean lies = swapsSides(picture);
        int seenWidth = lies ? picture.height() : picture.width();
        int seenHeight = lies ? picture.width() : picture.height();
        for (int eighths = 1; eighths < 8; eighths++) {
            if ((width > 0 && Change.scaled(seenWidth, eighths) >= width)
                    || (height > 0 && Change.scaled(seenHeight, eighths) >= height)) {
                return eighths;
            }
        }
        return 8;
    }

    private boolean swapsSides(Jpeg picture) {
        return rotate % 180 != 0 ^ picture.orientation().swapsSides();
    }

    /** As a sentence lists it: {@code width=320 quality=80}. */
    @Override
    public String toString() {
        String text = part("width", width) + part("height", height) + part("quality", quality) + part("rotate", rotate);
        return text.strip();
    }

    private static String part(String name, int value) {
        return value == 0 ? "" : " " + name + "=" + value;
    }
}
