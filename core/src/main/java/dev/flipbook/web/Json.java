package dev.flipbook.web;

import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@link StatusJson} as JSON, for servers that have no library for it. This class writes what a status contains,
 * and is not a general library: it reads nothing, and refuses unknown types. Thread-safe, because it has no state.
 */
public final class Json {

    private Json() {}

    /**
     * The JSON text of a value.
     *
     * @param value a text, a number, a boolean, a list or a map of such values or nulls, or a public record of them,
     *     which becomes an object with the names of its components
     * @throws IllegalArgumentException for anything else
     */
    public static String of(Object value) {
        StringBuilder out = new StringBuilder();
        write(out, value);
        return out.toString();
    }

    private static void write(StringBuilder out, @Nullable Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof CharSequence text) {
            quote(out, text);
        } else if (value instanceof Iterable<?> list) {
            write(out, list);
        } else if (value instanceof Map<?, ?> map) {
            write(out, map);
        } else if (value instanceof Record one) {
            write(out, one);
        } else {
            throw new IllegalArgumentException(
                    "no JSON for a " + value.getClass().getName());
        }
    }

    private static void write(StringBuilder out, Iterable<?> list) {
        out.append('[');
        String before = "";
        for (Object one : list) {
            out.append(before);
            write(out, one);
            before = ",";
        }
        out.append(']');
    }

    private static void write(StringBuilder out, Map<?, ?> map) {
        out.append('{');
        String before = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(before);
            member(out, String.valueOf(entry.getKey()), entry.getValue());
            before = ",";
        }
        out.append('}');
    }

    /** Writes the components of a record under their names. */
    private static void write(StringBuilder out, Record one) {
        out.append('{');
        String before = "";
        for (RecordComponent component : one.getClass().getRecordComponents()) {
            out.append(before);
            try {
                member(out, component.getName(), component.getAccessor().invoke(one));
            } catch (ReflectiveOperationException e) {
                throw new IllegalArgumentException(
                        "no JSON for a " + one.getClass().getName(), e);
            }
            before = ",";
        }
        out.append('}');
    }

    private static void member(StringBuilder out, String name, @Nullable Object value) {
        quote(out, name);
        out.append(':');
        write(out, value);
    }

    /**
     * Writes a text between quotes. The two line separators of Unicode are escaped, because JavaScript did not allow
     * them in a string before 2019.
     */
    private static void quote(StringBuilder out, CharSequence text) {
        out.append('"');
        text.chars().forEach(character -> {
            if (character == '"' || character == '\\') {
                out.append('\\').append((char) character);
            } else if (character < ' ' || character == 0x2028 || character == 0x2029) {
                out.append(String.format(Locale.ROOT, "\\u%04x", character));
            } else {
                out.append((char) character);
            }
        });
        out.append('"');
    }
}
