package dev.flipbook.app.config;

import dev.flipbook.text.Secrets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A text that may be or hold a secret, and cannot be printed by mistake. Two secrets are equal when their values are.
 * Immutable.
 */
public final class Secret {

    /** What stands for a text that comes from a file of secrets. */
    static final String HIDDEN = "***";

    private final String value;
    private final String shown;
    private final Set<String> parts;

    private Secret(String value, String shown, Set<String> parts) {
        this.value = value;
        this.shown = shown;
        this.parts = Set.copyOf(parts);
    }

    /** A text that was typed: what looks like a login or a password in it is not shown. */
    public static Secret typed(String text) {
        return new Secret(text, Secrets.hideInAddress(text), Set.of());
    }

    /**
     * A text with variables of the environment.
     *
     * @param value the text with the values of the variables
     * @param names the text with the variables as they stand in the file
     * @param values of the variables
     */
    static Secret expanded(String value, String names, Set<String> values) {
        return new Secret(value, Secrets.hideInAddress(names), values);
    }

    /** A text of which nothing is shown. */
    static Secret hidden(String value) {
        return new Secret(value, HIDDEN, Set.of(value));
    }

    /** The text itself, for the source that needs it. */
    public String value() {
        return value;
    }

    /** What of this text must not be shown by anybody: the values of variables, or the whole content of a file. */
    Set<String> parts() {
        return parts;
    }

    /** The sentence with this text replaced by what may be shown of it. */
    String hideIn(String sentence) {
        return value.isBlank() ? sentence : sentence.replace(value, shown);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && secret.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /**
     * What may be shown: an address without its login and query, {@code ***} for a text of a file, {@code ${NAME}} for
     * a variable.
     */
    @Override
    public String toString() {
        return shown;
    }
}
