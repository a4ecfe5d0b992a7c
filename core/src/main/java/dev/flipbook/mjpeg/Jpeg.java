package dev.flipbook.mjpeg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * A whole JPEG that every client can show, found by walking its markers from SOI to EOI. Nothing is decoded.
 *
 * <p>{@link #check} refuses what no viewer may ever receive: one undecodable part ends an {@code <img>} in Chromium for
 * good and crashes its tab when the connection closes. The headers are held against what libjpeg-turbo opens, the decoder
 * of Chromium and Firefox. It also puts right what cameras do: bytes after EOI are cut, missing Huffman tables are put in,
 * and a metadata segment with a thumbnail (a second SOI, on which some clients split) is taken out, its orientation kept;
 * an ICC profile stays whatever is in it.
 *
 * <p>Immutable as long as the bytes it was found in are.
 *
 * @param parts the picture as slices in their order, nearly always one; positions and limits are not to be moved
 * @param size of the picture in bytes, the sum of the parts
 * @param width in pixels, as encoded (an orientation may turn it)
 * @param height in pixels, as encoded
 */
public record Jpeg(List<ByteBuffer> parts, int size, int width, int height) {

    /** Larger pictures are refused before they are read: 32 MiB, ten times a 4K frame at quality 95. */
    public static final int MAX_BYTES = 32 << 20;

    /** Larger pictures are refused before anything decodes them: 8192 × 8192, an 8K frame has half of it. */
    public static final int MAX_PIXELS = 8192 * 8192;

    public Jpeg {
        parts = List.copyOf(parts);
    }

    /**
     * Walks the markers of the bytes between the buffer's position and limit, which stay where they are.
     *
     * <p>The bytes of the parts, put together, pass this check again, as one part.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong and where, when this is not one whole JPEG
     *     that browsers show, or above {@link #MAX_BYTES} (as it came, or put right), {@link #MAX_PIXELS}, 100 scans or 64
     *     thumbnails
     */
    public static Jpeg check(ByteBuffer bytes) {
        return new JpegWalk(bytes.slice().order(ByteOrder.BIG_ENDIAN)).run();
    }

    /** How the picture wants to be turned before it is shown, as its Exif segment says. */
    public Orientation orientation() {
        return Orientation.of(this);
    }

    /**
     * The same picture, turned so much further by its Exif segment, which is put in where there is none: nothing is decoded,
     * and its image data is not copied.
     *
     * @throws IllegalArgumentException when it is above {@link #MAX_BYTES} with that segment
     */
    public Jpeg turned(Orientation further) {
        if (further.equals(Orientation.UPRIGHT)) {
            return this;
        }
        Jpeg turned = further.appliedTo(this);
        if (turned.size > MAX_BYTES) {
            throw new IllegalArgumentException("the picture has " + turned.size
                    + " bytes with its orientation put in; at most " + MAX_BYTES + " are taken");
        }
        return turned;
    }

    /** The ICC profile that says what its colours look like; empty without one, or when it is above 1 MiB or not whole. */
    public Optional<byte[]> profile() {
        return EmbeddedProfile.of(this);
    }

    /** The same picture with the ICC profile of the one that it was made of. Itself when that has none. */
    public Jpeg withProfileOf(Jpeg original) {
        return EmbeddedProfile.put(this, original);
    }

    static IllegalArgumentException bad(String what, int at) {
        return new IllegalArgumentException("not a JPEG that can be shown: " + what + " at byte " + at);
    }
}
