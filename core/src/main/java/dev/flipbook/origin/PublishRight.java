package dev.flipbook.origin;

import dev.flipbook.FeedStatus.Encoding;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The right of one program to publish to an open feed, and what its pictures were so far. A {@link PublisherOrigin}
 * gives it to one program at a time. Thread-safe.
 */
public final class PublishRight {

    private final String who;
    private final Instant since;
    private final Runnable whenEnded;

    // Guarded by the lock of the origin.
    final Pulse pulse;
    long frames;
    Encoding encoding = Encoding.NONE;
    long damaged;

    private volatile boolean takenOver;
    private volatile @Nullable String ended;

    PublishRight(String who, Instant since, Pulse pulse, Runnable whenEnded) {
        this.who = who;
        this.since = since;
        this.pulse = pulse;
        this.whenEnded = whenEnded;
    }

    /** Why the right has ended, in words for people; empty while it has not, and when its program gave it back. */
    public Optional<String> ended() {
        return Optional.ofNullable(ended);
    }

    /** Whether it has ended because another publisher has taken over. */
    public boolean takenOver() {
        return takenOver;
    }

    String who() {
        return who;
    }

    Instant since() {
        return since;
    }

    /** Ends the right from outside. Never called under a lock, because the publisher's own code runs. */
    void endBy(String why, boolean another) {
        takenOver = another;
        ended = why;
        whenEnded.run();
    }
}
