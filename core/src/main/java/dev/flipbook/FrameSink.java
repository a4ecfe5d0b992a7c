package dev.flipbook;

import java.nio.ByteBuffer;

/**
 * The place where a viewer's bytes go, usually a connection. A sink takes one write at a time, and says when that has
 * drained.
 *
 * <p>The methods are called by the thread that wakes the viewer; the calls for one sink never overlap, except for
 * {@link #isReady}, {@link #isStuck} and {@link #cut}, which any thread may call at any time. No method may wait for
 * the peer: the calling thread serves the source or other viewers.
 */
public interface FrameSink {

    /**
     * Whether the sink would take a frame now. A sink that returns false is left alone. When it has become ready it
     * calls {@link Viewer#wake}, and gets the newest frame then. For peers that ask for each frame themselves. Called
     * before each frame, by any thread; must return at once.
     */
    default boolean isReady() {
        return true;
    }

    /**
     * Whether the peer has not acknowledged a frame for this time, although the write has drained. For peers that
     * acknowledge each frame. Called by any thread; must return at once.
     *
     * @param nanos the time in nanoseconds
     */
    default boolean isStuck(long nanos) {
        return false;
    }

    /**
     * Announces the frame of the next write, right before that write. Not called for the end of a response.
     *
     * @param sequence number of the frame; for a placeholder, of the last frame before it
     * @param capturedNanos when the picture was taken, or the placeholder drawn, as {@link System#nanoTime()} counts
     * @param placeholder whether the picture is a placeholder, because the feed has no new pictures
     */
    default void coming(long sequence, long capturedNanos, boolean placeholder) {}

    /**
     * Begins to write the slice, and returns without waiting for the peer. Exactly one method of {@code completion} is
     * called afterwards, once: by this call itself or later by any thread. The slice may be read until then, and must
     * not be read after that.
     *
     * @param slice the bytes between position and limit
     * @param last whether this write ends the response; nothing is written afterwards
     */
    void write(ByteBuffer slice, boolean last, Completion completion);

    /**
     * Ends the connection at once, together with the write that is under way: nothing waits for a peer that does not
     * read. Called by any thread. A sink that cannot do so does nothing.
     */
    default void cut() {}

    /** Receives the outcome of a write. */
    interface Completion {

        /** Every byte was taken; the next write may come. */
        void drained();

        /** The peer is gone, or took nothing for too long. No write comes after this. */
        void failed(Throwable cause);
    }
}
