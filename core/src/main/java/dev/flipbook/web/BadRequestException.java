package dev.flipbook.web;

import java.io.Serial;

/** A request that asks for what cannot be: status 400 or another that tells the asker to change it, and one sentence. */
public final class BadRequestException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final int status;
    private final String sentence;

    /**
     * With status 400.
     *
     * @param sentence that names what is wrong and what would be right
     */
    public BadRequestException(String sentence) {
        this(400, sentence);
    }

    /**
     * With another status.
     *
     * @param sentence that names what is wrong and what would be right
     */
    public BadRequestException(int status, String sentence) {
        super(sentence, null, false, false);
        this.status = status;
        this.sentence = sentence;
    }

    /** Of the answer. */
    public int status() {
        return status;
    }

    @Override
    public String getMessage() {
        return sentence;
    }
}
