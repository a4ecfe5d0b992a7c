package dev.flipbook.feed;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.FrameSink;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.Variant;
import dev.flipbook.Viewer;
import dev.flipbook.ViewerStatus;
import dev.flipbook.delivery.Broadcast;
import dev.flipbook.delivery.CurrentEdition;
import dev.flipbook.delivery.FeedTally;
import dev.flipbook.delivery.FeedViewer;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.image.RawImage;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.origin.Backoff;
import dev.flipbook.origin.Drafts;
import dev.flipbook.origin.Inlet;
import dev.flipbook.origin.Origin;
import dev.flipbook.origin.ProgramOrigin;
import dev.flipbook.origin.PublisherOrigin;
import dev.flipbook.origin.SourceRunner;
import dev.flipbook.variant.Variants;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private final Broadcast broadcast;
    private final CurrentEdition current;
    private final Drafts drafts;
    private final Origin origin;
    private final Variants variants;
    private final Audience audience;
    private final Snapshots snapshots;
    private final Standby standby;
    private final Ticker ticker;
    // the program has called watched(), so it may have skipped its work since
    private volatile boolean programAsks;

    /** A feed with a source. */
    static Feed withSource(
            String name, String boundary, FrameSource source, Backoff backoff, FeedOptions options, Machinery shared) {
        return new Feed(name, boundary, options, shared, inlet -> new SourceRunner(inlet, source, backoff));
    }

    /** A feed to which this program publishes. */
    static Feed forProgram(String name, String boundary, FeedOptions options, Machinery shared) {
        return new Feed(name, boundary, options, shared, ProgramOrigin::new);
    }

    /** A feed to which other programs publish. */
    static Feed forPublishers(
            String name, String boundary, SourceOptions wishes, FeedOptions options, Machinery shared) {
        return new Feed(name, boundary, options, shared, inlet -> new PublisherOrigin(inlet, wishes));
    }

    private Feed(String name, String boundary, FeedOptions options, Machinery shared, Function<Inlet, Origin> origin) {
        this(name, boundary, new CurrentEdition(boundary, shared.ticker(), shared.pool()), options, shared, origin);
    }

    /**
     * A feed whose slot is given, for tests.
     *
     * @param origin makes the origin
     */
    Feed(
            String name,
            String boundary,
            CurrentEdition current,
            FeedOptions options,
            Machinery shared,
            Function<Inlet, Origin> origin) {
        this.name = name;
        this.boundary = boundary;
        this.current = current;
        this.ticker = shared.ticker();
        this.broadcast = new Broadcast(current, shared.wakers(), ticker, this::leave);
        this.variants = new Variants(name, broadcast, options.maxVariants(), shared);
        this.audience = new Audience(broadcast, variants, this::letGoIfClosed, shared);
        this.drafts = new Drafts(name, broadcast, this::isWatched, shared);
        this.origin = origin.apply(new Inlet(name, broadcast, drafts, options, shared));
        this.snapshots = new Snapshots(current, this.origin, drafts, variants, this::mayRest, shared);
        this.standby = new Standby(name, broadcast, drafts, this.origin, options.repeatAfter(), shared);
        broadcast.whenPublished(snapshots::answer);
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

    /** Whether other programs may publish to the feed, because it was made by {@link Feeds#open(String)}. */
    public boolean isOpen() {
        return origin instanceof PublisherOrigin;
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
        if (origin instanceof PublisherOrigin open) {
            return new Publisher(open, open.begin(who, takeover, whenEnded));
        }
        throw new IllegalStateException("the feed '" + name + "' is not open to other programs");
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
        origin.publish(frame);
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
            origin.drafts().publishFile(picture);
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
        origin.drafts().publish(image);
    }

    /**
     * Publishes plain pixels. The pixels are always copied before this returns, so that their memory may be used again.
     * The rest is as with {@link #publish(BufferedImage)}.
     *
     * @throws IllegalStateException as {@link #publish(Frame)}
     */
    public void publish(RawImage image) {
        origin.drafts().publish(image);
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
        origin.drafts().publishDrawn(image);
    }

    /**
     * Whether anybody watches or waits for a snapshot now. While this is false, the program need not make pictures.
     * After the first call, a snapshot of an unwatched feed waits for the next picture, because the last one may be
     * stale.
     */
    public boolean watched() {
        programAsks = true;
        return isWatched();
    }

    private boolean isWatched() {
        return !audience.isEmpty() || snapshots.pending();
    }

    private boolean mayRest() {
        return programAsks && audience.isEmpty();
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
        forgetIfIdle(); // the source may have been closed since the last tick
        FeedViewer viewer = audience.add(sink, framing, fps, variant, client);
        if (audience.viewers() == 1 || current.kind().isEmpty()) {
            current.quietFromNow(); // gives the source a second to begin before a placeholder is shown
        }
        origin.wanted(true);
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
        audience.wanted();
        return snapshots.copy(variant, maxAge, maxDelay);
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
        audience.wanted();
        return snapshots.write(variant, maxAge, maxDelay, reader, sink);
    }

    /** A copy of the last picture, however old; empty before the first. */
    public Optional<Frame> newest() {
        return current.lastPicture().copy();
    }

    /** Time since this frame of the feed was taken. */
    public Duration age(Frame frame) {
        return age(frame.capturedNanos());
    }

    /** Time since this moment, as the feed's ticker counts; zero for moments to come. */
    public Duration age(long capturedNanos) {
        return Duration.ofNanos(Math.max(0, ticker.nanos() - capturedNanos));
    }

    /** The state and the figures of the feed at this moment. Any thread may ask. */
    public FeedStatus status() {
        Origin.Report report = origin.report();
        FeedTally.Figures figures = current.figures();
        return new FeedStatus(
                name,
                report.state(),
                report.reason(),
                report.since(),
                origin.description(),
                origin.encoding(),
                figures.width(),
                figures.height(),
                figures.fps(),
                viewers(),
                origin.captured(),
                figures.frames(),
                broadcast.deliveries().frames(),
                broadcast.deliveries().bytes(),
                audience.skipped(),
                figures.dropped() + variants.dropped(),
                origin.damaged(),
                drafts.waitingFor().or(figures::age),
                figures.still(),
                origin.controls(),
                report.failures(),
                report.nextTry(),
                variants.status(),
                variants.made());
    }

    /** The figures of each viewer at this moment, in no order. */
    public List<ViewerStatus> watching() {
        List<ViewerStatus> all = new ArrayList<>();
        audience.forEach(viewer -> all.add(viewer.status()));
        return all;
    }

    // For the registry.

    /**
     * Does what is due: timeouts, retries, placeholders, repeats, waiting snapshots. Called a few times a second by the
     * timekeeper of all feeds, so it must not wait.
     */
    void tick() {
        origin.tick(isWatched(), audience.unwantedNanos());
        forgetIfIdle();
        snapshots.tick();
        if (!audience.isEmpty()) {
            standby.tick();
        }
        audience.tick();
    }

    /** The process has been stopped for a while, see {@link Origin#resume}. */
    void resume() {
        origin.resume();
    }

    /**
     * Ends the feed and returns at once. Its source is stopped. Every viewer's response ends with the newest picture
     * again and the closing delimiter, as soon as the viewer's current write has drained.
     */
    void close() {
        origin.close();
        if (current.close()) {
            broadcast.announce();
            snapshots.end();
            letGoIfClosed();
        }
    }

    /** Waits until the source has ended, at most for this time. */
    void awaitEnd(Duration patience) throws InterruptedException {
        origin.awaitEnd(patience);
    }

    /** Whether a closed feed needs no more ticks: its source has ended and its viewers have gone. */
    boolean ended() {
        return audience.isEmpty() && origin.ended();
    }

    int viewers() {
        return audience.viewers();
    }

    void forEachViewer(Consumer<FeedViewer> action) {
        audience.forEach(action);
    }

    /** What the feed's own viewers are shown. */
    Broadcast broadcast() {
        return broadcast;
    }

    // Inside.

    private void leave(FeedViewer viewer) {
        audience.leave(viewer);
    }

    /**
     * Forgets the newest edition of an idle feed: a viewer that comes waits for a new picture, and does not see one from
     * an hour ago.
     */
    private void forgetIfIdle() {
        if (origin.report().state() == State.IDLE) {
            current.forget(audience::isEmpty);
        }
    }

    /** Gives back all memory when the last viewer of a closed feed has left. Later viewers get an empty response. */
    private void letGoIfClosed() {
        if (current.letGo(audience::isEmpty)) {
            drafts.close();
        }
    }
}
