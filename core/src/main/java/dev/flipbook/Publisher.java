package dev.flipbook;

import dev.flipbook.FeedStatus.Encoding;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The right to publish to a feed that is open to other programs, see {@link Feeds#open(String)}. There is one at a time. It
 * ends when it is closed, when another one takes over, or with the feed; what it publishes then is ignored.
 *
 * <p>Thread-safe.
 */
public final class Publisher implements AutoCloseable {

    private final Publishing publishing;
    private final String who;
    private final Instant since;
    private final Runnable whenEnded;

    // guarded by the lock of publishing
    final Pulse pulse;
    long frames;
    Encoding encoding = Encoding.NONE;
    long damaged;

    private volatile boolean takenOver;
    private volatile @Nullable String ended;

    Publisher(Publishing publishing, String who, Instant since, Pulse pulse, Runnable whenEnded) {
        this.publishing = publishing;
        this.who = who;
        this.since = since;
        this.pulse = pulse;
        this.whenEnded = whenEnded;
    }

    /**
     * Makes this the feed's newest frame, as {@link Feed#publish(Frame)} does with a program's own.
     *
     * @return false when this publisher has ended, and nothing was published
     */
    public boolean publish(Frame frame) {
        return publishing.publish(this, frame);
    }

    /**
     * Publishes plain pixels, as {@link Feed#publish(RawImage)} does a program's own: a JPEG is made of them on another thread,
     * and only while somebody watches.
     *
     * @return as {@link #publish(Frame)}
     */
    public boolean publish(RawImage image) {
        return publishing.publish(this, image);
    }

    /**
     * Says for the status what became of its pictures so far.
     *
     * @param encoding what was made into JPEGs
     * @param damaged pictures that could not be shown
     */
    public void tell(Encoding encoding, long damaged) {
        publishing.tell(this, encoding, damaged);
    }

    /** What is asked of its pictures: their size, quality, turn and rate. Whoever decodes them follows. */
    public SourceOptions options() {
        return publishing.options();
    }

    /** Why it may not publish any more, in words for people; empty while it may, and when it has ended by itself. */
    public Optional<String> ended() {
        return Optional.ofNullable(ended);
    }

    /** Whether another one is in its place; else, where it has {@link #ended}, the feed has. */
    public boolean takenOver() {
        return takenOver;
    }

    /** Ends: it had no more than this to publish. Its last picture stays, as one that is live. */
    public void finish() {
        publishing.end(this, true, "");
    }

    /** Ends: it is gone, and viewers are told. When it has published nothing all is as it was before it came. */
    @Override
    public void close() {
        close("");
    }

    /**
     * The same for a reason that viewers are to know.
     *
     * @param why behind "its publisher has gone: ", in words for people; may be empty
     */
    public void close(String why) {
        publishing.end(this, false, why);
    }

    String who() {
        return who;
    }

    Instant since() {
        return since;
    }

    /** Not under a lock: the other program is told. */
    void endBy(String why, boolean another) {
        takenOver = another;
        ended = why;
        whenEnded.run();
    }
}
