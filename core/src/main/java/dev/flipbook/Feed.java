package dev.flipbook;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.Newest.Turn;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.mjpeg.Jpeg;
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
 * A named live picture: the newest frame of one source or of a program, and the viewers who watch it.
 *
 * <p>Thread-safe. A publish never waits for a viewer.
 */
public final class Feed extends Shown {

    /*
     * The path of a frame. publish() has the picture copied once into a block of direct memory and made the newest turn;
     * then it wakes the viewers, many of them by the executor, once however many publishes there are. A viewer that is armed takes
     * the newest turn, holds its block, and writes a slice of it; one that is still writing is passed over and takes the
     * newest turn itself when it has drained. So there is one frame between source and socket, the newest, and a block
     * lives as long as the feed or a viewer holds it.
     *
     * A variant follows the newest turn as a viewer does, and is one of those who are woken; it has viewers of its own.
     */

    /** So long a snapshot waits for a picture. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String name;
    private final String boundary;
    private final Executor executor;
    private final boolean hasSource;
    private final Snapshots snapshots;
    private final Quiet quiet;
    private final ImageEncoding images;
    private final Variants variants;
    private final FeedOptions options;
    private final AtomicInteger thinned = new AtomicInteger();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder deliveredBytes = new LongAdder();
    private final LongAdder skippedByLeft = new LongAdder();
    private final LongAdder variantFrames = new LongAdder();
    private volatile long lastWanted;
    private volatile boolean programAsks;

    // set for good before anybody has the feed
    private volatile Origin origin;
    private volatile @Nullable Publishing publishing;

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
                new Newest(boundary, ticker, pool),
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

    /** @param maker makes the makers of variants, one for each */
    Feed(
            String name,
            Newest newest,
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
        this.images = new ImageEncoding(name, ticker, encoders, newest::publish, this::isWatched, this::announce);
        this.variants = new Variants(this, options.maxVariants(), pool, ticker, executor, encoders, maker);
        this.snapshots =
                new Snapshots(newest, pool.snapshots(), () -> origin().report().reason(), ticker, executor);
        this.quiet = new Quiet(
                name, newest, images, () -> origin().report(), this::wakeAll, options.repeatAfter(), ticker, executor);
        this.hasSource = source != null;
        this.origin = source == null
                ? new OwnPictures(newest, images, ticker.now())
                : new SourceRunner(name, source, this::publish, options, ticker, backoff, threads);
    }

    /** The name people watch it by. */
    public String name() {
        return name;
    }

    /** What separates the parts of a streamed response of this feed: random letters and digits, without dashes. */
    public String boundary() {
        return boundary;
    }

    // publishing

    /** Opens it to other programs. Before anybody has it. */
    Feed open(SourceOptions wishes) {
        OwnPictures own = new OwnPictures(newest, images, ticker.now());
        Publishing open = new Publishing(name, options, wishes, images, own, this::announce, ticker);
        publishing = open;
        origin = open;
        return this;
    }

    /** Whether other programs may publish to it: it was made by {@link Feeds#open(String)}. */
    public boolean isOpen() {
        return publishing != null;
    }

    /**
     * Lets one program, which this one speaks for, publish to an open feed. A publisher that falls silent or goes is shown to
     * viewers as a source that does, and the next one goes on with the same feed.
     *
     * @param who it is, in words behind "a": {@code publisher at 127.0.0.1}
     * @param takeover whether one that is there already is ended; its {@code whenEnded} is run
     * @param whenEnded is run when this publisher may not publish any more, by another's thread: another has taken over, or the
     *     feed has ended. Not when it is closed by itself
     * @throws IllegalStateException with a sentence when there is another one, or the feed is not open or has ended
     */
    public Publisher publisher(String who, boolean takeover, Runnable whenEnded) {
        Publishing open = publishing;
        if (open == null) {
            throw new IllegalStateException("the feed '" + name + "' is not open to other programs");
        }
        return open.begin(who, takeover, whenEnded);
    }

    private void checkOwn() {
        if (publishing != null) {
            throw new IllegalStateException("the feed '" + name
                    + "' is open to other programs, and one publishes at a time: publish by a Publisher of it");
        }
    }

