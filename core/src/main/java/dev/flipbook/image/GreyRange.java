package dev.flipbook.image;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The values of a grey picture with 16 bits a sample that are shown as black and as white. Depth and thermal cameras
 * use a small part of all values, so that the picture would be nearly black without a range. Immutable.
 *
 * @param low shown as black, with everything beyond it; 0 to 65535
 * @param high shown as white, with everything beyond it; different from {@code low}, and may be smaller
 */
public record GreyRange(int low, int high) {

    /** All values: how other programs show a picture. */
    public static final GreyRange FULL = new GreyRange(0, 0xFFFF);

    private static final Pattern TEXT = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

    private static final String RIGHT = "it is LOW-HIGH, two different values from 0 to 65535, such as 500-4500";

    /**
     * One of this number of pixels may be darker than black, and one brighter than white, so that a sensor's dead
     * pixels do not decide what is black and white.
     */
    private static final int RARE = 1000;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException when a value is out of range, or both are the same
     */
    public GreyRange {
        if (low < 0 || high < 0 || low > 0xFFFF || high > 0xFFFF || low == high) {
            throw new IllegalArgumentException("the range is " + low + " to " + high + "; " + RIGHT);
        }
    }

    /**
     * A range as a user types it: {@code 500-4500}.
     *
     * @throws IllegalArgumentException whose message says what would be right, to follow what was typed
     */
    public static GreyRange parse(String text) {
        Matcher values = TEXT.matcher(text);
        if (values.matches()) {
            int low = Integer.parseInt(values.group(1));
            int high = Integer.parseInt(values.group(2));
            if (low <= 0xFFFF && high <= 0xFFFF && low != high) {
                return new GreyRange(low, high);
            }
        }
        throw new IllegalArgumentException(RIGHT);
    }

    /**
     * The range in a picture: from its lowest value to its highest, except one pixel in a thousand at either end. A
     * picture that uses at least half of all values, as a photo does, or only one value, is shown as it is:
     * {@link #FULL}.
     *
     * @param counts number of pixels with each of the 65536 values
     * @param pixels number of pixels
     */
    static GreyRange of(int[] counts, int pixels) {
        int rare = pixels / RARE;
        int low = 0;
        for (int passed = counts[0]; passed <= rare && low < 0xFFFF; passed += counts[low]) {
            low++;
        }
        int high = 0xFFFF;
        for (int passed = counts[high]; passed <= rare && high > 0; passed += counts[high]) {
            high--;
        }
        return high <= low || high - low >= 0x8000 ? FULL : new GreyRange(low, high);
    }

    /** Brightness with which a value is shown, 0 to 255. */
    int shown(int value) {
        int width = high - low;
        long scaled = (value - low) * 510L / width; // twice the brightness, so that it can be rounded
        return (int) Math.max(0, Math.min(255, (scaled + 1) >> 1));
    }

    /** The range in the form that {@link #parse} reads. */
    @Override
    public String toString() {
        return low + "-" + high;
    }
}
