package dev.flipbook.server;

/** Text of a peer, made fit to be shown back. */
final class Text {

    private static final int LONGEST = 80;

    private Text() {}

    /** On one line, without control characters, cut to 80 characters. */
    static String quotable(String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 1) + "…";
    }
}
