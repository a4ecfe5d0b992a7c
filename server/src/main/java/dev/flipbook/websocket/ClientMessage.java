package dev.flipbook.websocket;

import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.Quote;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A message of the client: one JSON object. The verb is the first of the known verbs that is a key of the object.
 * Immutable.
 *
 * @param verb what the client wants; empty if no key of the message is a known verb
 * @param json the whole message
 */
record ClientMessage(String verb, JsonNode json) {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final List<String> VERBS = List.of("painted", "watch", "forget", "status", "ping");
    private static final Set<String> NUMBERED = Set.of("painted", "watch", "forget");
    private static final int MAX_NUMBER = 65535;

    /** Parses a message. Returns empty if the text is not a JSON object. */
    static Optional<ClientMessage> read(String text) {
        try {
            JsonNode json = MAPPER.readTree(text);
            if (json == null || !json.isObject()) {
                return Optional.empty();
            }
            String verb = VERBS.stream().filter(json::has).findFirst().orElse("");
            return Optional.of(new ClientMessage(verb, json));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /**
     * The value of the verb as the number that a feed is watched under, 0 to 65535.
     *
     * @throws BadRequestException if the value is anything else
     */
    int number() {
        return numberIfAny()
                .orElseThrow(() -> new BadRequestException(verb + " is a number from 0 to " + MAX_NUMBER + ", not "
                        + Quote.of(json.path(verb).toString())));
    }

    /** Like {@link #number()}, but empty if the verb takes no such number or the value is not one. */
    Optional<Integer> numberIfAny() {
        JsonNode value = json.path(verb);
        return NUMBERED.contains(verb) && value.isInt() && value.intValue() >= 0 && value.intValue() <= MAX_NUMBER
                ? Optional.of(value.intValue())
                : Optional.empty();
    }

    /**
     * The value of the verb as a boolean.
     *
     * @throws BadRequestException if the value is anything else
     */
    boolean truth() {
        JsonNode value = json.path(verb);
        if (!value.isBoolean()) {
            throw new BadRequestException(verb + " is true or false, not " + Quote.of(value.toString()));
        }
        return value.booleanValue();
    }

    /**
     * The value of the verb as a number, with the digits that the client sent.
     *
     * @throws BadRequestException if the value is not a number
     */
    String numeral() {
        JsonNode value = json.path(verb);
        if (!value.isNumber()) {
            throw new BadRequestException(verb + " is a number, not " + Quote.of(value.toString()));
        }
        return value.toString();
    }

    /** The value of a key as a text, or empty if the key is missing or null. */
    Optional<String> text(String key) {
        JsonNode value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        return Optional.of(value.isString() ? value.stringValue() : value.toString());
    }
}
