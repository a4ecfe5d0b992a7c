package dev.flipbook.server;

import tools.jackson.databind.json.JsonMapper;

/** Writes JSON for responses. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }
}
