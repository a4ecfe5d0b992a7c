package dev.flipbook.origin;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The place where a feed's pictures come from: a source ({@link SourceRunner}), this program ({@link ProgramOrigin}), or
 * other programs ({@link PublisherOrigin}). Thread-safe.
 */
public interface Origin {

    /**
     * The part of a feed's status that is about its origin.
     *
     * @param reason why it is in this state, in words for users; while it is live, why it failed last, or empty
     * @param since when the state began
     * @param failures tries that failed in a row
     * @param nextTry when a failed source is tried again; empty while it is open or idle
     */
    record Report(State state, String reason, Instant since, int failures, Optional<Instant> nextTry) {}

    /** The state of the origin, with its reason. */
    Report report();

    /**
     * Makes this program's frame the newest one of the feed.
     *
     * @throws IllegalStateException with a sentence when this program may not publish to the feed
     */
    void publish(Frame frame);

    /**
     * Takes the pictures of this program that are not JPEGs yet.
     *
     * @throws IllegalStateException as {@link #publish}
     */
    Drafts drafts();

    /**
     * Whether pictures come when a program publishes them. A source is asked for its pictures instead, and only while
     * somebody watches.
     */
    default boolean isPushed() {
        return true;
    }

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
