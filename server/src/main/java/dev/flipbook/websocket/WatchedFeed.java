package dev.flipbook.websocket;

import dev.flipbook.FeedStatus;
import dev.flipbook.FrameSink;
import dev.flipbook.Ticker;
import dev.flipbook.Variant;
import dev.flipbook.Viewer;
import dev.flipbook.ViewerStatus;
import dev.flipbook.feed.Feed;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.web.StreamRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * One feed that a connection watches: its viewer, and the pictures in flight, which are those that were sent and not
 * yet acknowledged.
 *
 * <p>Pace. A picture may be sent if fewer than {@link #UNDER_WAY} pictures of this feed are in flight and the
 * connection's {@link SendWindow} has room ({@link #isReady()}). Otherwise the viewer stays idle and is woken by
 * {@link #wake()} after an acknowledgement. The viewer then takes the newest frame, so a slow client misses frames and
 * never gets old ones.
 *
 * <p>Size. When {@link SizeStep} chooses another size, the watch begins a second viewer, of that variant, and ends the
 * first. Both may write for a moment. Two rules keep the order: a viewer is replaced only after the viewer before it
 * has finished its last write, and a picture that is older than the newest one sent is skipped.
 *
 * <p>Threads. The feed's threads call {@link Sink}; acknowledgements, looks and changes come from one thread at a time,
 * under the connection's lock. {@link #close()} may run at the same time as a write: therefore each side first
 * publishes what it did ({@code over}, or the picture in {@code underWay}) and then checks the other, so that no bytes
 * stay counted in the window.
 */
final class WatchedFeed implements OpenStream {

    /**
     * Maximum number of pictures in flight: one on the network and one that is being painted. With one alone, the
     * network would be idle while a picture is painted and its acknowledgement travels back.
     */
    private static final int UNDER_WAY = 2;

    private static final ViewerStatus COMING = new ViewerStatus(Duration.ZERO, 0, 0, 0, 0, Duration.ZERO);

    private final String id = UUID.randomUUID().toString();
    private final int number;
    private final Feed feed;
    private final LiveConnection connection;
    private final WatchedFeeds watches;
    private final Ticker ticker;
    private final Queue<Sent> underWay = new ConcurrentLinkedQueue<>(); // pictures in flight, oldest first
    private final AtomicInteger count = new AtomicInteger(); // their number
    private final AtomicLong newest = new AtomicLong(); // highest sequence number that was sent
    private final SizeStep step;
    private StreamRequest wish; // what the client has requested
    /** The viewer that was replaced last. */
    private @Nullable Sink former;
    /** Whether a replacement is due and waits for the former viewer's last write. */
    private boolean late;
    /** Time of the last acknowledgement, or of the beginning if none came. */
    private volatile long acknowledged;

    volatile Sink sink; // the current viewer's end; tests write to it

    private volatile int allowed = UNDER_WAY; // maximum number of pictures in flight now, 1 or 2
    private volatile int lastSize; // bytes of the last message
    private volatile boolean over; // whether the watch has ended

    /**
     * A picture in flight.
     *
     * @param sequence the frame's number in its feed
     * @param size bytes of the message
     * @param all bytes in flight on the connection, including this picture
     * @param at when the picture was sent, as the ticker counts
     */
    private record Sent(long sequence, int size, long all, long at) {}

    WatchedFeed(
            int number, Feed feed, StreamRequest wish, LiveConnection connection, WatchedFeeds watches, Ticker ticker) {
        this.number = number;
        this.feed = feed;
        this.wish = wish;
        this.connection = connection;
        this.watches = watches;
        this.ticker = ticker;
        this.step = new SizeStep(ticker.nanos());
        step.wish(wish.fps());
        this.acknowledged = ticker.nanos();
        this.sink = new Sink();
    }

    /**
     * Begins the first viewer. Separate from the constructor because the first picture may be sent, and even
     * acknowledged, before this method returns.
     */
    void begin() {
        sink.watch(wish);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String feed() {
        return feed.name();
    }

    @Override
    public String kind() {
        return "websocket";
    }

    @Override
    public String address() {
        return connection.address();
    }

    @Override
    public ViewerStatus status() {
        Viewer watching = sink.viewer;
        return watching == null ? COMING : watching.status();
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
        Sent sent = underWay.poll();
        if (sent == null) {
            return false;
        }
        count.decrementAndGet();
        watches.acknowledged(sent.size());
        long now = ticker.nanos();
        long took = now - sent.at();
        acknowledged = now;
        window.shown(sent.size(), sent.all(), took, now);
        step.shown(sent.sequence(), sent.size(), sent.at(), now);
        allowed = window.isCrowded(took) ? 1 : UNDER_WAY;
        look();
        return true;
    }

    /**
     * Looks whether another size is better, and completes a replacement that is due. Called after each acknowledgement
     * and four times a second.
     */
    void look() {
        long now = ticker.nanos();
        Sent oldest = underWay.peek();
        boolean changed = step.look(now, oldest == null ? now : oldest.at());
        if (!changed && !late) {
            return;
        }
        replace();
        if (changed) {
            connection.tell("{\"level\":" + number + ",\"step\":" + step.now() + "}");
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
     * Replaces the viewer by one of the current request and size, or postpones that if the former viewer is still
     * writing.
     */
    private void replace() {
        Sink before = former;
        if (before != null && before.isWriting()) {
            late = true;
            return;
        }
        late = false;
        Sink next = new Sink();
        next.watch(stepped());
        Sink replaced = sink;
        former = replaced;
        sink = next;
        if (over) {
            next.leave(); // closed in between, when close() could not see this sink
        }
        replaced.leave();
    }

    /** Lets the viewer take a newer frame if a picture may be sent now. Any thread. */
    void wake() {
        if (isReady()) {
            sink.wake();
        }
    }

    /** Whether another picture may be sent now. */
    private boolean isReady() {
        return count.get() < allowed && watches.hasRoom();
    }

    /** Ends the watch, because the client has forgotten it or is gone. Acknowledgements that still come are ignored. */
    void close() {
        over = true;
        sink.leave();
        forgetUnderWay();
    }

    private void forgetUnderWay() {
        for (Sent sent = underWay.poll(); sent != null; sent = underWay.poll()) {
            count.decrementAndGet();
            watches.arrived(sent.size());
        }
    }

    /**
     * Sends the pictures of one viewer, each as one message. Also the message itself, because a viewer writes one
     * picture at a time.
     */
    final class Sink implements FrameSink, Outbox.Message {

        private final PictureHeader header = new PictureHeader(number);
        private volatile @Nullable Viewer viewer;
        private volatile boolean left;

        // Set before each write by the viewer's current thread; one thread at a time.
        private long sequence;
        private boolean placeholder;
        private boolean sentAny;
        private long sentSequence;
        private boolean sentPlaceholder;
        private int sentLength;
        private @Nullable ByteBuffer slice;
        private volatile @Nullable Completion completion;

        void watch(StreamRequest request) {
            Viewer watching = new StreamRequest(Framing.NONE, request.fps(), request.variant())
                    .watch(feed, this, connection.client());
            viewer = watching;
            if (left) {
                watching.leave();
            }
        }

        /** Whether a picture waits to be sent or is being sent. */
        boolean isWriting() {
            return completion != null;
        }

        void leave() {
            left = true;
            Viewer watching = viewer;
            if (watching != null) {
                watching.leave();
            }
        }

        void wake() {
            Viewer watching = viewer;
            if (watching != null) {
                watching.wake();
            }
        }

        @Override
        public boolean isReady() {
            return WatchedFeed.this.isReady();
        }

        @Override
        public boolean isStuck(long nanos) {
            Sent oldest = underWay.peek();
            long now = ticker.nanos();
            boolean own = oldest != null && now - oldest.at() > nanos && now - acknowledged > nanos;
            return own || watches.isStuck(nanos);
        }

        @Override
        public void coming(long frame, long capturedNanos, boolean isPlaceholder) {
            sequence = frame;
            placeholder = isPlaceholder;
            double age = (ticker.nanos() - capturedNanos) / 1e6;
            header.set(frame, PictureHeader.unixMillis(ticker.now()) - age, isPlaceholder);
        }

        @Override
        public void write(ByteBuffer picture, boolean last, Completion whenDone) {
            boolean again = sentAny
                    && sequence == sentSequence
                    && placeholder == sentPlaceholder
                    && picture.remaining() == sentLength; // a picture of another size has another length
            // A viewer of another size begins with the picture that exists in that size, which may be older than what
            // was sent.
            boolean older = !placeholder && newest.getAndAccumulate(sequence, Math::max) > sequence;
            if (last || again || older || left || over) { // a WebSocket needs no repeats to stay alive
                whenDone.drained();
                if (last) {
                    connection.ended(number, WatchedFeed.this);
                }
                return;
            }
            sentAny = true;
            sentSequence = sequence;
            sentPlaceholder = placeholder;
            sentLength = picture.remaining();
            slice = picture;
            completion = whenDone;
            int size = picture.remaining() + header.size();
            lastSize = size;
            count.incrementAndGet();
            underWay.add(new Sent(sequence, size, watches.leaving(size), ticker.nanos()));
            if (over) {
                forgetUnderWay(); // closed after the check above, so that close() may not have seen this picture
            }
            connection.send(this);
        }

        @Override
        public void send(Session session, Callback whenDone) {
            ByteBuffer picture = slice;
            if (picture == null) {
                whenDone.succeed();
                return;
            }
            session.sendPartialBinary(header.bytes(), false, Callback.from(() -> {}, failure -> {}));
            session.sendPartialBinary(picture, true, whenDone);
        }

        @Override
        public int size() {
            return lastSize;
        }

        @Override
        public void sent() {
            Completion done = completion;
            completion = null;
            slice = null;
            if (done != null) {
                done.drained();
            }
        }

        @Override
        public void drop(Throwable why) {
            Completion done = completion;
            completion = null;
            slice = null;
            if (done != null) {
                done.failed(why);
            }
        }

        @Override
        public void cut() {
            connection.cut();
        }
    }
}
