package dev.flipbook;

import dev.flipbook.VariantMaker.Change;
import dev.flipbook.mjpeg.Jpeg;
import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Stream;

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

    /** The feed as it is. */
    static final Rung ORIGINAL = of(Variant.ORIGINAL);

    /** Above this a JPEG becomes larger, and no better to see. */
    private static final int BEST = 95;

    /** Of a picture that was not made anew. */
    private static final int UNTOUCHED = 100;

    /** The size of a picture as it is seen, before any turn that a viewer asks for. */
    record Size(int width, int height) {

        /** Assumed while a feed has had no picture, to compare variants with each other. */
        static final Size ASSUMED = new Size(1280, 720);

        static Size of(Jpeg picture) {
            Size encoded = new Size(picture.width(), picture.height());
            return picture.orientation().swapsSides() ? encoded.turned(90) : encoded;
        }

        @SuppressWarnings("ArgumentSelectionDefectChecker") // the sides change places
        private Size turned(int degrees) {
            return degrees % 180 == 0 ? this : new Size(height, width);
        }
    }

    /** For a feed that has not had a picture yet, so that its size cannot be rounded. */
    static Rung of(Variant asked) {
        return new Rung(asked.width(), asked.height(), step(asked.quality()), asked.rotate());
    }

    /** For a feed whose pictures are like this. A viewer that asks for all of its size has it whatever becomes of it. */
    static Rung of(Variant asked, Size picture) {
        Rung exact = of(asked);
        int eighths = exact.eighths(picture);
        if (eighths == 8) {
            return new Rung(0, 0, exact.quality, exact.rotate);
        }
        Size seen = picture.turned(exact.rotate);
        return seen.width >= seen.height // the longer side, because it has the finer steps
                ? new Rung(Change.scaled(seen.width, eighths), 0, exact.quality, exact.rotate)
                : new Rung(0, Change.scaled(seen.height, eighths), exact.quality, exact.rotate);
    }

    /** Up to the next ten, so that none is worse than what was asked for. */
    private static int step(int quality) {
        return Math.min(BEST, (quality + 9) / 10 * 10);
    }

    /** Whether it is the feed as it is, whatever its pictures are. */
    boolean isOriginal() {
        return equals(ORIGINAL);
    }

    /** What is to be done with this picture. */
    Change change(Jpeg picture) {
        return new Change(width == 0 && height == 0 ? 8 : eighths(Size.of(picture)), quality, rotate / 90);
    }

    /**
     * The nearest to this one of those that there are and of the original. First comes how it is turned, then the size, as the
     * ratio of the areas, and of two that are as near the smaller one, which no link takes worse; then the quality.
     *
     * @param picture of the feed
     */
    Rung nearest(Collection<Rung> there, Size picture) {
        return Stream.concat(there.stream(), Stream.of(ORIGINAL))
                .min(Comparator.comparing((Rung one) -> one.rotate != rotate)
                        .thenComparingDouble(one -> ratio(one.eighths(picture), eighths(picture)))
                        .thenComparingInt(one -> one.eighths(picture))
                        .thenComparingInt(one -> Math.abs(one.qualityOf(picture) - qualityOf(picture)))
                        .thenComparingInt(one -> one.qualityOf(picture)))
                .orElse(ORIGINAL);
    }

    /** Of the longer to the shorter. */
    private static double ratio(int one, int other) {
        return (double) Math.max(one, other) / Math.min(one, other);
    }

    private int qualityOf(Size picture) {
        boolean untouched = quality == 0 && eighths(picture) == 8;
        return untouched ? UNTOUCHED : new Change(8, quality, 0).qualityOrUsual();
    }

    /** The fewest that are as wide or as high as was asked for. */
    private int eighths(Size picture) {
        if (width == 0 && height == 0) {
            return 8;
        }
        Size seen = picture.turned(rotate);
        for (int eighths = 1; eighths < 8; eighths++) {
            if ((width > 0 && Change.scaled(seen.width, eighths) >= width)
                    || (height > 0 && Change.scaled(seen.height, eighths) >= height)) {
                return eighths;
            }
        }
        return 8;
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
