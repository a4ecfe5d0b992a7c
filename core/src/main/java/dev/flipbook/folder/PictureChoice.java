package dev.flipbook.folder;

import dev.flipbook.Frame;
import java.io.IOException;

/** Which picture of a folder is shown when. Confined to the source thread. */
interface PictureChoice extends AutoCloseable {

    /**
     * So often the picture that is shown is given again, in nanoseconds: a source that is silent for 5 s counts as
     * dead. Not more often, as every viewer gets it again too.
     */
    long REPEAT = 4_000_000_000L;

    /**
     * Waits for the next picture, or until the last one is to be given again, and returns it.
     *
     * @throws IOException when there is none; it may be asked again at once
     */
    Frame next() throws IOException, InterruptedException;

    @Override
    default void close() {}
}
