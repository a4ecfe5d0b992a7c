package dev.flipbook.origin;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The place where a feed's pictures come from: a source ({@link SourceRunner}), this program ({@link ProgramOrigin}), or
 * other programs ({@link PublisherOrigin}). {@link CurrentOrigin} stands in front of them. Thread-safe.
 */
public interface Origin {

    /**
     * The part of a feed's status that is about its origin.
     *
     * @param reason why it is in this state, in words for users; while it is live, why it failed last, or empty; while
     *     it is paused, what the program said, or empty
     * @param since when the state began
     * @param failures tries that failed in a row
     * @param nextTry when a failed source is tried again; empty while it is open or idle
     */
    record Report(State state, String reason, Instant since, int failures, Optional<Instant> nextTry) {

        /** Why there is no new picture, as a sentence that stands alone. */
        public String sentence() {
            return state == State.PAUSED ? reason.isEmpty() ? "paused" : "paused: " + reason : reason;
        }
    }

    /**
     * What an origin has given so far.
     *
     * @param description what the origin is, in words for people: {@code V4L2 camera}, {@code a program}
     * @param encoding what was encoded on the way
     * @param captured number of pictures that the origin gave, used or not
     * @param damaged number of pictures that the origin gave and that could not be shown
     * @param controls settings of a camera
     */
    record Figures(String description, Encoding encoding, long captured, long damaged, List<Control> controls) {}

    /** The state of the origin, with its reason. */
    Report report();

    /** What the origin has given so far. */
    Figures figures();

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

    /**
     * Sets controls of a camera, and returns all controls as they are then.
     *
     * @throws IllegalArgumentException with a sentence when there is no such control, or it does not take this value;
     *     then none is set
     * @throws IllegalStateException with a sentence when the origin has no controls, or its driver refuses
     */
    default List<Control> control(Map<String, Integer> values) {
        throw new IllegalStateException(figures().description() + " has no controls");
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

    /**
     * Ends what is under way, and begins nothing until {@link #release}: a source is closed, and a publisher may not
     * publish any more. Returns at once.
     *
     * @param why a sentence for the log and for publishers
     */
    default void hold(String why) {}

    /** Ends a {@link #hold}; pictures come again when they are wanted. Does nothing if it is not held. */
    default void release() {}

    /** Whether both may not be open at once, because they are the same source. */
    default boolean excludes(Origin other) {
        return false;
    }

    /** Ends the origin and returns at once. */
    default void close() {}

    /** Waits until a closed origin has ended, at most for this time. */
    default void awaitEnd(Duration patience) throws InterruptedException {}

    /** Whether a closed origin has ended, so that it needs no more ticks. */
    default boolean ended() {
        return true;
    }
}
