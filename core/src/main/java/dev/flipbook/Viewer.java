package dev.flipbook;

/**
 * One reader of a feed, as its owner sees it: what it has received, and the means to wake and to end it. A viewer sends
 * the feed's newest frame to a {@link FrameSink} whenever the sink has taken the last one. Thread-safe.
 */
public interface Viewer {

    /** Number of frames that the sink has taken to their last byte. */
    long sent();

    /**
     * Number of frames that were published while this viewer was busy, and that it will never get because a newer one
     * had come. Frames that the viewer did not want, because it asked for fewer, are not counted. While a write is
     * under way the frames after the one that is written count already.
     */
    long skipped();

    /** The figures of this viewer at this moment. */
    ViewerStatus status();

    /**
     * Sends the newest frame if the viewer has not had it, is not writing, and its sink
     * {@linkplain FrameSink#isReady() is ready}. Never waits and never throws what the sink throws. The feed calls this
     * after each new frame. A sink that was not ready calls it when it has become ready.
     */
    void wake();

    /**
     * Leaves the feed: at once, or when the write that is under way has completed. Nothing is written after that.
     * Further calls change nothing.
     */
    void leave();
}
