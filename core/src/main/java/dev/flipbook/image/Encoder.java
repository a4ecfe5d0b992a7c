package dev.flipbook.image;

/** A tool that makes JPEGs, of pixels or of other JPEGs. Not thread-safe. */
public interface Encoder extends AutoCloseable {

    /** Name for the log and the status: {@code TurboJPEG}. */
    String name();

    @Override
    default void close() {}
}
