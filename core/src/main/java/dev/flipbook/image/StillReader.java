package dev.flipbook.image;

import dev.flipbook.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A reader that makes frames of picture files that are not JPEGs: PNG, WebP and others. Implementations are found by
 * {@link java.util.ServiceLoader}; core has one. Not thread-safe, except {@link #takes}.
 */
public interface StillReader extends AutoCloseable {

    /**
     * Whether a file that begins like this is of a known kind. The buffer's position does not move. Any thread may ask.
     */
    boolean takes(ByteBuffer beginning);

    /**
     * The picture of one file as a frame. Its bytes may be overwritten by the next call.
     *
     * @param bytes the file, between position and limit; the position does not move
     * @throws IOException when the picture cannot be shown; the message says why
     */
    Frame frame(ByteBuffer bytes) throws IOException;

    /** Frees what the reader holds. The reader may be used again. */
    @Override
    default void close() {}
}
