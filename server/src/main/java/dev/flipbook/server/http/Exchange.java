package dev.flipbook.server.http;

import dev.flipbook.web.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/**
 * A request and its response.
 *
 * @param callback completed when the response has been sent
 * @param name the part of the path that stands for {@code {name}} in the route; empty if the route has none
 */
public record Exchange(Request request, Response response, Callback callback, String name) {

    private static final HttpField JSON = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/json");

    /**
     * A value of the query; the first one if the key occurs several times.
     *
     * @throws HttpError with the status 400 if the query cannot be decoded
     */
    public Optional<String> query(String key) {
        try {
            Fields fields = Request.extractQueryParameters(request);
            return Optional.ofNullable(fields.getValue(key));
        } catch (IllegalArgumentException | IllegalStateException | HttpException.RuntimeException e) {
            throw new HttpError(400, "the query cannot be read; two hexadecimal digits of UTF-8 must follow each %");
        }
    }

    /** A header of the request; empty if there is none. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /** A header of the request, or an empty text if there is none. */
    public String header(HttpHeader header) {
        String value = request.getHeaders().get(header);
        return value == null ? "" : value;
    }

    public HttpFields.Mutable headers() {
        return response.getHeaders();
    }

    public boolean isHead() {
        return request.getMethod().equals("HEAD");
    }

    /** Answers with this body, or only with its headers if the request is a HEAD. */
    public void answer(int status, HttpField type, ByteBuffer body) {
        headers().put(type);
        answer(status, body);
    }

    /**
     * Answers with this body as {@link #answer(int, HttpField, ByteBuffer)} does; the content type must be set already.
     */
    public void answer(int status, ByteBuffer body) {
        response.setStatus(status);
        headers().put(HttpHeader.CONTENT_LENGTH, body.remaining());
        response.write(true, isHead() ? ByteBuffer.allocate(0) : body, callback);
    }

    public void answer(int status, HttpField type, String body) {
        answer(status, type, StandardCharsets.UTF_8.encode(body));
    }

    /** Answers with a status of the server as JSON, which must not be cached. */
    public void answerJson(Object json) {
        answerJson(200, json);
    }

    /** Answers with this status and JSON, which must not be cached. */
    public void answerJson(int status, Object json) {
        headers().put(HttpHeader.CACHE_CONTROL, "no-store");
        answer(status, JSON, Json.of(json) + "\n");
    }

    /** Answers a HEAD with the headers of a response that has no length. */
    public void begin(int status) {
        response.setStatus(status);
        response.write(false, ByteBuffer.allocate(0), callback); // a last write would add Content-Length: 0
    }

    /** Answers without a body. */
    public void answer(int status) {
        response.setStatus(status);
        response.write(true, null, callback);
    }
}
