package dev.flipbook.picture;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Splits a stream of bytes into whole pictures, and passes each on at once. Confined to the source thread. */
interface Splitter {

    /** Reads all bytes between position and limit. */
    void feed(ByteBuffer bytes) throws IOException;

    /** Passes on what is whole in the bytes that were held back, because no more will come. */
    default void finish() {}

    /** Whether the latest bytes may belong to a picture that is not whole yet. */
    default boolean isAmidPicture() {
        return true;
    }

    /** Whether a piece, which may be a picture or the line before one, has begun and is not whole. */
    boolean isUnderWay();

    /** Number of whole pieces that are not pictures, such as empty parts that keep a connection open. */
    default long others() {
        return 0;
    }

    /** Whether text stands before the pictures, so that text alone may be a stream that was cut off early. */
    default boolean beginsWithText() {
        return false;
    }

    /** Number of pieces that were not whole pictures. */
    default long damaged() {
        return 0;
    }
}
