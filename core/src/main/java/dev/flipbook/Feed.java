package dev.flipbook;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.CurrentEdition.Edition;
import dev.flipbook.image.RawImage;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.Framing;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
public final class Feed extends Broadcast {

    /*
     * The path of a frame. publish() copies the picture once into a block of direct memory and makes it the newest
     * edition. Then it wakes the viewers: a few on the publishing thread, more by tasks of the executor, one task for any
     * number of publishes. An armed viewer takes the newest edition, holds its block, and writes a slice of it. A viewer
     * that is still writing is passed over and takes the newest edition itself when its write has drained. So there is
     * never more than one frame between source and socket, and a block lives as long as the feed or a viewer holds it.
     *
     * A variant follows the newest edition as a viewer does, is woken as a viewer is, and has viewers of its own.
     */

    /** How long a snapshot waits for the next picture. */
    private static final Duration SNAPSHOT_TIMEOUT = Duration.ofSeconds(5);

    private final String name;
    private final String boundary;
    private final Executor executor;
    private final boolean hasSource;
    private final Snapshots snapshots;
    private final Standby quiet;
    private final Drafts images;
    private final Variants variants;
    private final FeedOptions options;
    private final AtomicInteger thinned = new AtomicInteger();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder deliveredBytes = new LongAdder();
    private final LongAdder skippedByLeft = new LongAdder();
    private final LongAdder variantFrames = new LongAdder();
    // when somebody last watched or asked for a snapshot, as the ticker counts
    private volatile long lastWanted;
    // the program has called watched(), so it may have skipped its work since
    private volatile boolean programAsks;

    // Assigned for good before any other thread has the feed.
    private volatile Origin origin;
    private volatile @Nullable PublisherOrigin publishing;

    Feed(
            String name,
            String boundary,
            @Nullable FrameSource source,
            FeedOptions options,
            Ticker ticker,
            BlockPool pool,
            Backoff backoff,
            Executor executor,
            Executor encoders,
            ThreadFactory threads) {
        this(
                name,
                new CurrentEdition(boundary, ticker, pool),
                boundary,
                source,
                options,
                ticker,
                pool,
                backoff,
                executor,
                encoders,
                threads,
                VariantMaker::best);
    }

