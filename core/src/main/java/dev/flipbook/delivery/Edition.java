package dev.flipbook.delivery;

import dev.flipbook.Frame;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.Block;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing to send. A frame, a frame sent again, a placeholder and the end of a feed are all editions, so that a
 * viewer compares one number only. Immutable.
 *
 * @param number one more than that of the edition before it
 * @param block what to send; null when a feed ends that has no picture
 * @param sequence number of the frame; for a placeholder, of the last frame before it
 * @param width of the picture in pixels, as encoded
 * @param height of the picture in pixels, as encoded
 * @param capturedNanos when the picture was taken, as the ticker counts
 */
public record Edition(
        long number, Kind kind, @Nullable Block block, long sequence, int width, int height, long capturedNanos) {

    /** What is shown by an edition. */
    public enum Kind {
        /** A frame of the source or the program. */
        PICTURE,
        /** Sent in place of a picture: one that was drawn, or the last frame again where nothing can be drawn. */
        PLACEHOLDER,
        /** The end of the feed; responses end with it. */
        END
    }

    /** Whether nothing is written after this edition. */
    public boolean last() {
        return kind == Kind.END;
    }

    /**
     * The same content under a new number, so that viewers take it. The new edition takes over this one's holding of
     * the block.
     */
    public Edition again(long newNumber, Kind newKind) {
        return new Edition(newNumber, newKind, block, sequence, width, height, capturedNanos);
    }

    /** The end of responses, with this block. */
    Edition end(long newNumber, @Nullable Block lastBlock) {
        return new Edition(newNumber, Kind.END, lastBlock, sequence, width, height, capturedNanos);
    }

    /** This edition with another block: the picture that was made of its picture. */
    public Edition as(Block made, Jpeg picture) {
        return new Edition(number, kind, made, sequence, picture.width(), picture.height(), capturedNanos);
    }

    /**
     * The picture in the block. The caller holds the block for as long as it reads.
     *
     * @throws NullPointerException if there is no picture, which happens only at the end of a feed without a picture
     */
    public Jpeg picture() {
        ByteBuffer bytes = Objects.requireNonNull(block).picture();
        return new Jpeg(List.of(bytes), bytes.remaining(), width, height);
    }

    /** A copy of the picture, as a frame. The caller holds the block meanwhile. */
    public Frame copy() {
        Jpeg picture = picture();
        byte[] bytes = picture.bytes();
        Jpeg same = new Jpeg(List.of(ByteBuffer.wrap(bytes)), bytes.length, width, height);
        return Frame.of(same, sequence, capturedNanos);
    }

    /** Becomes a further holder of the block, if there is one; false when it has been given back already. */
    public boolean retain() {
        return block == null || block.retain();
    }

    /** Ends one holding of the block. */
    public void release() {
        if (block != null) {
            block.release();
        }
    }
}
