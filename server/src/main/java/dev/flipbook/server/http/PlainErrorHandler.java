package dev.flipbook.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers requests that Jetty refuses before any route is looked up with one line of plain text. */
public final class PlainErrorHandler extends ErrorHandler {

    @Override
    public boolean errorPageForMethod(String method) {
        return true; // an unknown method gets an answer too
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        response.getHeaders().put(HttpError.TEXT);
        ByteBuffer line = line(code);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, line.remaining());
        response.write(true, line, callback);
    }

    private static ByteBuffer line(int status) {
        String sentence = switch (status) {
            case HttpStatus.BAD_REQUEST_400 -> "this is not a request that HTTP allows";
            case HttpStatus.URI_TOO_LONG_414 -> "the address is too long: at most 8 KiB are taken, with all headers";
            case HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431 ->
                "the headers are too large: at most 8 KiB are taken in all";
            default -> HttpStatus.getMessage(status);
        };
        return StandardCharsets.UTF_8.encode(sentence + "\n");
    }
}
