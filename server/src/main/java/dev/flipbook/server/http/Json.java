package dev.flipbook.server.http;

import tools.jackson.databind.json.JsonMapper;

/** Writes JSON for responses. */
public final class Json {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    public static String write(Object value) {
        return MAPPER.writeValueAsString(value);
    }
}
