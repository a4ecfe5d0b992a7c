package dev.flipbook.server;

import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.PreEncodedHttpField;

/** The one place where an error becomes a response: one line of plain text, or problem JSON where JSON was asked for. */
final class HttpErrors {

    static final HttpField TEXT = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/plain;charset=utf-8");
    private static final HttpField PROBLEM =
            new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/problem+json");

    private HttpErrors() {}

    static void answer(Exchange exchange, HttpError error) {
        if (!error.headerName().isEmpty()) {
            exchange.headers().put(error.headerName(), error.headerValue());
        }
        exchange.headers().put(HttpHeader.CACHE_CONTROL, "no-store");
        if (exchange.header(HttpHeader.ACCEPT).contains("json")) {
            exchange.answer(
                    error.status(),
                    PROBLEM,
                    Json.write(Map.of(
                            "title",
                            HttpStatus.getMessage(error.status()),
                            "status",
                            error.status(),
                            "detail",
                            error.sentence())));
        } else {
            exchange.answer(error.status(), TEXT, error.sentence() + "\n");
        }
    }
}
