package dev.flipbook.server;

import java.io.Serial;

/** An answer that is not what was asked for: a status and one sentence for whoever asked. */
final class HttpError extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final int status;
    private final String headerName;
    private final String headerValue;

    HttpError(int status, String sentence) {
        this(status, sentence, "", "");
    }

    /** With one more header, such as {@code Allow}. */
    HttpError(int status, String sentence, String headerName, String headerValue) {
        super(sentence, null, false, false);
        this.status = status;
        this.headerName = headerName;
        this.headerValue = headerValue;
    }

    int status() {
        return status;
    }

    String headerName() {
        return headerName;
    }

    String headerValue() {
        return headerValue;
    }

    /** The sentence. */
    String sentence() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
