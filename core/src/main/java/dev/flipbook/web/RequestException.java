package dev.flipbook.web;

import java.io.Serial;

/** A request that asks for what cannot be: a status of 400 or above, and one sentence for whoever asked. */
public final class RequestException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final int status;
    private final String sentence;

    /**
     * With status 400.
     *
     * @param sentence that names what is wrong and what would be right
     */
    public RequestException(String sentence) {
        this(400, sentence);
    }

    /**
     * With another status.
     *
     * @param sentence that names what is wrong and what would be right
     */
    public RequestException(int status, String sentence) {
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
