package dev.flipbook.feed;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus;
import dev.flipbook.Frame;
import dev.flipbook.FrameSink;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.Variant;
import dev.flipbook.Viewer;
import dev.flipbook.ViewerStatus;
import dev.flipbook.delivery.Broadcast;
import dev.flipbook.delivery.CurrentEdition;
import dev.flipbook.delivery.FeedViewer;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.image.RawImage;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.origin.Backoff;
import dev.flipbook.origin.Inlet;
import dev.flipbook.origin.Origin;
import dev.flipbook.origin.PublisherOrigin;
import dev.flipbook.origin.SourceRunner;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A named live picture: the newest frame of one source or of a program, and the viewers that watch it. {@link Feeds}
 * makes feeds.
 *
 * <p>There are three kinds, by where the pictures come from:
 *
 * <ul>
 *   <li>a feed with a {@link FrameSource}, which is opened while somebody watches
 *       ({@link Feeds#feed(String, FrameSource)});
 *   <li>a feed to which this program publishes ({@link Feeds#feed(String)});
 *   <li>an open feed, to which other programs publish, one at a time ({@link Feeds#open(String)}).
 * </ul>
 *
 * <p>Thread-safe. Publishing never waits for a viewer or for an encoder.
 */
public final class Feed {

    /*
     * The path of a frame. publish() gives the frame to the origin, and the origin to the broadcast. The broadcast copies
     * the picture once into a block of direct memory and makes it the newest edition. Then it wakes the viewers: a few on
     * the publishing thread, more by tasks of the executor, one task for any number of publishes. An armed viewer takes
     * the newest edition, holds its block, and writes a slice of it. A viewer that is still writing is passed over and
     * takes the newest edition itself when its write has drained. So there is never more than one frame between source
     * and socket, and a block lives as long as the feed or a viewer holds it.
     *
     * A variant follows the newest edition as a viewer does, is woken as a viewer is, and has viewers of its own.
     */

    private final String name;
    private final String boundary;
    private final FeedWorks works;

    /**
     * A feed.
     *
     * @param origin makes the origin
     */
    Feed(String name, String boundary, FeedOptions options, Machinery shared, Function<Inlet, Origin> origin) {
        this(name, boundary, new CurrentEdition(boundary, shared.ticker(), shared.pool()), options, shared, origin);
    }

    /** A feed whose slot is given, for tests. */
    Feed(
            String name,
            String boundary,
            CurrentEdition current,
            FeedOptions options,
            Machinery shared,
            Function<Inlet, Origin> origin) {
        this.name = name;
        this.boundary = boundary;
        this.works = new FeedWorks(name, current, options, shared, origin);
    }

    /** The name under which people watch the feed. */
    public String name() {
        return name;
    }

    /**
     * The text between the parts of a streamed response of this feed: random letters and digits, without the leading
     * dashes.
     */
    public String boundary() {
        return boundary;
    }

    // Publishing.

    /**
     * Whether other programs may publish to the feed, because it was made by {@link Feeds#open(String)} or
     * {@linkplain #open(SourceOptions) opened} since.
     */
    public boolean isOpen() {
        return works.origin().publishers().isPresent();
    }

    /**
     * Lets one other program, for which the caller speaks, publish to an open feed. While that publisher is silent, or
     * after it has gone, viewers see the same as with a source that fails; the next publisher goes on with the same
     * feed.
     *
     * @param who the publisher, in words that follow "a": {@code publisher at 127.0.0.1}
     * @param takeover whether to end a publisher that is there already; its {@code whenEnded} is run
     * @param whenEnded runs on another thread when this publisher may not publish any more, because another one has
     *     taken over or the feed has ended. Does not run when the publisher closes itself
     * @throws IllegalStateException with a sentence when there is another publisher, or the feed is not open or has
     *     ended
     */
    public Publisher publisher(String who, boolean takeover, Runnable whenEnded) {
        PublisherOrigin open = works.origin()
                .publishers()
                .orElseThrow(() -> new IllegalStateException("the feed '" + name + "' is not open to other programs"));
        return new Publisher(open, open.begin(who, takeover, whenEnded));
    }

    /**
     * Makes this the newest frame and sends it to every viewer that is ready. The bytes are copied before this returns.
     * When there is no memory for the frame, it is dropped and counted. After the feed was closed the frame is ignored.
     * Any thread may publish; what several threads publish is shown in the order in which their calls come. The same
     * holds on a feed that has a source: viewers see the pictures of both.
     *
     * @throws IllegalStateException when the feed is open to other programs: then a {@link Publisher} publishes
     */
    public void publish(Frame frame) {
        works.origin().publish(frame);
    }

    /**
     * Publishes a picture file. A JPEG goes out unchanged. A PNG, WebP or other kind is made into a JPEG as an image
     * is. The array is not kept.
     *
     * @throws IllegalArgumentException with a sentence when the file begins as a JPEG and is not one whole JPEG
     *     ({@link Jpeg#check}), or is of no known kind; viewers see nothing of it
     * @throws IllegalStateException as {@link #publish(Frame)}
     */
    public void publish(byte[] picture) {
        publish(ByteBuffer.wrap(picture));
    }

    /**
     * Publishes the picture file between the buffer's position and limit, as {@link #publish(byte[])} does. The
     * buffer's position does not move, and its memory may be used again when this returns.
     *
     * @throws IllegalArgumentException as {@link #publish(byte[])}
     * @throws IllegalStateException as {@link #publish(Frame)}
     */
    public void publish(ByteBuffer picture) {
        // only a JPEG begins with this byte
        if (picture.hasRemaining() && picture.get(picture.position()) == (byte) 0xFF) {
            publish(Frame.ofJpeg(picture));
        } else {
            works.origin().drafts().publishFile(picture);
        }
    }

    /**
     * Publishes an image. While somebody watches, its pixels are copied and made into a JPEG on another thread; if the
     * next image is published before that begins, this one is skipped. While nobody watches this costs nothing: the
     * feed keeps a reference to the image, and the next viewer sees what is in the image by then.
     *
     * @throws IllegalArgumentException when a side is longer than 8192 pixels
     * @throws IllegalStateException as {@link #publish(Frame)}
     */
    public void publish(BufferedImage image) {
        works.origin().drafts().publish(image);
    }

    /**
     * Publishes plain pixels. The pixels are always copied before this returns, so that their memory may be used again.
     * The rest is as with {@link #publish(BufferedImage)}.
     *
     * @throws IllegalStateException as {@link #publish(Frame)}
     */
    public void publish(RawImage image) {
        works.origin().drafts().publish(image);
    }

    /**
     * Publishes the image that the supplier gives. The supplier is called on another thread, and only while somebody
     * watches or when the next viewer comes. The supplier is never called if something newer is published first. What
     * it throws is shown to viewers as the reason why there is no new picture. A supplier should return soon, because
     * all feeds share a few encoding threads.
     *
     * @throws IllegalStateException as {@link #publish(Frame)}
     */
    public void publish(Supplier<BufferedImage> image) {
        works.origin().drafts().publishDrawn(image);
    }

    /**
     * Whether anybody watches or waits for a snapshot now. While this is false, the program need not make pictures.
     * After the first call, a snapshot of an unwatched feed waits for the next picture, because the last one may be
     * stale.
     */
    public boolean watched() {
        return works.programAsks();
    }

    // Watching.

    /**
     * Adds a viewer. The viewer gets the newest picture at once, and after that the newest one each time its sink has
     * drained. The viewer leaves when its sink fails. When the feed is closed, the last write says so. Any thread may
     * call; the first write may begin before this returns.
     */
    public Viewer watch(FrameSink sink, Framing framing) {
        return watch(sink, framing, 0);
    }

    /**
     * Adds a viewer with a maximum frame rate. Its frames are spread evenly: each is the newest one when the time for
     * it has come.
     *
     * @param fps maximum number of frames a second; 0 for all
     */
    public Viewer watch(FrameSink sink, Framing framing, double fps) {
        return watch(sink, framing, fps, Variant.ORIGINAL);
    }

    /**
     * Adds a viewer of a variant of the feed. The variant's pictures are made once for all viewers that want the same,
     * only while there are such viewers, and only of the newest frame. The rounding of the size is decided now, by the
     * size of the last picture.
     *
     * <p>When the maximum number of variants is reached and all of them are in use, the viewer gets the nearest of them
     * or the feed itself. The viewer moves to the variant that it wants as soon as there is a place.
     */
    public Viewer watch(FrameSink sink, Framing framing, double fps, Variant variant) {
        return watch(sink, framing, fps, variant, "");
    }

    /**
     * Adds a viewer on behalf of a client. All viewers of one client together use at most three eighths of the
     * variants.
     *
     * @param client any name that tells the client from others; empty for the program's own viewers, which have no such
     *     limit
     */
    public Viewer watch(FrameSink sink, Framing framing, double fps, Variant variant, String client) {
        works.forgetIfIdle(); // the source may have been closed since the last tick
        FeedViewer viewer = works.audience().add(sink, framing, fps, variant, client);
        CurrentEdition current = works.current();
        if (works.audience().viewers() == 1 || current.kind().isEmpty()) {
            current.quietFromNow(); // gives the source a second to begin before a placeholder is shown
        }
        works.origin().wanted(true);
        viewer.wake();
        return viewer;
    }

    /**
     * The newest picture: at once while the feed is live, else the next one. For the next one, a closed source is
     * opened, and a program that asks {@link #watched} gets true. The future fails with an {@link IOException} that
     * says why, when no picture comes within 5 s and there was none before.
     */
    public CompletableFuture<Frame> snapshot() {
        return snapshot(Variant.ORIGINAL, Optional.empty(), Snapshots.DEFAULT_TIMEOUT);
    }

    /**
     * The newest picture as a variant of the feed. The variant is made once for all that ask for the same at the same
     * time. Where it cannot be made, the answer is the picture itself.
     *
     * @param maxAge maximum age of the picture; when the newest is older, the next one is waited for. Empty for any
     *     age, as {@link #snapshot()}
     * @param maxDelay maximum wait; after that the future fails with an {@link IOException} that says why there is no
     *     picture. A caller that stops waiting cancels the future
     */
    public CompletableFuture<Frame> snapshot(Variant variant, Optional<Duration> maxAge, Duration maxDelay) {
        works.audience().wanted();
        return works.snapshots().copy(variant, maxAge, maxDelay);
    }

    /**
     * Writes the newest picture, as {@link #snapshot(Variant, Optional, Duration)} gives it, to a sink. Nothing is
     * copied: the picture is written from the memory that viewers share. The sink gets one call of
     * {@link FrameSink#coming} and one write, the last, of the picture alone. The picture's memory is held until that
     * write has drained. All snapshots together may hold at most a quarter of the memory of frames.
     *
     * @param reader name of the client that reads, such as its address; one client may hold half of that quarter
     * @return completes when the write has begun. Fails with an {@link IOException} that says why there is no picture,
     *     with a {@link dev.flipbook.mjpeg.SnapshotMemory.FullException} when there is no memory to hold it, or with
     *     what the sink threw. A caller that stops waiting cancels it
     */
    public CompletableFuture<Void> snapshot(
            Variant variant, Optional<Duration> maxAge, Duration maxDelay, String reader, FrameSink sink) {
        works.audience().wanted();
        return works.snapshots().write(variant, maxAge, maxDelay, reader, sink);
    }

    /** A copy of the last picture, however old; empty before the first. */
    public Optional<Frame> newest() {
        return works.current().lastPicture().copy();
    }

    /** Time since this frame of the feed was taken. */
    public Duration age(Frame frame) {
        return age(frame.capturedNanos());
    }

    /** Time since this moment, as the feed's ticker counts; zero for moments to come. */
    public Duration age(long capturedNanos) {
        return Duration.ofNanos(Math.max(0, works.ticker().nanos() - capturedNanos));
    }

    /** The state and the figures of the feed at this moment. Any thread may ask. */
    public FeedStatus status() {
        return works.status();
    }

    /** The figures of each viewer at this moment, in no order. */
    public List<ViewerStatus> watching() {
        List<ViewerStatus> all = new ArrayList<>();
        forEachViewer(viewer -> all.add(viewer.status()));
        return all;
    }

    // Changing what is shown.

    /**
     * Exchanges where the pictures come from, of whatever kind that was, for this source. Viewers stay: they see a
     * placeholder at most until the first picture of this source, and nothing of the former origin. A publisher is
     * ended. Returns at once; the former source is closed at once, and this one is opened when that has ended, after 5 s
     * at the latest. When another exchange comes before that, this source is never opened. Any thread may call.
     *
     * <p>Frames are numbered on, and the numbers of captured and damaged pictures go on; what was encoded is counted
     * from zero. {@link #newest()} is empty until the first picture. A paused feed stays paused. After the feed was closed,
     * this does nothing.
     */
    public void show(FrameSource source) {
        Objects.requireNonNull(source, "a feed without a source is made by Feeds.feed(name)");
        works.exchange(inlet -> new SourceRunner(inlet, source, new Backoff(new Random())));
    }

    /**
     * Exchanges where the pictures come from for other programs, which publish one at a time; otherwise as
     * {@link #show}. The feed is {@linkplain #isOpen() open} when this returns.
     *
     * @param wishes the size, quality, turn and rate asked of their pictures
     */
    public void open(SourceOptions wishes) {
        works.exchange(inlet -> new PublisherOrigin(inlet, wishes));
    }

    /**
     * Changes the timeouts of the feed, from now on and without a new start of its source. The memory and the number of
     * variants stay as they are. Any thread may call.
     */
    public void options(FeedOptions options) {
        works.options(Objects.requireNonNull(options));
    }

    /**
     * Pauses the feed for the sake of privacy, or changes the reason of its pause. The source is closed, a publisher is
     * ended and none may begin, what this program publishes is ignored, and nobody is given a picture from before: viewers
     * stay and see the reason on grey, and snapshots fail with it. Returns at once. Any thread may call.
     *
     * @param reason in words for people, after "paused: "; may be empty. Control characters are removed, and more than
     *     200 characters are cut
     */
    public void pause(String reason) {
        works.pause(reason);
    }

    /** Ends a pause: the source is opened when somebody watches. Does nothing when the feed is not paused. */
    public void resume() {
        works.unpause();
    }

    /** The reason of the pause, which may be an empty text; empty while the feed is not paused. */
    public Optional<String> paused() {
        return works.origin().paused();
    }

    /**
     * Sets controls of the feed's camera while it runs. All values are checked before the first is set. A camera that is
     * closed but was open before gets the values at its next opening. Any thread may call; the camera's driver may take
     * a moment.
     *
     * @param values by the names of {@link FeedStatus#controls()}
     * @return all controls, as they are now
     * @throws IllegalArgumentException with a sentence when there is no control of this name, or it does not take this
     *     value; then none is set
     * @throws IllegalStateException with a sentence when the source has no controls, when they are not known because the
     *     source has not been open yet, or when the driver refuses a value
     */
    public List<FeedStatus.Control> control(Map<String, Integer> values) {
        return works.origin().control(values);
    }

    // For the registry.

    /**
     * Ends the feed and returns at once. Its source is stopped. Every viewer's response ends with the newest picture
     * again and the closing delimiter, as soon as the viewer's current write has drained.
     */
    void close() {
        works.close();
    }

    /** One look of the timekeeper, see {@link FeedWorks#tick}. */
    void tick() {
        works.tick();
    }

    /** The process has been stopped for a while, see {@link Origin#resume}. */
    void wokeUp() {
        works.origin().resume();
    }

    /** Waits until the source has ended, at most for this time. */
    void awaitEnd(Duration patience) throws InterruptedException {
        works.awaitEnd(patience);
    }

    /** Whether a closed feed needs no more ticks, see {@link FeedWorks#ended}. */
    boolean ended() {
        return works.ended();
    }

    int viewers() {
        return works.audience().viewers();
    }

    void forEachViewer(Consumer<FeedViewer> action) {
        works.audience().forEach(action);
    }

    /** What the feed's own viewers are shown. */
    Broadcast broadcast() {
        return works.broadcast();
    }
}
