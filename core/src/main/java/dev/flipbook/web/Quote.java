package dev.flipbook.web;

/** A peer's text, fit to be shown back. */
public final class Quote {

    private static final int LONGEST = 80;

    private Quote() {}

    /** On one line, without control characters, cut to 80 characters. */
    public static String of(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
    }
}