    /**
     * Makes this the newest frame and sends it to everybody who is ready. The bytes are copied before this returns. With no
     * memory left for it the frame is dropped and counted; after the feed was closed it is ignored.
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

    /** Not under a lock: viewers are written to. */
    private void announce() {
        wakeAll();
        snapshots.answer();
    }

    private void wakeAll() {
        variants.wake(); // first, as making a picture takes its time
        viewers.wake();
    }

    /**
     * Publishes a picture file: a JPEG, which is not touched, or a PNG, WebP or other kind, of which a JPEG is made as of an
     * image. The array is not kept.
     *
     * @throws IllegalArgumentException with a sentence when it begins as a JPEG and is not one whole JPEG, see {@link
     *     Jpeg#check}; viewers see nothing of it
     * @throws IllegalStateException as {@link #publish(Frame)}
     */
    public void publish(byte[] picture) {
        publish(ByteBuffer.wrap(picture));
    }

    /**
     * Publishes the picture file between the buffer's position and limit, as {@link #publish(byte[])}. It stays where it is and may
     * be used again when this returns.
     *
     * @throws IllegalArgumentException as there
     */
    public void publish(ByteBuffer picture) {
        checkOwn();
        if (picture.hasRemaining() && picture.get(picture.position()) == (byte) 0xFF) { // no other kind begins so
            publish(Frame.ofJpeg(picture));
        } else {
            images.publishFile(picture);
        }
    }

    /**
     * Publishes an image. While somebody watches its pixels are copied, and a JPEG is made of them on another thread; if the
     * next image comes sooner, this one is skipped. While nobody does, this costs nothing: only a reference to the image is
     * kept, and the next viewer sees what is in it by then.
     *
     * @throws IllegalArgumentException when a side is longer than 8192 pixels
     */
    public void publish(BufferedImage image) {
        checkOwn();
        images.publish(image);
    }

    /**
     * Publishes plain pixels, which are copied before this returns, so that their memory may be used again; then as {@link
     * #publish(BufferedImage)}.
     */
    public void publish(RawImage image) {
        checkOwn();
        images.publish(image);
    }

    /**
     * Publishes the image that the supplier gives. It is asked on another thread, and only if somebody watches, or when the
     * next viewer comes; if something newer is published before, never. What it throws viewers see as the reason why there is
     * no new picture. It is to answer soon, as the threads that encode for all feeds are few.
     */
    public void publish(Supplier<BufferedImage> image) {
        checkOwn();
        images.publishDrawn(image);
    }

    /**
     * Whether anybody watches now, or waits for a snapshot. A program may skip its work while not: once it has asked, a
     * snapshot of an unwatched feed waits for its next picture.
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

    // watching

    /**
     * Adds a viewer, which gets the newest picture at once and from then on the newest whenever its sink has drained. The
     * viewer leaves when its sink fails; when the feed is closed its last write says so.
     */
    public Viewer watch(FrameSink sink, Framing framing) {
        return watch(sink, framing, 0);
    }

    /**
     * The same for a viewer who wants fewer frames: they are taken evenly from those of the feed, each the newest when its
     * time has come.
     *
     * @param fps at most so many frames a second; 0 for all
     */
    public Viewer watch(FrameSink sink, Framing framing, double fps) {
        return watch(sink, framing, fps, Variant.ORIGINAL);
    }

    /**
     * The same for a viewer who wants a variant of the feed: its pictures are made once for all who want the same, while
     * somebody does, and of the newest frame only. What it is rounded to is settled now, by the size of the last picture.
     *
     * <p>When there are as many variants as may be, and each is taken by somebody, the viewer gets the nearest of them or the
     * feed itself, and what it wants as soon as there is a place.
     */
    public Viewer watch(FrameSink sink, Framing framing, double fps, Variant variant) {
        return watch(sink, framing, fps, variant, "");
    }

    /**
     * The same for one of a client's viewers, all of which together have three eighths of the variants at most.
     *
     * @param client any name that tells it from others; empty for none, who may have all variants
     */
    public Viewer watch(FrameSink sink, Framing framing, double fps, Variant variant, String client) {
        forgetIfIdle(); // the source may have closed since the last tick
        long interval = fps <= 0 ? 0 : (long) (1e9 / fps);
        Optional<Rung.Size> size = variant.equals(Variant.ORIGINAL) ? Optional.empty() : size();
        Rung rung = size.map(known -> Rung.of(variant, known)).orElseGet(() -> Rung.of(variant));
        Viewer viewer = rung.isOriginal()
                ? watchOriginal(sink, framing, interval)
                : variants.watch(
                        new Places.Wish(rung, client), size.orElse(Rung.Size.ASSUMED), sink, framing, interval);
        lastWanted = ticker.nanos();
        if (viewers() == 1 || newest.shown().isEmpty()) {
            newest.quietFromNow(); // the source has its second to begin before a placeholder says that it has not
        }
        origin.wanted(true);
        viewer.wake();
        return viewer;
    }

