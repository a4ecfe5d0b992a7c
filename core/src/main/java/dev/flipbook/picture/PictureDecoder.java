package dev.flipbook.picture;

import dev.flipbook.Canvas;
import dev.flipbook.image.GreyRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Makes pixels of one whole picture file. Implementations are found by {@link java.util.ServiceLoader}; the JDK's own is asked
 * first. A decoder is used by one thread at a time.
 */
public interface PictureDecoder extends AutoCloseable {

    /**
     * The picture, upright and in sRGB, its transparent parts on black; empty when it is of a kind that this decoder does not know. It
     * may share its pixels with the decoder, until the next call.
     *
     * @param bytes between position and limit, which stay where they are; at most {@link dev.flipbook.mjpeg.Jpeg#MAX_BYTES}
     * @throws IOException when it is damaged or not whole, or above {@link dev.flipbook.mjpeg.Jpeg#MAX_PIXELS}, which is looked
     *     at before anything is decoded; the message is for the user
     */
    Optional<Canvas> decode(ByteBuffer bytes) throws IOException;

    /**
     * The same, of which this range is shown if it is grey with 16 bits. A decoder that knows nothing of it shows it as it likes.
     *
     * @param range empty for what is in the picture
     */
    default Optional<Canvas> decode(ByteBuffer bytes, Optional<GreyRange> range) throws IOException {
        return decode(bytes);
    }

    @Override
    default void close() {}
}
