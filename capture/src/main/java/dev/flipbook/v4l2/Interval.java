package dev.flipbook.v4l2;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** The time between two pictures as a fraction of seconds, as drivers write it. Both numbers are above 0. Immutable. */
record Interval(int numerator, int denominator) {

    double fps() {
        return (double) denominator / numerator;
    }

    /**
     * Whether users mean this interval when they ask for this number of frames a second. For example, 30 also means
     * 29.97.
     */
    boolean isAbout(int fps) {
        return Math.abs(fps() - fps) <= 0.5;
    }

    /** Frames a second without needless digits, such as {@code 30} or {@code 7.5}. */
    static String text(double fps) {
        return BigDecimal.valueOf(fps)
                .setScale(2, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
