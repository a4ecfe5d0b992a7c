package dev.flipbook;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Makes frames of picture files that are no JPEGs: PNG, WebP and others. Implementations are found by {@link
 * java.util.ServiceLoader}; core has one. One thread at a time, but for {@link #takes}.
 */
public interface StillReader extends AutoCloseable {

    /** Whether a file that begins like this is of a kind that is known. Any thread may ask; the bytes stay where they are. */
    boolean takes(ByteBuffer beginning);

    /**
     * The picture of one file as a frame. Its bytes may be overwritten by the next call.
     *
     * @param bytes between position and limit, which stay where they are
     * @throws IOException when it cannot be shown; the message says why
     */
    Frame frame(ByteBuffer bytes) throws IOException;

    /** Frees what it holds; it may be used again. */
    @Override
    default void close() {}
}
