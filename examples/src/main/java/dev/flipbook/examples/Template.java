package dev.flipbook.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * A small text with placeholders such as <code>{name}</code>. Values are inserted in the order of the placeholders and
 * escaped for HTML. Any template engine that writes to a {@link Writer} can be used instead.
 */
final class Template {

    private final String[] texts;

    private Template(String text) {
        this.texts = text.split("\\{[a-z]+}", -1);
    }

    /** Reads a template from the class path. */
    static Template of(String file) {
        try (InputStream in = Template.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not on the class path");
            }
            return new Template(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(file + " cannot be read", e);
        }
    }

    void write(Writer out, String... values) throws IOException {
        if (values.length != texts.length - 1) {
            throw new IllegalArgumentException(values.length + " values for " + (texts.length - 1) + " places");
        }
        StringBuilder filled = new StringBuilder(texts[0]);
        for (int i = 0; i < values.length; i++) {
            escape(values[i], filled);
            filled.append(texts[i + 1]);
        }
        out.write(filled.toString());
    }

    private static void escape(String value, StringBuilder out) {
        for (int i = 0; i < value.length(); i++) {
            char next = value.charAt(i);
            switch (next) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(next);
            }
        }
    }
}
