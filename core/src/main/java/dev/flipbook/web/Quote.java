package dev.flipbook.web;

import dev.flipbook.text.PlainText;

/** A peer's text, made safe to be shown in messages. */
public final class Quote {

    private static final int MAX_LENGTH = 80;

    private Quote() {}

    /** The text on one line, without characters on which a terminal would act, cut to 80 characters. */
    public static String of(String text) {
        return PlainText.line(text, "?", MAX_LENGTH);
    }
}
