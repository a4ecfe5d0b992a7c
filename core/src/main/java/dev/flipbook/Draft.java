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

    /** Whether its picture is from the time at which it is asked for, and not from the time at which it was published. */
    default boolean drawnWhenAsked() {
        return false;
    }

    /** It is not needed any more; what it was copied into may be used again. */
    default void done() {}
}
