package dev.flipbook;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.FeedStatus.Encoding;
import java.time.Duration;
import java.util.List;

/**
 * Where a feed's pictures come from: a source ({@link SourceRunner}), the program ({@link OwnPictures}), or other programs ({@link
 * Publishing}). Thread-safe.
 */
interface Origin {

    /** How it goes. */
    SourceRunner.Report report();

    /** What it is, in words: {@code V4L2 camera}, {@code a program}. */
    String description();

    /** What was made into JPEGs on the way. */
    Encoding encoding();

    /** Pictures that it gave, used or not. */
    long captured();

    /** Pictures that it gave and that were none. */
    default long damaged() {
        return 0;
    }

    default List<Control> controls() {
        return List.of();
    }

    /**
     * Somebody has come.
     *
     * @param hurry whether a picture is waited for
     */
    void wanted(boolean hurry);

    /**
     * Does what is due; called a few times a second.
     *
     * @param unwatchedNanos how long nobody has watched
     */
    default void tick(boolean watched, long unwatchedNanos) {}

    /** This process did not run for a while, up to now: what is silent is silent from now on. */
    default void resume() {}

    default void close() {}

    default void awaitEnd(Duration patience) throws InterruptedException {}

    /** Whether it needs no time any more after it was closed. */
    default boolean ended() {
        return true;
    }
}
