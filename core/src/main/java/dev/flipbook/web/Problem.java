package dev.flipbook.web;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The body of a refusal: one line of plain text, or a problem as JSON (RFC 9457) if the client accepts JSON.
 *
 * @param contentType the value of {@code Content-Type}
 * @param text the body
 */
public record Problem(String contentType, String text) {

    /**
     * The body for this client.
     *
     * @param accept the request's {@code Accept}, if it has one
     * @param status the status of the response
     * @param title the reason phrase of that status
     * @param sentence says what is wrong and what would be right
     */
    public static Problem of(Optional<String> accept, int status, String title, String sentence) {
        if (accept.filter(types -> types.contains("json")).isEmpty()) {
            return new Problem("text/plain;charset=utf-8", sentence + "\n");
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("title", title);
        json.put("status", status);
        json.put("detail", sentence);
        return new Problem("application/problem+json", Json.of(json));
    }

    /** The body as it is sent, in UTF-8. */
    public byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
