package dev.flipbook.feed;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.image.RawImage;
import dev.flipbook.origin.PublishRight;
import dev.flipbook.origin.PublisherOrigin;
import java.util.Optional;

/**
 * The right of one program to publish to an open feed, see {@link Feeds#open(String)}. Each feed has at most one
 * publisher at a time. The right ends when it is closed, when another publisher takes over, or when the feed ends. What
 * is published after that is ignored.
 *
 * <p>Thread-safe.
 */
public final class Publisher implements AutoCloseable {

    private final PublisherOrigin origin;
    private final PublishRight right;

    Publisher(PublisherOrigin origin, PublishRight right) {
        this.origin = origin;
        this.right = right;
    }

    /**
     * Makes this the feed's newest frame, as {@link Feed#publish(Frame)} does with a program's own frame.
     *
     * @return false when this publisher has ended, and nothing was published
     */
    public boolean publish(Frame frame) {
        return origin.publish(right, frame);
    }

    /**
     * Publishes plain pixels, as {@link Feed#publish(RawImage)} does with a program's own pixels. A JPEG is made of
     * them on another thread, and only while somebody watches.
     *
     * @return false when this publisher has ended, and nothing was published
     */
    public boolean publish(RawImage image) {
        return origin.publish(right, image);
    }

    /**
     * Sets what the status says of this publisher's pictures so far.
     *
     * @param encoding what was encoded before they came here
     * @param damaged number of pictures that could not be shown
     */
    public void tell(Encoding encoding, long damaged) {
        origin.tell(right, encoding, damaged);
    }

    /** The size, quality, turn and rate that are asked of the pictures. The code that decodes them follows this. */
    public SourceOptions options() {
        return origin.options();
    }

    /**
     * The reason why this publisher may not publish any more, in words for people. Empty while it may, and after it has
     * closed itself.
     */
    public Optional<String> ended() {
        return right.ended();
    }

    /**
     * Whether another publisher has taken over. False while this one may publish, and when it ended for another reason.
     */
    public boolean takenOver() {
        return right.takenOver();
    }

    /** Ends this publisher, because it has nothing more to publish. Its last picture stays, and counts as live. */
    public void finish() {
        origin.end(right, true, "");
    }

    /**
     * Ends this publisher, because it is gone; viewers see that. If it has published nothing, everything is as before
     * it came.
     */
    @Override
    public void close() {
        close("");
    }

    /**
     * Ends this publisher for a reason that viewers see.
     *
     * @param why follows "its publisher has gone: ", in words for people; may be empty
     */
    public void close(String why) {
        origin.end(right, false, why);
    }
}
