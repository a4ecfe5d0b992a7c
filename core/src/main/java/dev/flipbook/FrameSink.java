package dev.flipbook;

import java.nio.ByteBuffer;

/**
 * Where a viewer's bytes go: a connection that says when it has drained. One write at a time.
 *
 * <p>Called by whatever thread wakes the viewer, and never by two at once.
 */
public interface FrameSink {

    /**
     * Begins to write the slice and returns without waiting for the peer. Exactly one method of {@code completion} is
     * called afterwards, once: by this call itself or by any thread later. The slice may be read until then.
     *
     * @param last whether this ends the response; nothing is written afterwards
     */
    void write(ByteBuffer slice, boolean last, Completion completion);

    /**
     * Ends the connection at once, and with it the write under way: nothing is left for a peer that does not read. Called by
     * any thread. A sink that cannot do so does nothing.
     */
    default void cut() {}

    /** What becomes of a write. */
    interface Completion {

        /** Every byte was taken; the next write may come. */
        void drained();

        /** The peer is gone, or took nothing for too long; no write may come any more. */
        void failed(Throwable cause);
    }
}
