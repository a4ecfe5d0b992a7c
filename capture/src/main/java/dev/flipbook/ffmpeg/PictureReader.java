package dev.flipbook.ffmpeg;

import dev.flipbook.Frame;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads the pictures of an open input as JPEGs, one at a time, in the order in which they are shown. Used by the source
 * thread only.
 */
public interface PictureReader extends AutoCloseable {

    /**
     * Goes on to the next picture.
     *
     * @return false at the end of the input
     */
    boolean advance() throws IOException, InterruptedException;

    /** Time at which the picture is to be shown, in nanoseconds of the file's own time, or {@link MediaInput#UNKNOWN}. */
    long timestamp();

    /** Duration of the picture in nanoseconds, or 0 if the file does not say. */
    long duration();

    /**
     * The picture as a frame. The bytes are valid until the next call or close. Empty if this picture cannot be shown.
     *
     * @throws IOException if no picture of this input can be shown
     */
    Optional<Frame> frame() throws IOException;

    /**
     * Goes back to the beginning.
     *
     * @return whether the next {@link #advance()} reads the first picture
     */
    boolean rewind();

    /** The encoder's name, as in {@link dev.flipbook.FeedStatus.Encoding#encoder()}. */
    String encoder();

    @Override
    void close();
}
