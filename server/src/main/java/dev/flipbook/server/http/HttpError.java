package dev.flipbook.server.http;

import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.Problem;
import dev.flipbook.web.UnknownFeedException;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;

/**
 * A refusal: a status and one sentence for the client, sent as a line of plain text, or as problem JSON if the client
 * accepts JSON.
 */
public final class HttpError extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    public static final HttpField TEXT = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");

    private final int status;
    private final String headerName;
    private final String headerValue;

    public HttpError(int status, String sentence) {
        this(status, sentence, "", "");
    }

    /** A refusal with an additional header, such as {@code Allow}. */
    public HttpError(int status, String sentence, String headerName, String headerValue) {
        super(sentence, null, false, false);
        this.status = status;
        this.headerName = headerName;
        this.headerValue = headerValue;
    }

    /** The status of the answer. */
    public int status() {
        return status;
    }

    /** The refusal for a failure that is the client's; empty for a fault of the server. */
    public static Optional<HttpError> of(Throwable failure) {
        return switch (failure) {
            case HttpError error -> Optional.of(error);
            case UnknownFeedException unknown -> Optional.of(new HttpError(404, unknown.getMessage()));
            case BadRequestException bad -> Optional.of(new HttpError(bad.status(), bad.getMessage()));
            default -> Optional.empty();
        };
    }

    /** Sends the refusal, as plain text or as problem JSON. */
    public void answer(Exchange exchange) {
        if (!headerName.isEmpty()) {
            exchange.headers().put(headerName, headerValue);
        }
        exchange.headers().put(HttpHeader.CACHE_CONTROL, "no-store");
        String title = HttpStatus.getMessage(status);
        Problem problem = Problem.of(exchange.header("Accept"), status, title, String.valueOf(getMessage()));
        exchange.headers().put(HttpHeader.CONTENT_TYPE, problem.contentType());
        exchange.answer(status, ByteBuffer.wrap(problem.bytes()));
    }
}
