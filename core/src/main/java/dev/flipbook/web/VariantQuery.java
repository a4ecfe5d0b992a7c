package dev.flipbook.web;

import dev.flipbook.Variant;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads numbers, and the variant that they describe, from a query. */
final class VariantQuery {

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    private VariantQuery() {}

    /** The variant that {@code width}, {@code height}, {@code quality} and {@code rotate} ask for. */
    static Variant of(Function<String, Optional<String>> query) {
        return new Variant(
                number(query, "width", "a number of pixels from 16 to 8192", 16, 8192)
                        .orElse(0),
                number(query, "height", "a number of pixels from 16 to 8192", 16, 8192)
                        .orElse(0),
                number(query, "quality", "a number from 1 to 100", 1, 100).orElse(0),
                rotate(query));
    }

    private static int rotate(Function<String, Optional<String>> query) {
        String asked = query.apply("rotate").orElse("");
        return switch (asked) {
            case "", "0" -> 0;
            case "90" -> 90;
            case "180" -> 180;
            case "270" -> 270;
            default ->
                throw new BadRequestException(
                        "rotate is one of: 0, 90, 180, 270 (degrees clockwise), not '" + Quote.of(asked) + "'");
        };
    }

    /**
     * A whole number; empty when the query does not have it.
     *
     * @param what description of the number, for the sentence that refuses another value
     * @throws BadRequestException when the value is not such a number
     */
    static Optional<Integer> number(
            Function<String, Optional<String>> query, String key, String what, int least, int most) {
        String asked = query.apply(key).orElse("");
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        if (!NUMBER.matcher(asked).matches() || Integer.parseInt(asked) < least || Integer.parseInt(asked) > most) {
            throw new BadRequestException(key + " is " + what + ", not '" + Quote.of(asked) + "'");
        }
        return Optional.of(Integer.parseInt(asked));
    }
}
