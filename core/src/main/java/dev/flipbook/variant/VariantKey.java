package dev.flipbook.variant;

import dev.flipbook.Variant;
import dev.flipbook.image.VariantMaker.Change;
import dev.flipbook.jpeg.Jpeg;
import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The key of a variant: what a viewer asked for, rounded, so that viewers that ask for nearly the same share one
 * variant. In each component 0 means: as the feed has it. Immutable.
 *
 * @param width requested width of the picture as it is seen, in pixels
 * @param height requested height of the picture as it is seen, in pixels
 * @param quality 10, 20 and so on to 90, and 95
 * @param rotate degrees clockwise
 */
public record VariantKey(int width, int height, int quality, int rotate) {

    /** The feed as it is. */
    static final VariantKey ORIGINAL = of(Variant.ORIGINAL);

    /** Maximum quality: above it a JPEG becomes larger and looks no better. */
    private static final int BEST = 95;

    /** Quality of a picture that is passed on as it is, for comparisons. */
    private static final int UNTOUCHED = 100;

    /** The size of a picture as it is seen, before the turn that a viewer asks for. */
    public record Size(int width, int height) {

        /** Size that is assumed until a feed has its first picture, to compare variants with each other. */
        public static final Size ASSUMED = new Size(1280, 720);

        public static Size of(Jpeg picture) {
            Size encoded = new Size(picture.width(), picture.height());
            return picture.orientation().swapsSides() ? encoded.turned(90) : encoded;
        }

        @SuppressWarnings("ArgumentSelectionDefectChecker") // the sides are exchanged on purpose
        private Size turned(int degrees) {
            return degrees % 180 == 0 ? this : new Size(height, width);
        }
    }

    /** The key for a feed without a picture so far: the size cannot be rounded. */
    public static VariantKey of(Variant asked) {
        return new VariantKey(asked.width(), asked.height(), step(asked.quality()), asked.rotate());
    }

    /**
     * The key for a feed whose pictures have this size. A viewer that asks for the whole size gets the whole size also
     * when the pictures change theirs.
     */
    public static VariantKey of(Variant asked, Size picture) {
        VariantKey exact = of(asked);
        int eighths = exact.eighths(picture);
        if (eighths == 8) {
            return new VariantKey(0, 0, exact.quality, exact.rotate);
        }
        Size seen = picture.turned(exact.rotate);
        return seen.width >= seen.height // the longer side, because its steps are finer
                ? new VariantKey(Change.scaled(seen.width, eighths), 0, exact.quality, exact.rotate)
                : new VariantKey(0, Change.scaled(seen.height, eighths), exact.quality, exact.rotate);
    }

    /** Rounds a quality up to the next ten, so that nobody gets less than was asked for. */
    private static int step(int quality) {
        return Math.min(BEST, (quality + 9) / 10 * 10);
    }

    /** Whether this is the feed as it is, whatever its pictures are. */
    public boolean isOriginal() {
        return equals(ORIGINAL);
    }

    /** What has to be done with this picture. */
    Change change(Jpeg picture) {
        return new Change(width == 0 && height == 0 ? 8 : eighths(Size.of(picture)), quality, rotate / 90);
    }

    /**
     * The key nearest to this one, out of the given ones and the original. The turn counts first, then the ratio of the
     * areas, then the quality. Of two sizes that are equally near the smaller one is taken, because no link is too slow
     * for it.
     *
     * @param picture size of the feed's pictures
     */
    VariantKey nearest(Collection<VariantKey> there, Size picture) {
        return Stream.concat(there.stream(), Stream.of(ORIGINAL))
                .min(Comparator.comparing((VariantKey one) -> one.rotate != rotate)
                        .thenComparingDouble(one -> ratio(one.eighths(picture), eighths(picture)))
                        .thenComparingInt(one -> one.eighths(picture))
                        .thenComparingInt(one -> Math.abs(one.qualityOf(picture) - qualityOf(picture)))
                        .thenComparingInt(one -> one.qualityOf(picture)))
                .orElse(ORIGINAL);
    }

    /** Ratio of the larger to the smaller. */
    private static double ratio(int one, int other) {
        return (double) Math.max(one, other) / Math.min(one, other);
    }

    private int qualityOf(Size picture) {
        boolean untouched = quality == 0 && eighths(picture) == 8;
        return untouched ? UNTOUCHED : new Change(8, quality, 0).qualityOrUsual();
    }

    /** The fewest eighths that give a picture as wide or as high as was asked for. */
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

    /** The key as messages show it: {@code width=320 quality=80}. */
    @Override
    public String toString() {
        String text = part("width", width) + part("height", height) + part("quality", quality) + part("rotate", rotate);
        return text.strip();
    }

    private static String part(String name, int value) {
        return value == 0 ? "" : " " + name + "=" + value;
    }
}
