package dev.flipbook.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/**
 * One request and its answer.
 *
 * @param name what stands for {@code {name}} in the route; empty when it has none
 */
record Exchange(Request request, Response response, Callback callback, String name) {

    /**
     * A query value, the first one where there are several.
     *
     * @throws HttpError when the query cannot be read
     */
    Optional<String> query(String key) {
        try {
            Fields fields = Request.extractQueryParameters(request);
            return Optional.ofNullable(fields.getValue(key));
        } catch (IllegalArgumentException | IllegalStateException | HttpException.RuntimeException e) {
            throw new HttpError(400, "the query cannot be read; % stands before two hexadecimal digits of UTF-8 only");
        }
    }

    /** A request header. */
    Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /** A request header, or an empty text. */
    String header(HttpHeader header) {
        String value = request.getHeaders().get(header);
        return value == null ? "" : value;
    }

    HttpFields.Mutable headers() {
        return response.getHeaders();
    }

    boolean isHead() {
        return request.getMethod().equals("HEAD");
    }

    /** Answers with this body, or with its headers alone where only they were asked for. */
    void answer(int status, HttpField type, ByteBuffer body) {
        headers().put(type);
        answer(status, body);
    }

    /** The same, where the type was put already. */
    void answer(int status, ByteBuffer body) {
        response.setStatus(status);
        headers().put(HttpHeader.CONTENT_LENGTH, body.remaining());
        response.write(true, isHead() ? ByteBuffer.allocate(0) : body, callback);
    }

    void answer(int status, HttpField type, String body) {
        answer(status, type, StandardCharsets.UTF_8.encode(body));
    }

    /** Answers a HEAD with the headers of a response that has no length. */
    void begin(int status) {
        response.setStatus(status);
        response.write(false, ByteBuffer.allocate(0), callback); // as a last write it would get a length of 0
    }

    /** Answers with headers alone. */
    void answer(int status) {
        response.setStatus(status);
        response.write(true, null, callback);
    }
}
