package dev.flipbook.capture;

import dev.flipbook.Frame;
import java.io.IOException;
import java.util.Optional;

/**
 * The pictures of an open file in the order of showing, one at a time, as JPEGs. Confined to the source thread.
 */
public interface PictureReader extends AutoCloseable {

    /** Goes on to the next picture; false at the end of the file. */
    boolean advance() throws IOException, InterruptedException;

    /** When the picture is to be shown, in nanoseconds of the file's own time, or {@link Pace#UNKNOWN}. */
    long timestamp();

    /** In nanoseconds, 0 when the file does not say. */
    long duration();

    /**
     * The picture as a frame, whose bytes are valid until the next call or close; empty when this one cannot be shown.
     *
     * @throws IOException when no picture of this file can be
     */
    Optional<Frame> frame() throws IOException;

    /** Whether the next {@link #advance()} begins the file anew. */
    boolean rewind();

    /** As {@link dev.flipbook.FeedStatus.Encoding#encoder()}. */
    String encoder();

    @Override
    void close();
}
