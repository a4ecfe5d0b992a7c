package dev.flipbook;

import dev.flipbook.mjpeg.Block;
import org.jspecify.annotations.Nullable;

/**
 * What a feed's viewers are to be sent now. Immutable. A frame that goes out again, a placeholder and the end of a feed are
 * turns too, so that a viewer compares one number only.
 *
 * @param number counts up by one with each turn of the feed
 * @param block what to send; nothing when a feed ends that has no picture
 * @param sequence of the frame; of the last one before it, for a placeholder
 * @param capturedNanos when the picture was taken
 */
record Turn(long number, Kind kind, @Nullable Block block, long sequence, int width, int height, long capturedNanos) {

    enum Kind {
        /** A frame of the source or program. */
        PICTURE,
        /** Drawn in its place. */
        PLACEHOLDER,
        /** Responses end with it. */
        END
    }

    boolean last() {
        return kind == Kind.END;
    }

    /** The same once more, under the number that makes viewers take it. The holding of the block passes to it. */
    Turn again(long newNumber) {
        return new Turn(newNumber, kind, block, sequence, width, height, capturedNanos);
    }

    /** The same once more, in the place of a placeholder that cannot be drawn. */
    Turn asPlaceholder() {
        return new Turn(number, Kind.PLACEHOLDER, block, sequence, width, height, capturedNanos);
    }

    /** The end of responses, with this block instead. */
    Turn end(long newNumber, @Nullable Block lastBlock) {
        return new Turn(newNumber, Kind.END, lastBlock, sequence, width, height, capturedNanos);
    }

    void release() {
        if (block != null) {
            block.release();
        }
    }
}
