package dev.flipbook.websocket;

import dev.flipbook.Feed;
import dev.flipbook.FeedStatus;
import dev.flipbook.FrameSink;
import dev.flipbook.Ticker;
import dev.flipbook.Variant;
import dev.flipbook.Viewer;
import dev.flipbook.ViewerStatus;
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
 * One feed that a connection watches: its viewer, the pictures that are under way to the screen, and in what size they are
 * sent. When another size is better it gets another viewer, of that variant.
 *
 * <p>Thread-safe where the feed calls; the rest is called by one thread at a time.
 */
final class Watch implements OpenStream {

    /** One on the wire and one being painted, so that neither waits for the way back of the other's acknowledgement. */
    private static final int UNDER_WAY = 2;

    private static final ViewerStatus COMING = new ViewerStatus(Duration.ZERO, 0, 0, 0, 0, Duration.ZERO);

    private final String id = UUID.randomUUID().toString();
    private final int number;
    private final Feed feed;
    private final LiveConnection connection;
    private final Watches watches;
    private final Ticker ticker;
    private final Queue<Sent> underWay = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong newest = new AtomicLong(); // the highest sequence number of a picture that was sent
    private final Step step;
    private StreamRequest wish;
    private @Nullable Sink former;
    private boolean late;
    private volatile long acknowledged;
    volatile Sink sink; // of the newest viewer; tests write to it

    private volatile int allowed = UNDER_WAY;
    private volatile int lastSize;
    private volatile boolean over;

    /**
     * A picture on its way to the screen.
     *
     * @param all bytes that are under way on the connection, with its own
     */
    private record Sent(long sequence, int size, long all, long at) {}

    Watch(int number, Feed feed, StreamRequest wish, LiveConnection connection, Watches watches, Ticker ticker) {
        this.number = number;
        this.feed = feed;
        this.wish = wish;
        this.connection = connection;
        this.watches = watches;
        this.ticker = ticker;
        this.step = new Step(ticker.nanos());
        step.wish(wish.fps());
        this.acknowledged = ticker.nanos();
        this.sink = new Sink();
    }

    /** Apart from the construction, as the first picture may be sent at once and come back before it. */
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

    /** Has it sent in another way. */
    void change(StreamRequest other) {
        if (!other.equals(wish)) {
            wish = other;
            step.wish(other.fps());
            replace();
        }
    }

    /** The oldest picture under way was shown; false when none was. */
    boolean painted(Window window) {
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

    /** Looks whether the link takes more or less. Called now and then, and with each picture that was shown. */
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

    private StreamRequest stepped() {
        FeedStatus status = feed.status();
        Variant variant = step.variant(wish.variant(), status.width(), status.height());
        return new StreamRequest(wish.framing(), wish.fps(), variant);
    }

    /** Sent as is wished, in the size that the link takes; when the former viewer's last picture has gone. */
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
            next.leave(); // closed meanwhile, when this was not there
        }
        replaced.leave();
    }

    /** A picture may be sent now: takes the newest, if it has not had it. */
    void wake() {
        if (isReady()) {
            sink.wake();
        }
    }

    private boolean isReady() {
        return count.get() < allowed && watches.hasRoom();
    }

    /** The client has forgotten it, or is gone. What is under way may still be acknowledged. */
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

    /** Where the pictures of one viewer go. */
    final class Sink implements FrameSink, Outbox.Message {

        private final PictureHeader header = new PictureHeader(number);
        private volatile @Nullable Viewer viewer;
        private volatile boolean left;

        // set before each write by whoever writes, one at a time
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

        /** Whether its picture waits to be sent, or is being sent. */
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
            return Watch.this.isReady();
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
                    && picture.remaining() == sentLength; // else it is of another size
            // A viewer of another size begins with what is made in that size, which may be older than what was sent.
            boolean older = !placeholder && newest.getAndAccumulate(sequence, Math::max) > sequence;
            if (last || again || older || left || over) { // a socket needs no repeats to stay alive
                whenDone.drained();
                if (last) {
                    connection.ended(number, Watch.this);
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
                forgetUnderWay(); // closed since the look above, and perhaps before this was there
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
