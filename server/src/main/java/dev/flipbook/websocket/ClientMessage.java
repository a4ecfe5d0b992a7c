package dev.flipbook.websocket;

import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.Quote;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a client says: one JSON object, whose first known key is what it wants. */
record ClientMessage(String verb, JsonNode json) {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final List<String> VERBS = List.of("painted", "watch", "forget", "status", "ping");
    private static final Set<String> NUMBERED = Set.of("painted", "watch", "forget");
    private static final int MOST = 65535;

    /** Nothing when it is no JSON object. */
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

    /** What the verb names: a number that a feed is watched under. */
    int number() {
        return numberIfAny()
                .orElseThrow(() -> new BadRequestException(verb + " is a number from 0 to " + MOST + ", not "
                        + Quote.of(json.path(verb).toString())));
    }

    Optional<Integer> numberIfAny() {
        JsonNode value = json.path(verb);
        return NUMBERED.contains(verb) && value.isInt() && value.intValue() >= 0 && value.intValue() <= MOST
                ? Optional.of(value.intValue())
                : Optional.empty();
    }

    boolean truth() {
        JsonNode value = json.path(verb);
        if (!value.isBoolean()) {
            throw new BadRequestException(verb + " is true or false, not " + Quote.of(value.toString()));
        }
        return value.booleanValue();
    }

    /** As it was sent. */
    String numeral() {
        JsonNode value = json.path(verb);
        if (!value.isNumber()) {
            throw new BadRequestException(verb + " is a number, not " + Quote.of(value.toString()));
        }
        return value.toString();
    }

    /** A key's value as a text; nothing when there is none. */
    Optional<String> text(String key) {
        JsonNode value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        return Optional.of(value.isString() ? value.stringValue() : value.toString());
    }
}
