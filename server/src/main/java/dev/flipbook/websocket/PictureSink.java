package dev.flipbook.websocket;

import dev.flipbook.FrameSink;
import dev.flipbook.Ticker;
import dev.flipbook.ViewerStatus;
import dev.flipbook.feed.Feed;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.server.stream.ViewerHandle;
import dev.flipbook.web.StreamRequest;
import java.nio.ByteBuffer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * Sends the pictures of one viewer over a connection, each as one message. The sink is also the message itself, because
 * a viewer writes one picture at a time.
 */
final class PictureSink implements FrameSink, Outbox.Message {

    private final LiveConnection connection;
    private final PicturesInFlight inFlight;
    private final Ticker ticker;
    private final Runnable whenEnded;
    private final PictureHeader header;
    private final ViewerHandle viewer = new ViewerHandle();

    // Set before each write by the viewer's current thread; one thread at a time.
    private long sequence;
    private boolean placeholder;
    private boolean sentAny;
    private long sentSequence;
    private boolean sentPlaceholder;
    private int sentLength;
    private @Nullable ByteBuffer slice;
    private volatile int size; // bytes of the message
    private volatile @Nullable Completion completion; // null unless a picture waits to be sent or is being sent

    /**
     * A sink without a viewer.
     *
     * @param number number that the client watches the feed under
     * @param inFlight pictures of the feed that were sent, by this sink or by one before it
     * @param whenEnded run when the feed has ended
     */
    PictureSink(int number, LiveConnection connection, PicturesInFlight inFlight, Ticker ticker, Runnable whenEnded) {
        this.connection = connection;
        this.inFlight = inFlight;
        this.ticker = ticker;
        this.whenEnded = whenEnded;
        this.header = new PictureHeader(number);
    }

    /** Begins the viewer. Its first picture may be sent before this method returns. */
    void watch(Feed feed, StreamRequest request) {
        StreamRequest pictures = new StreamRequest(Framing.NONE, request.fps(), request.variant());
        viewer.set(pictures.watch(feed, this, connection.client()));
    }

    /** Whether a picture waits to be sent or is being sent. */
    boolean isWriting() {
        return completion != null;
    }

    /** Ends the viewer. */
    void leave() {
        viewer.leave();
    }

    /** Lets the viewer take a newer frame. */
    void wake() {
        viewer.wake();
    }

    /** What the viewer has received so far. */
    ViewerStatus status() {
        return viewer.status();
    }

    @Override
    public boolean isReady() {
        return inFlight.hasRoom();
    }

    @Override
    public boolean isStuck(long nanos) {
        return inFlight.isStuck(nanos);
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
        // A viewer of another size begins with the picture that exists in that size, which may be older than what was
        // sent.
        boolean older = !placeholder && !inFlight.isNewest(sequence);
        // A repeat is skipped because a WebSocket needs none to stay alive.
        if (last || again || older || viewer.hasLeft() || inFlight.isClosed()) {
            whenDone.drained();
            if (last) {
                whenEnded.run();
            }
            return;
        }
        sentAny = true;
        sentSequence = sequence;
        sentPlaceholder = placeholder;
        sentLength = picture.remaining();
        slice = picture;
        completion = whenDone;
        size = picture.remaining() + header.size();
        inFlight.add(sequence, size);
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
        return size;
    }

    @Override
    public void sent() {
        Completion done = takeCompletion();
        if (done != null) {
            done.drained();
        }
    }

    @Override
    public void drop(Throwable why) {
        Completion done = takeCompletion();
        if (done != null) {
            done.failed(why);
        }
    }

    private @Nullable Completion takeCompletion() {
        Completion done = completion;
        completion = null;
        slice = null;
        return done;
    }

    @Override
    public void cut() {
        connection.cut();
    }
}
