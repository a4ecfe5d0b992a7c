package dev.flipbook.folder;

import dev.flipbook.Frame;
import java.io.IOException;

/** The rule by which a folder's pictures are shown: which one, and when. Confined to the source thread. */
interface PictureChoice extends AutoCloseable {

    /**
     * Interval in nanoseconds after which the picture that is shown is given again, because a source that is silent for
     * 5 s counts as stalled. Not shorter, because every viewer gets the picture again too.
     */
    long REPEAT = 4_000_000_000L;

    /**
     * Waits for the next picture, or until the last one has to be given again, and returns it.
     *
     * @throws IOException when there is none; the next call may follow at once
     * @throws InterruptedException when the thread was interrupted
     */
    Frame next() throws IOException, InterruptedException;

    @Override
    default void close() {}
}