    private Optional<Rung.Size> size() {
        return newest.look(Rung.Size::of);
    }

    private Viewer watchOriginal(FrameSink sink, Framing framing, long interval) {
        Viewer viewer = new Viewer(this, sink, framing, interval);
        add(viewer);
        return viewer;
    }

    /**
     * The newest picture: at once while the feed is live, else the next one, for which a closed source is opened and a
     * program that asks is told that it is {@link #watched}. Fails with an {@link IOException} that says why when none comes
     * within 5 s and there was none before.
     */
    public CompletableFuture<Frame> snapshot() {
        return snapshot(Variant.ORIGINAL, Optional.empty(), PATIENCE);
    }

    /**
     * The newest picture as a variant of the feed, which is made once for all who want the same at the same time; the picture
     * itself where that cannot be made.
     *
     * @param maxAge how old the picture may be; an older one is not taken, and the next one is waited for. Empty for any, as
     *     {@link #snapshot()}
     * @param maxDelay how long it is waited for; then this fails with an {@link IOException} that says why there is none.
     *     Whoever no longer waits cancels it
     */
    public CompletableFuture<Frame> snapshot(Variant variant, Optional<Duration> maxAge, Duration maxDelay) {
        CompletableFuture<Frame> answer = new CompletableFuture<>();
        answer(Snapshots.Answer.copy(answer), variant, maxAge, maxDelay);
        return answer;
    }

    /**
     * Writes the newest picture, as {@link #snapshot(Variant, Optional, Duration)} gives it, to a sink, out of the memory that
     * viewers share: nothing is copied. The sink is told what is coming and gets one write, the last, of the picture alone. Until
     * that has drained the picture's memory is held, which all snapshots together may do to a quarter of the memory of frames.
     *
     * @param reader who reads it, such as an address: one reader may hold half of that
     * @return is done when the write has begun. Fails with an {@link IOException} that says why there is no picture, as there, or
     *     no memory to hold it (a {@link dev.flipbook.mjpeg.SnapshotMemory.FullException}), or with what the sink threw. Whoever no
     *     longer waits cancels it
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
                : new Snapshots.Answer(end.future(), turn -> variants.give(turn, variant, end));
        long now = ticker.nanos();
        OptionalLong oldest =
                maxAge.isPresent() ? OptionalLong.of(now - maxAge.get().toNanos()) : OptionalLong.empty();
        Snapshots.Wish wish = new Snapshots.Wish(oldest, now + maxDelay.toNanos());
        lastWanted = now;
        if (!hasSource && images.keepsPicture()) {
            snapshots.await(answer, wish);
            if (!images.begin()) { // it has been encoded since, perhaps before this one waited
                snapshots.answer();
            }
        } else if (canAnswer(wish)) {
            snapshots.settle(answer, wish);
        } else {
            snapshots.await(answer, wish);
            if (canAnswer(wish)) { // since a moment ago: that picture may have found nobody waiting
                snapshots.answer();
            }
            origin.wanted(false);
            if (maxDelay.isZero()) {
                snapshots.tick();
            }
        }
    }

    private boolean canAnswer(Snapshots.Wish wish) {
        return wish.oldest().isEmpty() ? isLive() : newest.isEnd() || wish.isMetBy(newest.captured());
    }

    /**
     * Whether the newest picture is one of now, or none will come any more. A source is live a moment before its first
     * picture is here; one of an earlier opening is not meant. A program's picture holds until it publishes the next, but for
     * one that rests while nobody watches.
     */
    private boolean isLive() {
        Optional<Turn.Kind> shown = newest.shown();
        if (shown.equals(Optional.of(Turn.Kind.END))) {
            return true;
        }
        boolean resting = !hasSource && programAsks && hasNoViewers();
        return shown.equals(Optional.of(Turn.Kind.PICTURE)) && origin.report().state() == State.LIVE && !resting;
    }

