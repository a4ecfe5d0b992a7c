package dev.flipbook.v4l2;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** The time from one picture to the next, as drivers write it: so many seconds by so many. Neither is 0 or below. */
record Interval(int numerator, int denominator) {

    double fps() {
        return (double) denominator / numerator;
    }

    /** Whether somebody who says so many frames a second means this: 30 is said of 29.97 too. */
    boolean isAbout(int fps) {
        return Math.abs(fps() - fps) <= 0.5;
    }

    /** The frames a second without needless digits: {@code 30}, {@code 7.5}. */
    static String text(double fps) {
        return BigDecimal.valueOf(fps)
                .setScale(2, RoundingMode.HALF_UP)
                .stripTrailingZeros()
                .toPlainString();
    }
}
