package dev.flipbook.picture;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Makes frames of the pictures of a stream, in whatever form they come. */
interface FrameMaker extends AutoCloseable {

    /**
     * A frame of this picture, which is between position and limit. The frame may use the given bytes.
     *
     * @throws IOException when the picture cannot be shown; the message says why
     */
    Frame frame(ByteBuffer picture) throws IOException;

    /** What was encoded so far, as {@link dev.flipbook.FrameSource#encoding()}. */
    Encoding encoding();

    /** Frees encoders and decoders. */
    @Override
    void close();
}