    /** The last picture, however old, or nothing before the first. A copy. */
    public Optional<Frame> newest() {
        return newest.copy();
    }

    /** How long ago this frame of the feed was taken. */
    public Duration age(Frame frame) {
        return age(frame.capturedNanos());
    }

    /** How long ago this was, as the feed's ticker counts. */
    public Duration age(long capturedNanos) {
        return Duration.ofNanos(Math.max(0, ticker.nanos() - capturedNanos));
    }

    /** How the feed is now. */
    public FeedStatus status() {
        Origin from = origin;
        SourceRunner.Report report = from.report();
        LongAdder skipped = new LongAdder();
        skipped.add(skippedByLeft.sum());
        forEachViewer(viewer -> skipped.add(viewer.skipped()));
        Newest.Figures figures = newest.figures();
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

    /** How each of its viewers is now, in no order. */
    public List<ViewerStatus> watching() {
        List<ViewerStatus> all = new ArrayList<>();
        forEachViewer(viewer -> all.add(viewer.status()));
        return all;
    }

    // for viewers

    @Override
    void delivered(int bytes) {
        delivered.increment();
        deliveredBytes.add(bytes);
    }

    @Override
    void add(Viewer viewer) {
        viewers.add(viewer);
        if (viewer.isThinned()) {
            thinned.incrementAndGet();
        }
    }

    @Override
    boolean remove(Viewer viewer) {
        boolean removed = viewers.remove(viewer);
        if (removed && viewer.isThinned()) {
            thinned.decrementAndGet();
        }
        return removed;
    }

    @Override
    void leave(Viewer viewer) {
        lastWanted = ticker.nanos(); // first, as the source is closed when nobody watches and this is long ago
        boolean wishes = !viewer.wish().rung().isOriginal();
        if (wishes ? variants.remove(viewer) : remove(viewer)) {
            left(viewer);
        }
    }

    private void left(Viewer viewer) {
        skippedByLeft.add(viewer.skipped());
        if (hasNoViewers()) { // most leave others behind, and viewers do without the lock
            letGoIfClosed();
        }
    }

    void madeForVariant() {
        variantFrames.increment();
    }

    // for the registry

    /** Does what is due; called a few times a second. */
    void tick() {
        origin.tick(isWatched(), ticker.nanos() - lastWanted);
        forgetIfIdle();
        if (origin.report().state() == State.OFFLINE && !images.isBusy()) {
            snapshots.answer(); // with the last picture or the reason: no other comes soon
        }
        snapshots.tick();
        if (hasViewers()) {
            quiet.tick();
        }
        if (variants.isBusy()) {
            executor.execute(() -> variants.tick(size().orElse(Rung.Size.ASSUMED)));
        }
        if (thinned.get() > 0) {
            executor.execute(this::wakeThinned);
        }
    }

    /** As {@link Origin#resume}. */
    void resume() {
        origin.resume();
    }

    /**
     * Ends the feed: its source is stopped, and every viewer's response ends with the newest picture once more and the
     * closing delimiter behind it, at the latest when it has drained.
     */
    void close() {
        origin.close();
        if (newest.close()) {
            announce();
            snapshots.end();
            letGoIfClosed();
        }
    }

    void awaitEnd(Duration patience) throws InterruptedException {
        origin.awaitEnd(patience);
    }

    /** Whether a feed that was closed needs no tick any more: its source has come out, and its viewers have gone. */
    boolean ended() {
        return hasNoViewers() && origin.ended();
    }

    int viewers() {
        return viewers.size() + variants.viewers();
    }

    void forEachViewer(Consumer<Viewer> action) {
        viewers.forEach(action);
        variants.forEachViewer(action);
    }

    // inside

    /** Asked for by what is made before it is there. */
    private Origin origin() {
        return origin;
    }

    /** A viewer who comes to an idle feed waits for a new picture and is not shown one of an hour ago. */
    private void forgetIfIdle() {
        if (hasSource && origin.report().state() == State.IDLE) {
            newest.forget(this::hasNoViewers);
        }
    }

    /** When the last viewer of a closed feed has left: its memory goes back. Who comes later gets an empty response. */
    private void letGoIfClosed() {
        if (newest.letGo(this::hasNoViewers)) {
            images.close();
        }
    }
}
