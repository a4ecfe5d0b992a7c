package dev.flipbook.picture;

import dev.flipbook.image.Canvas;
import dev.flipbook.image.GreyRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A decoder that makes pixels of one whole picture file. Implementations are found by {@link java.util.ServiceLoader};
 * the JDK's own decoder is asked first. Not thread-safe.
 */
public interface PictureDecoder extends AutoCloseable {

    /**
     * The picture, upright and in sRGB, with transparent parts on black; empty when this decoder does not know its
     * kind. The canvas may share its pixels with the decoder until the next call.
     *
     * @param bytes the file between position and limit; the position does not move. At most
     *     {@link dev.flipbook.jpeg.Jpeg#MAX_BYTES}
     * @param range values shown as black and white if the picture is grey with 16 bits; empty for the lowest and
     *     highest value in the picture. A decoder that does not support ranges shows the picture as it likes
     * @throws IOException when the picture is damaged, cut off, or larger than
     *     {@link dev.flipbook.jpeg.Jpeg#MAX_PIXELS}, which is checked before anything is decoded; the message is for
     *     the user
     */
    Optional<Canvas> decode(ByteBuffer bytes, Optional<GreyRange> range) throws IOException;

    /** The picture, as {@link #decode(ByteBuffer, Optional)}, without a range. */
    default Optional<Canvas> decode(ByteBuffer bytes) throws IOException {
        return decode(bytes, Optional.empty());
    }

    /**
     * Says who sends the pictures. If a picture ends a decoder's process, the decoder counts that for the sender, over
     * all its requests and connections. Called before the first picture, or never.
     *
     * @param sender a name that is the same for all requests of the sender, such as an address
     */
    default void sentBy(String sender) {}

    @Override
    default void close() {}
}
