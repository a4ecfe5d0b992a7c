package dev.flipbook.image;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which values of a grey picture with 16 bits a sample are shown as black and as white: what depth and thermal cameras
 * give is within a small part of all values, and would be nearly black. Immutable.
 *
 * @param low is shown as black, and what is beyond it; 0 to 65535
 * @param high is shown as white, and what is beyond it; another one than {@code low}, also a smaller one
 */
public record GreyRange(int low, int high) {

    /** All values: what a picture looks like in other programs. */
    public static final GreyRange FULL = new GreyRange(0, 0xFFFF);

    private static final Pattern TEXT = Pattern.compile("(\\d{1,5})-(\\d{1,5})");

    private static final String RIGHT = "it is LOW-HIGH, two different values from 0 to 65535, such as 500-4500";

    /**
     * Of 1000 pixels one may be darker, and one brighter: a sensor's dead pixels are not to say what is black and
     * white.
     */
    private static final int RARE = 1000;

    /** @throws IllegalArgumentException when a value is out of range, or both are the same */
    public GreyRange {
        if (low < 0 || high < 0 || low > 0xFFFF || high > 0xFFFF || low == high) {
            throw new IllegalArgumentException("the range is " + low + " to " + high + "; " + RIGHT);
        }
    }

    /**
     * As a user types it: {@code 500-4500}.
     *
     * @throws IllegalArgumentException that says what would be right, to be put after what was typed
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
     * What is in a picture: from its lowest value to its highest, but for one pixel in a thousand on either side. A
     * picture that uses at least half of all values, as a photo does, or only one, is shown as it is: {@link #FULL}.
     *
     * @param counts of the pixels that have each value, 65536
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

    /** How bright a value is shown, 0 to 255. */
    int shown(int value) {
        int width = high - low;
        long scaled = (value - low) * 510L / width; // twice as large, to be rounded
        return (int) Math.max(0, Math.min(255, (scaled + 1) >> 1));
    }

    /** As {@link #parse} takes it. */
    @Override
    public String toString() {
        return low + "-" + high;
    }
}