    /**
     * A feed with its own source of variant makers, for tests.
     *
     * @param source null when a program publishes
     * @param executor wakes viewers, answers snapshots and draws placeholders
     * @param encoders runs what encodes
     * @param maker gives a maker to each variant
     */
    Feed(
            String name,
            CurrentEdition newest,
            String boundary,
            @Nullable FrameSource source,
            FeedOptions options,
            Ticker ticker,
            BlockPool pool,
            Backoff backoff,
            Executor executor,
            Executor encoders,
            ThreadFactory threads,
            Supplier<VariantMaker> maker) {
        super(newest, new Viewers(Runtime.getRuntime().availableProcessors(), executor), ticker);
        this.name = name;
        this.boundary = boundary;
        this.executor = executor;
        this.options = options;
        this.lastWanted = ticker.nanos();
        this.images = new Drafts(name, ticker, encoders, newest::publish, this::isWatched, this::announce);
        this.variants = new Variants(this, options.maxVariants(), pool, ticker, executor, encoders, maker);
        this.snapshots =
                new Snapshots(newest, pool.snapshots(), () -> origin().report().reason(), ticker, executor);
        this.quiet = new Standby(
                name, newest, images, () -> origin().report(), this::wakeAll, options.repeatAfter(), ticker, executor);
        this.hasSource = source != null;
        this.origin = source == null
                ? new ProgramOrigin(newest, images, ticker.now())
                : new SourceRunner(name, source, this::publish, options, ticker, backoff, threads);
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

    /** Opens the feed to other programs. Called before any other thread has the feed. */
    Feed open(SourceOptions wishes) {
        ProgramOrigin own = new ProgramOrigin(newest, images, ticker.now());
        PublisherOrigin open = new PublisherOrigin(name, options, wishes, images, own, this::announce, ticker);
        publishing = open;
        origin = open;
        return this;
    }

    /** Whether other programs may publish to the feed, because it was made by {@link Feeds#open(String)}. */
    public boolean isOpen() {
        return publishing != null;
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
        PublisherOrigin open = publishing;
        if (open == null) {
            throw new IllegalStateException("the feed '" + name + "' is not open to other programs");
        }
        return open.begin(who, takeover, whenEnded);
    }

    /** Refuses what this program publishes itself to an open feed. */
    private void checkOwn() {
        if (publishing != null) {
            throw new IllegalStateException("the feed '" + name
                    + "' is open to other programs, and one publishes at a time: publish by a Publisher of it");
        }
    }

    /**
     * Makes this the newest frame and sends it to every viewer that is ready. The bytes are copied before this returns.
     * When there is no memory for the frame, it is dropped and counted. After the feed was closed the frame is ignored.
     * Any thread may publish; what several threads publish is shown in the order in which their calls come.
     *
     * @throws IllegalStateException when the feed is open to other programs: then a {@link Publisher} publishes
     */
    public void publish(Frame frame) {
        checkOwn();
        if (!hasSource) {
            images.publish(frame);
        } else if (newest.publish(frame)) {
            announce();
        }
    }

    /** Wakes viewers and answers snapshots. Never called under a lock, because sinks are written to. */
    private void announce() {
        wakeAll();
        snapshots.answer();
    }

    private void wakeAll() {
        variants.wake(); // first, because making a picture takes longer than sending one
        viewers.wake();
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
        checkOwn();
        // only a JPEG begins with this byte
        if (picture.hasRemaining() && picture.get(picture.position()) == (byte) 0xFF) {
            publish(Frame.ofJpeg(picture));
        } else {
            images.publishFile(picture);
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
        checkOwn();
        images.publish(image);
    }

    /**
     * Publishes plain pixels. The pixels are always copied before this returns, so that their memory may be used again.
     * The rest is as with {@link #publish(BufferedImage)}.
     *
     * @throws IllegalStateException as {@link #publish(Frame)}
     */
    public void publish(RawImage image) {
        checkOwn();
        images.publish(image);
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
        checkOwn();
        images.publishDrawn(image);
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
        return hasViewers() || snapshots.pending();
    }

    private boolean hasViewers() {
        return !viewers.isEmpty() || !variants.isEmpty();
    }

    private boolean hasNoViewers() {
        return !hasViewers();
    }

    // Watching.

    /**
     * Adds a viewer. The viewer gets the newest picture at once, and after that the newest one each time its sink has
     * drained. The viewer leaves when its sink fails. When the feed is closed, the last write says so. Any thread may
     * call; the first write may begin before this returns.
     */
    public FeedViewer watch(FrameSink sink, Framing framing) {
        return watch(sink, framing, 0);
    }

    /**
     * Adds a viewer with a maximum frame rate. Its frames are spread evenly: each is the newest one when the time for
     * it has come.
     *
     * @param fps maximum number of frames a second; 0 for all
     */
    public FeedViewer watch(FrameSink sink, Framing framing, double fps) {
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
    public FeedViewer watch(FrameSink sink, Framing framing, double fps, Variant variant) {
        return watch(sink, framing, fps, variant, "");
    }

    /**
     * Adds a viewer on behalf of a client. All viewers of one client together use at most three eighths of the
     * variants.
     *
     * @param client any name that tells the client from others; empty for the program's own viewers, which have no such
     *     limit
     */
    public FeedViewer watch(FrameSink sink, Framing framing, double fps, Variant variant, String client) {
        forgetIfIdle(); // the source may have been closed since the last tick
        long interval = fps <= 0 ? 0 : (long) (1e9 / fps);
        Optional<VariantKey.Size> size = variant.equals(Variant.ORIGINAL) ? Optional.empty() : size();
        VariantKey key = size.map(known -> VariantKey.of(variant, known)).orElseGet(() -> VariantKey.of(variant));
        FeedViewer viewer = key.isOriginal()
                ? watchOriginal(sink, framing, interval)
                : variants.watch(
                        new VariantPlaces.Wish(key, client), size.orElse(VariantKey.Size.ASSUMED), sink, framing, interval);
        lastWanted = ticker.nanos();
        if (viewers() == 1 || newest.shown().isEmpty()) {
            newest.quietFromNow(); // gives the source a second to begin before a placeholder is shown
        }
        origin.wanted(true);
        viewer.wake();
        return viewer;
    }

    private Optional<VariantKey.Size> size() {
        return newest.look(VariantKey.Size::of);
    }

    private FeedViewer watchOriginal(FrameSink sink, Framing framing, long interval) {
        FeedViewer viewer = new FeedViewer(this, sink, framing, interval);
        add(viewer);
        return viewer;
    }

    /**
     * The newest picture: at once while the feed is live, else the next one. For the next one, a closed source is
     * opened, and a program that asks {@link #watched} gets true. The future fails with an {@link IOException} that
     * says why, when no picture comes within 5 s and there was none before.
     */
    public CompletableFuture<Frame> snapshot() {
        return snapshot(Variant.ORIGINAL, Optional.empty(), SNAPSHOT_TIMEOUT);
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
        CompletableFuture<Frame> answer = new CompletableFuture<>();
        answer(Snapshots.Answer.copy(answer), variant, maxAge, maxDelay);
        return answer;
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
        CompletableFuture<Void> begun = new CompletableFuture<>();
        answer(snapshots.written(sink, reader, begun), variant, maxAge, maxDelay);
        return begun;
    }

    private void answer(Snapshots.Answer end, Variant variant, Optional<Duration> maxAge, Duration maxDelay) {
        Snapshots.Answer answer = variant.equals(Variant.ORIGINAL)
                ? end
                : new Snapshots.Answer(end.future(), edition -> variants.give(edition, variant, end));
        long now = ticker.nanos();
        OptionalLong oldest =
                maxAge.isPresent() ? OptionalLong.of(now - maxAge.get().toNanos()) : OptionalLong.empty();
        Snapshots.Wish wish = new Snapshots.Wish(oldest, now + maxDelay.toNanos());
        lastWanted = now;
        if (!hasSource && images.keepsPicture()) {
            snapshots.await(answer, wish);
            if (!images.begin()) { // it has been encoded meanwhile, perhaps before this snapshot waited
                snapshots.answer();
            }
        } else if (canAnswer(wish)) {
            snapshots.settle(answer, wish);
        } else {
            snapshots.await(answer, wish);
            if (canAnswer(wish)) { // since the check above: that picture may have found no snapshot waiting
                snapshots.answer();
            }
            origin.wanted(false);
            if (maxDelay.isZero()) {
                snapshots.tick();
            }
        }
    }

    /** Whether a snapshot need not wait for another picture. */
    private boolean canAnswer(Snapshots.Wish wish) {
        return wish.oldest().isEmpty() ? isLive() : newest.isEnd() || wish.isMetBy(newest.captured());
    }

    /**
     * Whether the newest picture is current, or no other will come. A source becomes live a moment before its first
     * picture is here, so the picture itself must also be one of this opening. A program's picture is current until the
     * next one is published, except while the program may rest because nobody watches.
     */
    private boolean isLive() {
        Optional<Edition.Kind> shown = newest.shown();
        if (shown.equals(Optional.of(Edition.Kind.END))) {
            return true;
        }
        boolean resting = !hasSource && programAsks && hasNoViewers();
        return shown.equals(Optional.of(Edition.Kind.PICTURE)) && origin.report().state() == State.LIVE && !resting;
    }

    /** A copy of the last picture, however old; empty before the first. */
    public Optional<Frame> newest() {
        return newest.copy();
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
        Origin from = origin;
        SourceRunner.Report report = from.report();
        LongAdder skipped = new LongAdder();
        skipped.add(skippedByLeft.sum());
        forEachViewer(viewer -> skipped.add(viewer.skipped()));
        CurrentEdition.Figures figures = newest.figures();
        return new FeedStatus(
                name,
                report.state(),
                report.reason(),
                report.since(),
                from.description(),
                from.encoding(),
                figures.width(),
                figures.height(),
                figures.fps(),
                viewers(),
                from.captured(),
                figures.frames(),
                delivered.sum(),
                deliveredBytes.sum(),
                skipped.sum(),
                figures.dropped() + variants.dropped(),
                from.damaged(),
                images.waitingFor().or(figures::age),
                figures.still(),
                from.controls(),
                report.failures(),
                report.nextTry(),
                variants.status(),
                variantFrames.sum());
    }

    /** The figures of each viewer at this moment, in no order. */
    public List<ViewerStatus> watching() {
        List<ViewerStatus> all = new ArrayList<>();
        forEachViewer(viewer -> all.add(viewer.status()));
        return all;
    }

    // For viewers.

    @Override
    void delivered(int bytes) {
        delivered.increment();
        deliveredBytes.add(bytes);
    }

    @Override
    void add(FeedViewer viewer) {
        viewers.add(viewer);
        if (viewer.isThinned()) {
            thinned.incrementAndGet();
        }
    }

    @Override
    boolean remove(FeedViewer viewer) {
        boolean removed = viewers.remove(viewer);
        if (removed && viewer.isThinned()) {
            thinned.decrementAndGet();
        }
        return removed;
    }

    @Override
    void leave(FeedViewer viewer) {
        // first, because the source is closed when nobody watches and this time is long ago
        lastWanted = ticker.nanos();
        boolean wishes = !viewer.wish().key().isOriginal();
        if (wishes ? variants.remove(viewer) : remove(viewer)) {
            left(viewer);
        }
    }

    private void left(FeedViewer viewer) {
        skippedByLeft.add(viewer.skipped());
        if (hasNoViewers()) { // most viewers leave others in the feed; those need no lock
            letGoIfClosed();
        }
    }

    /** Counts a picture that was made for a variant. */
    void madeForVariant() {
        variantFrames.increment();
    }

    // For the registry.

    /**
     * Does what is due: timeouts, retries, placeholders, repeats, waiting snapshots. Called a few times a second by the
     * timekeeper of all feeds, so it must not wait.
     */
    void tick() {
        origin.tick(isWatched(), ticker.nanos() - lastWanted);
        forgetIfIdle();
        if (origin.report().state() == State.OFFLINE && !images.isBusy()) {
            snapshots.answer(); // with the last picture or the reason, because no other picture comes soon
        }
        snapshots.tick();
        if (hasViewers()) {
            quiet.tick();
        }
        if (variants.isBusy()) {
            executor.execute(() -> variants.tick(size().orElse(VariantKey.Size.ASSUMED)));
        }
        if (thinned.get() > 0) {
            executor.execute(this::wakeThinned);
        }
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
        if (newest.close()) {
            announce();
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
        return hasNoViewers() && origin.ended();
    }

    int viewers() {
        return viewers.size() + variants.viewers();
    }

    void forEachViewer(Consumer<FeedViewer> action) {
        viewers.forEach(action);
        variants.forEachViewer(action);
    }

    // Inside.

    /** The origin, for parts that are made before it is assigned. */
    private Origin origin() {
        return origin;
    }

    /**
     * Forgets the newest edition of an idle feed: a viewer that comes waits for a new picture, and does not see one from
     * an hour ago.
     */
    private void forgetIfIdle() {
        if (hasSource && origin.report().state() == State.IDLE) {
            newest.forget(this::hasNoViewers);
        }
    }

    /** Gives back all memory when the last viewer of a closed feed has left. Later viewers get an empty response. */
    private void letGoIfClosed() {
        if (newest.letGo(this::hasNoViewers)) {
            images.close();
        }
    }
}
