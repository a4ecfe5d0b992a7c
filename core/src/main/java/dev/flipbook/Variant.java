package dev.flipbook;

/**
 * A feed in another size, quality or rotation, as a viewer asks for it. In each component 0 means: as the feed has it.
 * Immutable.
 *
 * <p>Variants are made in eighths of the feed's size. A variant is as large as asked for or a little larger, at least
 * an eighth of the feed's size, and never larger than the feed. Qualities are rounded up to 10, 20 and so on to 90, and
 * 95. Therefore viewers that ask for nearly the same share one picture.
 *
 * @param width in pixels of the picture as it is seen, 16 to 8192; with a height too, the picture fits inside both
 * @param height in pixels of the picture as it is seen, 16 to 8192
 * @param quality of the JPEG, 1 to 100; if it is 0 and the picture has to be encoded again, 80
 * @param rotate degrees clockwise: 0, 90, 180 or 270
 */
public record Variant(int width, int height, int quality, int rotate) {

    /** The feed as it is. */
    public static final Variant ORIGINAL = new Variant(0, 0, 0, 0);

    private static final int MIN_SIDE = 16;
    private static final int MAX_SIDE = 8192;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException with a sentence that names the value and the possible ones
     */
    public Variant {
        checkSide("width", width);
        checkSide("height", height);
        if (quality < 0 || quality > 100) {
            throw new IllegalArgumentException("quality is a number from 1 to 100, not '" + quality + "'");
        }
        if (rotate % 90 != 0 || rotate < 0 || rotate > 270) {
            throw new IllegalArgumentException(
                    "rotate is one of: 0, 90, 180, 270 (degrees clockwise), not '" + rotate + "'");
        }
    }

    private static void checkSide(String name, int pixels) {
        if (pixels != 0 && (pixels < MIN_SIDE || pixels > MAX_SIDE)) {
            throw new IllegalArgumentException(
                    name + " is a number of pixels from " + MIN_SIDE + " to " + MAX_SIDE + ", not '" + pixels + "'");
        }
    }
}
