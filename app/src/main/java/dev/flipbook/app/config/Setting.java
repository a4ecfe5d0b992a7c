package dev.flipbook.app.config;

import dev.flipbook.app.config.Settings.Given;
import dev.flipbook.web.Quote;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be set, in a file under its key and on the command line by its options: a row of the table in
 * {@link Settings}.
 *
 * @param key the name in a file, without the names of what it stands in
 * @param options names on the command line without the dashes; the first is the usual one
 * @param label name of the value in the help text; empty for a switch
 * @param form what its values look like
 * @param usual its value when none is given
 */
record Setting<T>(String key, List<String> options, String label, Form<T> form, T usual) {

    /** A setting whose option on the command line is its key with dashes. */
    static <T> Setting<T> of(String key, String label, Form<T> form, T usual) {
        return new Setting<>(key, List.of(key.replace('_', '-')), label, form, usual);
    }

    /**
     * These settings with the value of this text.
     *
     * @param where what the text was given to, for the sentence: {@code --fps} or {@code feeds.door.fps}
     * @param text as a file has it, where times and sizes have units
     * @param shown what may be shown of the text
     * @throws IllegalArgumentException when the text is not right; the message says what would be
     */
    Given read(Given given, String where, String text, String shown) {
        T value = form.reader().apply(text).orElseThrow(() -> new IllegalArgumentException(wrong(where, shown)));
        return given.with(this, value);
    }

    /** Does the same as {@link #read} for a setting that may have a value already, which is kept with the new one. */
    Given add(Given given, String where, String text, String shown) {
        T value = form.reader().apply(text).orElseThrow(() -> new IllegalArgumentException(wrong(where, shown)));
        if (!given.has(this)) {
            return given.with(this, value);
        }
        try {
            return given.with(this, form.join().apply(given.get(this), value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + " " + e.getMessage(), e);
        }
    }

    /** The sentence for a value that is not right. */
    String wrong(String where, String shown) {
        return where + " is '" + Quote.of(shown) + "'; " + form.right();
    }

    /** Two settings are the same only when they are the same row of the table. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return key;
    }
}
