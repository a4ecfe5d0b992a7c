package dev.flipbook.web;

import java.io.Serial;

/** A request for a feed that does not exist: status 404, and one sentence with the names of the feeds that do. */
public final class UnknownFeedException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final String sentence;

    /** An exception with this sentence for the client. */
    UnknownFeedException(String sentence) {
        super(sentence, null, false, false);
        this.sentence = sentence;
    }

    @Override
    public String getMessage() {
        return sentence;
    }
}
