package dev.flipbook.jpeg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * A whole JPEG that every client can show, found by walking its markers from SOI to EOI. Nothing is decoded.
 *
 * <p>{@link #check} refuses everything that no viewer may receive. After one part that cannot be decoded, an
 * {@code <img>} in Chromium shows no further part, and its tab crashes when the connection closes. The headers are
 * checked by the rules of libjpeg-turbo, the decoder of Chromium and Firefox.
 *
 * <p>The check also repairs what cameras do. Bytes after EOI are cut off. Missing Huffman tables are inserted. A
 * metadata segment with a thumbnail is removed, because a second SOI makes some clients split the picture there; its
 * orientation is kept. An ICC profile always stays.
 *
 * <p>Immutable as long as the bytes are that it was found in.
 *
 * @param parts slices of the picture in order, nearly always one; their positions and limits must not be moved
 * @param size of the picture in bytes, the sum of the parts
 * @param width in pixels, as encoded; an orientation may exchange it with the height
 * @param height in pixels, as encoded; an orientation may exchange it with the width
 */
public record Jpeg(List<ByteBuffer> parts, int size, int width, int height) {

    /** Maximum size of a picture in bytes, checked before it is read: 32 MiB, ten times a 4K frame of quality 95. */
    public static final int MAX_BYTES = 32 << 20;

    /** Maximum number of pixels, checked before anything is decoded: 8192 × 8192, twice an 8K frame. */
    public static final int MAX_PIXELS = 8192 * 8192;

    public Jpeg {
        parts = List.copyOf(parts);
    }

    /**
     * Walks the markers of the bytes between the buffer's position and limit. The position does not move, and the bytes
     * are not copied.
     *
     * <p>The bytes of the result's parts, joined into one buffer, pass this check again.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong and where, when this is not one whole
     *     JPEG that browsers show, or exceeds {@link #MAX_BYTES} (before or after the repair), {@link #MAX_PIXELS}, 100
     *     scans or 64 thumbnails
     */
    public static Jpeg check(ByteBuffer bytes) {
        return new JpegWalk(bytes.slice().order(ByteOrder.BIG_ENDIAN)).run();
    }

    /** How to turn the picture before it is shown, as its Exif segment says. */
    public Orientation orientation() {
        return Orientation.of(this);
    }

    /**
     * The same picture, turned further by its Exif segment, which is inserted where there is none. Nothing is decoded,
     * and the image data is not copied.
     *
     * @throws IllegalArgumentException when the picture exceeds {@link #MAX_BYTES} with that segment
     */
    public Jpeg turned(Orientation further) {
        if (further.isUpright()) {
            return this;
        }
        Jpeg turned = further.appliedTo(this);
        if (turned.size > MAX_BYTES) {
            throw new IllegalArgumentException("the picture has " + turned.size
                    + " bytes with its orientation put in; at most " + MAX_BYTES + " are taken");
        }
        return turned;
    }

    /**
     * The ICC profile that defines the picture's colours. Empty if there is no profile, or if the profile is incomplete
     * or larger than 1 MiB.
     */
    public Optional<byte[]> profile() {
        return EmbeddedProfile.of(this);
    }

    /**
     * The same picture with the ICC profile of the picture from which it was made; this picture itself when that has no
     * profile.
     */
    public Jpeg withProfileOf(Jpeg original) {
        return EmbeddedProfile.put(this, original);
    }

    /** A copy of the picture's bytes. */
    public byte[] bytes() {
        byte[] copy = new byte[size];
        ByteBuffer out = ByteBuffer.wrap(copy);
        parts.forEach(part -> out.put(part.duplicate()));
        return copy;
    }

    /** The exception for a picture that is wrong at this byte. */
    static IllegalArgumentException bad(String what, int at) {
        return new IllegalArgumentException("not a JPEG that can be shown: " + what + " at byte " + at);
    }
}
