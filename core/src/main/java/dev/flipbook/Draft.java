package dev.flipbook;

import java.io.IOException;

/** A picture that a program has published and that is no JPEG yet. */
@FunctionalInterface
interface Draft {

    /** What JPEGs are made with; one thread at a time has them. */
    interface Tools {

        /** From pixels. */
        JpegEncoder encoder();

        /** From files. */
        StillReader reader();
    }

    /** Makes a JPEG of it, whose bytes are valid until the next one. What it throws is shown to the viewers. */
    Frame encode(Tools tools) throws IOException;

    /** It is not needed any more; what it was copied into may be used again. */
    default void done() {}
}
