package dev.flipbook;

import dev.flipbook.image.JpegEncoder;
import dev.flipbook.image.StillReader;
import java.io.IOException;

/** A picture that a program has published and that is not a JPEG yet. */
@FunctionalInterface
interface Draft {

    /** The tools that make JPEGs. One thread at a time uses them. */
    interface Tools {

        /** Makes JPEGs from pixels. */
        JpegEncoder encoder();

        /** Makes JPEGs from picture files. */
        StillReader reader();
    }

    /**
     * Makes a JPEG of the draft. Its bytes are valid until the tools are used again. What this throws is shown to
     * viewers.
     */
    Frame encode(Tools tools) throws IOException;

    /**
     * Whether the picture is drawn when it is asked for, so that its capture time is that moment and not the time of
     * the publish.
     */
    default boolean drawnWhenAsked() {
        return false;
    }

    /** Gives back the memory of the draft, which is not needed any more. */
    default void done() {}
}
