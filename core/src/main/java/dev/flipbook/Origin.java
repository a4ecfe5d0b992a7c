package dev.flipbook;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.FeedStatus.Encoding;
import java.time.Duration;
import java.util.List;

/**
 * The place where a feed's pictures come from: a source ({@link SourceRunner}), this program ({@link ProgramOrigin}), or
 * other programs ({@link PublisherOrigin}). Thread-safe.
 */
interface Origin {

    /** The state of the origin, with its reason. */
    SourceRunner.Report report();

    /** What the origin is, in words for people: {@code V4L2 camera}, {@code a program}. */
    String description();

    /** What was encoded on the way. */
    Encoding encoding();

    /** Number of pictures that the origin gave, used or not. */
    long captured();

    /** Number of pictures that the origin gave and that could not be shown. */
    default long damaged() {
        return 0;
    }

    /** Settings of a camera. */
    default List<Control> controls() {
        return List.of();
    }

    /**
     * A viewer or snapshot wants pictures.
     *
     * @param hurry whether to retry a failed source at once instead of after its back-off
     */
    void wanted(boolean hurry);

    /**
     * Does what is due. Called a few times a second.
     *
     * @param watched whether there is a viewer or a waiting snapshot
     * @param unwatchedNanos time since the last viewer or snapshot, in nanoseconds
     */
    default void tick(boolean watched, long unwatchedNanos) {}

    /** The process did not run for a while, up to now. Silence is counted from now on. */
    default void resume() {}

    /** Ends the origin and returns at once. */
    default void close() {}

    /** Waits until a closed origin has ended, at most for this time. */
    default void awaitEnd(Duration patience) throws InterruptedException {}

    /** Whether a closed origin has ended, so that it needs no more ticks. */
    default boolean ended() {
        return true;
    }
}
