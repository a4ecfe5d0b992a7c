package dev.flipbook.server.control;

import dev.flipbook.server.http.HttpError;
import dev.flipbook.web.Quote;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * The fields of a JSON object that a client sent. A refusal says at which line and column it is wrong: status 400 for
 * what is not JSON, 422 for JSON that is not what was asked for. Immutable.
 */
final class JsonFields {

    /** Maximum number of objects and lists inside each other, as in the configuration file. */
    private static final int MAX_DEPTH = 20;

    private static final String NOT_JSON = "this is not JSON";

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    /**
     * A value.
     *
     * @param text as the client wrote it, without the quotes of a text; only the first bracket of an object or a list
     * @param isInt whether it is a whole number that fits an {@code int}
     * @param at line and column of the field's name
     */
    private record Value(String text, JsonToken kind, boolean isInt, String at) {

        String shown() {
            return switch (kind) {
                case START_OBJECT -> "an object";
                case START_ARRAY -> "a list";
                case VALUE_STRING -> '"' + Quote.of(text) + '"';
                default -> Quote.of(text);
            };
        }
    }

    private final Map<String, Value> fields;

    private JsonFields(Map<String, Value> fields) {
        this.fields = fields;
    }

    /** Reads a JSON object as {@link #read} does; a body without a byte is an object without fields. */
    static JsonFields readIfAny(byte[] utf8) {
        return utf8.length == 0 ? new JsonFields(Map.of()) : read(utf8);
    }

    /**
     * Reads a JSON object.
     *
     * @throws HttpError with the status 400 or 422
     */
    static JsonFields read(byte[] utf8) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), decoded(utf8))) {
            return read(parser);
        }
    }

    private static JsonFields read(JsonParser parser) {
        try {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new HttpError(400, "the body is empty; it is a JSON object, which stands in braces");
            }
            String begin = at(parser.currentTokenLocation());
            Map<String, Value> fields = new LinkedHashMap<>();
            if (first == JsonToken.START_OBJECT) {
                readFields(parser, fields);
            } else {
                parser.skipChildren();
            }
            if (parser.nextToken() != null) {
                throw new HttpError(400, at(parser.currentTokenLocation()) + NOT_JSON);
            }
            if (first != JsonToken.START_OBJECT) {
                throw new HttpError(422, begin + "this is not a JSON object, which stands in braces");
            }
            return new JsonFields(fields);
        } catch (StreamConstraintsException e) { // has no location of its own
            throw new HttpError(
                    422,
                    at(parser.currentLocation()) + "this is nested deeper than " + MAX_DEPTH
                            + " levels, or longer than is taken");
        } catch (JacksonException e) {
            throw new HttpError(400, at(e.getLocation()) + NOT_JSON);
        }
    }

    private static void readFields(JsonParser parser, Map<String, Value> fields) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            String at = at(parser.currentTokenLocation());
            JsonToken kind = parser.nextToken();
            boolean isInt = kind == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() == JsonParser.NumberType.INT;
            Value value = new Value(parser.getString(), kind, isInt, at);
            parser.skipChildren();
            if (fields.put(name, value) != null) {
                throw new HttpError(422, at + "'" + Quote.of(name) + "' is given twice");
            }
        }
    }

    private static String decoded(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new HttpError(400, "the body is not text in UTF-8, as JSON is");
        }
    }

    private static String at(TokenStreamLocation location) {
        return "line " + location.getLineNr() + ", column " + location.getColumnNr() + ": ";
    }

    /**
     * Refuses other fields than these.
     *
     * @throws HttpError with the status 422
     */
    void checkNames(Set<String> known) {
        fields.forEach((name, value) -> {
            if (!known.contains(name)) {
                throw new HttpError(
                        422,
                        value.at + "'" + Quote.of(name) + "' is not known here; "
                                + (known.isEmpty() ? "no fields are" : "what is known: " + String.join(", ", known)));
            }
        });
    }

    /**
     * The text of a field; empty if there is no such field.
     *
     * @param longest maximum number of characters
     * @throws HttpError with the status 422 if the value is not a text, or longer
     */
    Optional<String> text(String name, int longest) {
        Value value = fields.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value.kind != JsonToken.VALUE_STRING) {
            throw new HttpError(422, value.at + name + " is " + value.shown() + "; it is a text in quotes");
        }
        if (value.text.length() > longest) {
            throw new HttpError(
                    422, value.at + name + " has " + value.text.length() + " characters; it has at most " + longest);
        }
        return Optional.of(value.text);
    }

    /**
     * All fields, each of which is a whole number.
     *
     * @throws HttpError with the status 422 if one is not, or does not fit an {@code int}
     */
    Map<String, Integer> integers() {
        Map<String, Integer> integers = new LinkedHashMap<>();
        fields.forEach((name, value) -> {
            if (!value.isInt) {
                throw new HttpError(
                        422,
                        value.at + "'" + Quote.of(name) + "' is " + value.shown()
                                + "; it is a whole number of at most 32 bits");
            }
            integers.put(name, Integer.parseInt(value.text));
        });
        return integers;
    }
}
