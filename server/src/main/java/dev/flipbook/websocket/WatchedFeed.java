package dev.flipbook.websocket;

import dev.flipbook.FeedStatus;
import dev.flipbook.Ticker;
import dev.flipbook.Variant;
import dev.flipbook.ViewerStatus;
import dev.flipbook.feed.Feed;
import dev.flipbook.server.stream.OpenStream;
import dev.flipbook.web.StreamRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One feed that a connection watches: the viewer of the requested size, or of a smaller one while the connection is
 * slow.
 *
 * <p>Pace. A picture may be sent if few enough {@link PicturesInFlight} wait for their acknowledgement and the
 * connection's {@link SendWindow} has room. Otherwise the viewer stays idle and is woken by {@link #wake()} after an
 * acknowledgement. The viewer then takes the newest frame, so a slow client misses frames and never gets old ones.
 *
 * <p>Size. When {@link SizeStep} chooses another size, the watch begins a second viewer, of that variant, and ends the
 * first. Both may write for a moment. Two rules keep the order: a viewer is replaced only after the viewer before it
 * has finished its last write, and a picture that is older than the newest one sent is skipped.
 *
 * <p>Threads. The feed's threads call the {@link PictureSink}; acknowledgements, checks for a better size and changes
 * come from one thread at a time, under the connection's lock. {@link #close()} may run at the same time as a write.
 */
final class WatchedFeed implements OpenStream {

    private final Label label;
    private final int number;
    private final Feed feed;
    private final LiveConnection connection;
    private final Ticker ticker;
    private final PicturesInFlight inFlight;
    private final SizeStep step;
    private StreamRequest wish; // what the client has requested
    /** The sink that was replaced last. */
    private @Nullable PictureSink former;
    /** Whether a replacement is due and waits for the former sink's last write. */
    private boolean late;

    volatile PictureSink sink; // of the current viewer; tests write to it

    WatchedFeed(
            int number, Feed feed, StreamRequest wish, LiveConnection connection, WatchedFeeds watches, Ticker ticker) {
        this.label = new Label(UUID.randomUUID().toString(), feed.name(), "websocket", connection.address());
        this.number = number;
        this.feed = feed;
        this.wish = wish;
        this.connection = connection;
        this.ticker = ticker;
        this.inFlight = new PicturesInFlight(watches, ticker);
        this.step = new SizeStep(ticker.nanos());
        step.wish(wish.fps());
        this.sink = newSink();
    }

    private PictureSink newSink() {
        return new PictureSink(number, connection, inFlight, ticker, this::end);
    }

    /**
     * Begins the first viewer. Separate from the constructor because the first picture may be sent, and even
     * acknowledged, before this method returns.
     */
    void begin() {
        sink.watch(feed, wish);
    }

    @Override
    public Label label() {
        return label;
    }

    @Override
    public ViewerStatus status() {
        return sink.status();
    }

    @Override
    public void end() {
        connection.ended(number, this);
    }

    /** Applies a new request for the same feed. */
    void change(StreamRequest other) {
        if (!other.equals(wish)) {
            wish = other;
            step.wish(other.fps());
            replace();
        }
    }

    /**
     * Counts the oldest picture in flight as painted.
     *
     * @return false if no picture was in flight
     */
    boolean painted(SendWindow window) {
        PicturesInFlight.Sent sent = inFlight.acknowledge();
        if (sent == null) {
            return false;
        }
        long now = ticker.nanos();
        long took = now - sent.at();
        window.shown(sent.size(), sent.all(), took, now);
        step.shown(sent.sequence(), sent.size(), sent.at(), now);
        inFlight.allowOneOnly(window.isCrowded(took));
        adapt();
        return true;
    }

    /**
     * Checks whether another size is better, and completes a replacement that is due. Called after each acknowledgement
     * and four times a second.
     */
    void adapt() {
        long now = ticker.nanos();
        boolean changed = step.adapt(now, inFlight.oldestAt(now));
        if (!changed && !late) {
            return;
        }
        replace();
        if (changed) {
            connection.sendText("{\"level\":" + number + ",\"step\":" + step.now() + "}");
        }
    }

    /**
     * The request, reduced to the current step. The variant's size is derived from the feed's own size if the request
     * names none.
     */
    private StreamRequest stepped() {
        FeedStatus status = feed.status();
        Variant variant = step.variant(wish.variant(), status.width(), status.height());
        return new StreamRequest(wish.framing(), wish.fps(), variant);
    }

    /**
     * Replaces the viewer by one of the current request and size, or postpones that if the former one is still writing.
     */
    private void replace() {
        PictureSink before = former;
        if (before != null && before.isWriting()) {
            late = true;
            return;
        }
        late = false;
        PictureSink next = newSink();
        next.watch(feed, stepped());
        PictureSink replaced = sink;
        former = replaced;
        sink = next;
        if (inFlight.isClosed()) {
            next.leave(); // closed in between, when close() could not see this sink
        }
        replaced.leave();
    }

    /** Lets the viewer take a newer frame if a picture may be sent now. Any thread. */
    void wake() {
        if (inFlight.hasRoom()) {
            sink.wake();
        }
    }

    /** Ends the watch, because the client has forgotten it or is gone. Acknowledgements that still come are ignored. */
    void close() {
        inFlight.close();
        sink.leave();
    }
}
