package dev.flipbook.web;

import java.io.Serial;

/** A request that asks for what cannot be: status 400, and one sentence for whoever asked. */
public final class BadRequestException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final String sentence;

    /** @param sentence that names what is wrong and what would be right */
    public BadRequestException(String sentence) {
        super(sentence, null, false, false);
        this.sentence = sentence;
    }

    @Override
    public String getMessage() {
        return sentence;
    }
}
