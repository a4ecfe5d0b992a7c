package dev.flipbook.web;

import java.io.Serial;

/**
 * A request that cannot be served as it is: status 400, or another one that tells the client to change the request, and
 * one sentence.
 */
public final class BadRequestException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final int status;
    private final String sentence;

    /**
     * An exception with status 400.
     *
     * @param sentence names what is wrong and what would be right
     */
    public BadRequestException(String sentence) {
        this(400, sentence);
    }

    /**
     * An exception with another status.
     *
     * @param status the status of HTTP, 4xx
     * @param sentence names what is wrong and what would be right
     */
    public BadRequestException(int status, String sentence) {
        super(sentence, null, false, false);
        this.status = status;
        this.sentence = sentence;
    }

    /** The status of the response. */
    public int status() {
        return status;
    }

    @Override
    public String getMessage() {
        return sentence;
    }
}
