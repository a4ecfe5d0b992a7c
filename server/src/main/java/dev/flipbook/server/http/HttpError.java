package dev.flipbook.server.http;

import java.io.Serial;
import java.util.Map;
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
    private static final HttpField PROBLEM =
            new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/problem+json");

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

    /** Sends the refusal. This is the only place where an error becomes a response. */
    public void answer(Exchange exchange) {
        String sentence = String.valueOf(getMessage());
        if (!headerName.isEmpty()) {
            exchange.headers().put(headerName, headerValue);
        }
        exchange.headers().put(HttpHeader.CACHE_CONTROL, "no-store");
        if (exchange.header(HttpHeader.ACCEPT).contains("json")) {
            Map<String, Object> problem =
                    Map.of("title", HttpStatus.getMessage(status), "status", status, "detail", sentence);
            exchange.answer(status, PROBLEM, Json.write(problem));
        } else {
            exchange.answer(status, TEXT, sentence + "\n");
        }
    }
}
