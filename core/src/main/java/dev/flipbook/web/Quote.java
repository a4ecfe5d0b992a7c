package dev.flipbook.web;

import dev.flipbook.text.PlainText;

/** A peer's text, fit to be shown back. */
public final class Quote {

    private static final int LONGEST = 80;

    private Quote() {}

    /** On one line, without what a terminal would act on, cut to 80 characters. */
    public static String of(String text) {
        return PlainText.line(text, "?", LONGEST);
    }
}
