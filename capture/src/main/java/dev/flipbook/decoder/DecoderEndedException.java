package dev.flipbook.decoder;

import java.io.IOException;

/** Thrown when a decoder process has ended, or was ended, while a source or picture was open in it. */
final class DecoderEndedException extends IOException {

    private static final long serialVersionUID = 1;

    private final boolean blamed;

    /**
     * @param blamed whether this source or picture may have caused the end: it was alone in the process, or did what
     *     the process was ended for
     */
    DecoderEndedException(String why, boolean blamed) {
        super(why);
        this.blamed = blamed;
    }

    boolean isBlamed() {
        return blamed;
    }
}
