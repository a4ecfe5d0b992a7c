package dev.flipbook;

import java.nio.ByteBuffer;

/**
 * Where a viewer's bytes go: a connection that says when it has drained. One write at a time.
 *
 * <p>Called by whatever thread wakes the viewer, and never by two at once.
 */
public interface FrameSink {

    /**
     * Whether it would take a frame now. One that says no is left alone, and takes the newest frame later: whoever makes it
     * ready calls {@link Viewer#wake} then. For peers who say themselves when they want the next. Asked before each frame, by
     * any thread; it is to answer at once.
     */
    default boolean isReady() {
        return true;
    }

    /**
     * Whether the peer has said nothing for so long, in nanoseconds, of a frame that it was sent. For peers that say themselves
     * when they have taken a frame, however long ago its write has drained. Asked by any thread; it is to answer at once.
     */
    default boolean isStuck(long nanos) {
        return false;
    }

    /**
     * Tells of what frame the next write is, right before it; not of a response's end.
     *
     * @param sequence of the frame; of the last one before it, for a placeholder
     * @param capturedNanos when it was taken, as {@link System#nanoTime()} counts; when it was drawn, for a placeholder
     * @param placeholder whether it stands for a picture, as the feed has no new ones
     */
    default void coming(long sequence, long capturedNanos, boolean placeholder) {}

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
