package dev.flipbook;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.mjpeg.Jpeg;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A named live picture: the newest frame of one source or of a program, and the viewers who watch it.
 *
 * <p>Thread-safe. A publish never waits for a viewer.
 */
public final class Feed {

    /*
     * The path of a frame. publish() copies the picture once into a block of direct memory and makes it the newest turn;
     * then it asks the executor to wake the viewers, once however many publishes there are. A viewer that is armed takes
     * the newest turn, holds its block, and writes a slice of it; one that is still writing is passed over and takes the
     * newest turn itself when it has drained. So there is one frame between source and socket, the newest, and a block
     * lives as long as the feed or a viewer holds it.
     *
     * The lock orders publishes; viewers never take it. takeNewer() may find a turn whose block has just been released by
     * the next publish: then the next turn is there already, and it looks again.
     */

    private static final Logger LOG = System.getLogger("dev.flipbook");
    /** Viewers see a new placeholder so often, with the age counted on. */
    private static final long PLACEHOLDER_NANOS = Duration.ofSeconds(1).toNanos();
    /** A snapshot of a feed whose source is closed waits so long for a picture. */
    private static final long SNAPSHOT_NANOS = Duration.ofSeconds(5).toNanos();

    private final String name;
    private final String boundary;
    private final FeedOptions options;
    private final Ticker ticker;
    private final BlockPool pool;
    private final Executor executor;
    private final @Nullable SourceRunner runner;
    private final ConcurrentHashMap<Viewer, Boolean> viewers = new ConcurrentHashMap<>();
    private final AtomicBoolean wakeAsked = new AtomicBoolean();
    private final AtomicBoolean drawing = new AtomicBoolean();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder skippedByLeft = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();
    private final ImageEncoding images = new ImageEncoding();
    private volatile @Nullable Turn newest;
    private volatile long lastWanted;
    private volatile long quietSince;
    private volatile long drawn;

    // guarded by lock
    private final List<Waiting> waiting = new ArrayList<>();
    private final Rate rate = new Rate();
    private @Nullable Turn picture;
    private long turns;
    private long sequence;
    private long dropped;
    private Instant begun;
    private boolean closed;

    /** A snapshot that waits for the next picture. */
    private record Waiting(CompletableFuture<Frame> answer, long deadline) {}

    Feed(
            String name,
            String boundary,
            @Nullable FrameSource source,
            FeedOptions options,
            Ticker ticker,
            BlockPool pool,
            Backoff backoff,
            Executor executor,
            ThreadFactory threads) {
        this.name = name;
        this.boundary = boundary;
        this.options = options;
        this.ticker = ticker;
        this.pool = pool;
        this.executor = executor;
        this.begun = ticker.now();
        this.lastWanted = ticker.nanos();
        this.quietSince = ticker.nanos();
        this.drawn = ticker.nanos() - PLACEHOLDER_NANOS;
        this.runner = source == null
                ? null
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

    /**
     * Makes this the newest frame and sends it to everybody who is ready. The bytes are copied before this returns. With no
     * memory left for it the frame is dropped and counted; after the feed was closed it is ignored.
     */
    public void publish(Frame frame) {
        if (runner == null) {
            images.forgetKept();
        }
        List<Waiting> answered;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            long now = ticker.nanos();
            long captured = frame.capturedNanosOr(now);
            Block block = block(frame.picture(), frame.contentType(), captured, now, false);
            if (block == null) {
                dropped++;
                return;
            }
            if (sequence++ == 0) {
                begun = ticker.now();
            }
            Turn before = newest;
            if (before == null || before.kind() != Turn.Kind.PICTURE) {
                rate.restart();
            }
            rate.arrived(now);
            block.retain(); // once as the newest turn, once as the last picture
            Turn turn = new Turn(++turns, Turn.Kind.PICTURE, block, sequence, frame.width(), frame.height(), captured);
            if (picture != null) {
                picture.release();
            }
            picture = turn;
            show(turn);
            answered = List.copyOf(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        wakeViewers();
        answer(answered);
    }

    /**
     * Publishes a JPEG. The array is not kept.
     *
     * @throws IllegalArgumentException with a sentence when it is not one whole JPEG, see {@link Jpeg#check}; viewers see
     *     nothing of it
     */
    public void publish(byte[] jpeg) {
        publish(Frame.ofJpeg(jpeg));
    }

    /**
     * Publishes an image, which is encoded on this thread while somebody watches. While nobody does this only keeps a
     * reference to the image, and it is encoded when the next viewer comes: publish an image that you no longer draw in.
     */
    public void publish(BufferedImage image) {
        images.publish(image, this::watched, this::publish);
    }

    /** Whether anybody watches now, or waits for a snapshot. A program may skip its work while not. */
    public boolean watched() {
        return !viewers.isEmpty() || snapshotsWait();
    }

    // watching

    /**
     * Adds a viewer, which gets the newest picture at once and from then on the newest whenever its sink has drained. The
     * viewer leaves when its sink fails; when the feed is closed its last write says so.
     */
    public Viewer watch(FrameSink sink, Framing framing) {
        forgetIfIdle(); // the source may have closed since the last tick
        Viewer viewer = new Viewer(this, sink, framing);
        viewers.put(viewer, true);
        lastWanted = ticker.nanos();
        if (newest == null) {
            quietSince = ticker.nanos();
        }
        wanted(true);
        viewer.wake();
        return viewer;
    }

    /**
     * The newest picture: at once while the feed is live, else the next one, for which a closed source is opened. Fails with
     * an {@link IOException} that says why when none comes within 5 s and there was none before.
     */
    public CompletableFuture<Frame> snapshot() {
        CompletableFuture<Frame> answer = new CompletableFuture<>();
        boolean live = runner != null && runner.report().state() == State.LIVE;
        boolean now;
        lock.lock();
        try {
            // A source is live a moment before its first picture is here; one of an earlier opening is not meant.
            now = closed || runner == null || (live && newest != null && newest.kind() == Turn.Kind.PICTURE);
            if (!now) {
                waiting.add(new Waiting(answer, ticker.nanos() + SNAPSHOT_NANOS));
            }
        } finally {
            lock.unlock();
        }
        lastWanted = ticker.nanos();
        if (!now) {
            wanted(false);
        } else if (runner == null && images.keepsImage()) {
            executor.execute(() -> {
                try {
                    images.encodeKept(this::publish);
                } finally {
                    settle(answer);
                }
            });
        } else {
            settle(answer);
        }
        return answer;
    }

    /** The last picture, however old, or nothing before the first. A copy. */
    public Optional<Frame> newest() {
        Turn turn;
        lock.lock();
        try {
            turn = picture;
            if (turn == null || turn.block() == null || !turn.block().retain()) {
                return Optional.empty();
            }
        } finally {
            lock.unlock();
        }
        try {
            byte[] copy = new byte[turn.block().picture().remaining()];
            turn.block().picture().get(copy);
            return Optional.of(Frame.ofJpeg(copy).numbered(turn.sequence(), turn.capturedNanos()));
        } finally {
            turn.release();
        }
    }

    /** How long ago this frame of the feed was taken. */
    public Duration age(Frame frame) {
        return Duration.ofNanos(Math.max(0, ticker.nanos() - frame.capturedNanos()));
    }

    /** How the feed is now. */
    public FeedStatus status() {
        SourceRunner.Report report = report();
        long skipped = skippedByLeft.sum();
        for (Viewer viewer : viewers.keySet()) {
            skipped += viewer.skipped();
        }
        lock.lock();
        try {
            Turn last = picture;
            long now = ticker.nanos();
            return new FeedStatus(
                    name,
                    report.state(),
                    report.reason(),
                    report.since(),
                    runner == null ? "a program" : runner.description(),
                    runner == null ? images.encoderName() : runner.encoder(),
                    last == null ? 0 : last.width(),
                    last == null ? 0 : last.height(),
                    rate.fps(now),
                    viewers.size(),
                    sequence,
                    delivered.sum(),
                    skipped,
                    dropped,
                    last == null
                            ? Optional.empty()
                            : Optional.of(Duration.ofNanos(Math.max(0, now - last.capturedNanos()))),
                    report.failures(),
                    report.nextTry());
        } finally {
            lock.unlock();
        }
    }

    // for viewers

    /** The newest turn if it is newer than this one, its block held for the caller. */
    @Nullable
    Turn takeNewer(long than) {
        while (true) {
            Turn turn = newest;
            if (turn == null || turn.number() <= than) {
                return null;
            }
            if (turn.block() == null || turn.block().retain()) {
                return turn;
            }
        }
    }

    boolean hasNewer(long than) {
        Turn turn = newest;
        return turn != null && turn.number() > than;
    }

    void delivered() {
        delivered.increment();
    }

    void leave(Viewer viewer) {
        lastWanted = ticker.nanos(); // first, as the source is closed when nobody watches and this is long ago
        if (viewers.remove(viewer) != null) {
            skippedByLeft.add(viewer.skipped());
            if (viewers.isEmpty()) {
                letGoIfClosed();
            }
        }
    }

    // for the registry

    /** Does what is due; called a few times a second. */
    void tick() {
        long now = ticker.nanos();
        List<Waiting> overdue = overdue(now);
        if (runner != null) {
            runner.tick(watched(), now - lastWanted);
            forgetIfIdle();
        }
        answer(overdue);
        Turn shown = newest;
        if (!viewers.isEmpty() && (shown == null || !shown.last())) {
            keepAlive(now);
        }
    }

    /**
     * Ends the feed: its source is stopped, and every viewer's response ends with the newest picture once more and the
     * closing delimiter behind it, at the latest when it has drained.
     */
    void close() {
        if (runner != null) {
            runner.close();
        }
        List<Waiting> left;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            show(end());
            left = List.copyOf(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        wakeViewers();
        left.forEach(one -> settle(one.answer()));
        if (viewers.isEmpty()) {
            letGoIfClosed();
        }
    }

    void awaitEnd(Duration patience) throws InterruptedException {
        if (runner != null) {
            runner.awaitEnd(patience);
        }
    }

    /** Whether a feed that was closed needs no tick any more: its source has come out. */
    boolean ended() {
        return runner == null || runner.ended();
    }

    int viewers() {
        return viewers.size();
    }

    // inside

    private void wanted(boolean hurry) {
        if (runner != null) {
            runner.wanted(hurry);
        } else if (images.keepsImage()) {
            executor.execute(() -> images.encodeKept(this::publish));
        }
    }

    private SourceRunner.Report report() {
        if (runner != null) {
            return runner.report();
        }
        lock.lock();
        try {
            return sequence == 0
                    ? new SourceRunner.Report(
                            State.STARTING, "nothing has been published yet", begun, 0, Optional.empty())
                    : new SourceRunner.Report(State.LIVE, "", begun, 0, Optional.empty());
        } finally {
            lock.unlock();
        }
    }

    /** Under lock: makes it what viewers get, and releases what they got before. */
    private void show(Turn turn) {
        Turn before = newest;
        newest = turn;
        quietSince = ticker.nanos();
        if (before != null) {
            before.release();
        }
    }

    private @Nullable Block block(Jpeg jpeg, String contentType, long captured, long now, boolean last) {
        Instant taken = ticker.now().minusNanos(now - captured);
        long micros = taken.getEpochSecond() * 1_000_000 + taken.getNano() / 1000;
        return pool.block(jpeg, contentType, boundary, micros, last).orElse(null);
    }

    private void wakeViewers() {
        if (!viewers.isEmpty() && !wakeAsked.getAndSet(true)) {
            executor.execute(this::wake);
        }
    }

    private void wake() {
        wakeAsked.set(false);
        for (Viewer viewer : viewers.keySet()) {
            viewer.wake();
        }
    }

    private void answer(List<Waiting> answered) {
        if (!answered.isEmpty()) {
            executor.execute(() -> answered.forEach(one -> settle(one.answer())));
        }
    }

    private void settle(CompletableFuture<Frame> answer) {
        Optional<Frame> frame = newest();
        if (frame.isPresent()) {
            answer.complete(frame.get());
        } else {
            SourceRunner.Report report = report();
            answer.completeExceptionally(
                    new IOException(report.reason().isEmpty() ? "no picture has come yet" : report.reason()));
        }
    }

    private boolean snapshotsWait() {
        lock.lock();
        try {
            return !waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Takes out the snapshots that need not wait any longer: their time is over, or the source has failed. */
    private List<Waiting> overdue(long now) {
        boolean failed = runner != null && runner.report().state() == State.OFFLINE;
        lock.lock();
        try {
            List<Waiting> due = new ArrayList<>();
            waiting.removeIf(one -> (failed || now - one.deadline() >= 0) && due.add(one));
            return due;
        } finally {
            lock.unlock();
        }
    }

    /** A viewer who comes to an idle feed waits for a new picture and is not shown one of an hour ago. */
    private void forgetIfIdle() {
        if (runner == null || runner.report().state() != State.IDLE || newest == null) {
            return;
        }
        lock.lock();
        try {
            Turn before = newest;
            if (before != null && viewers.isEmpty() && !closed) {
                newest = null;
                before.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /** While viewers get nothing new: a placeholder once a second when it is the source's fault, else a repeat. */
    private void keepAlive(long now) {
        SourceRunner.Report report = report();
        long quiet = now - quietSince;
        if (report.state() == State.LIVE) {
            if (quiet >= options.repeatAfter().toNanos()) {
                repeat(false);
            }
            return;
        }
        Turn shown = newest;
        boolean firstNotice = (report.state() == State.OFFLINE || report.state() == State.STALLED)
                && (shown == null || shown.kind() == Turn.Kind.PICTURE);
        boolean due = now - drawn >= PLACEHOLDER_NANOS; // whether or not the last one came to be shown
        if (due && (firstNotice || quiet >= PLACEHOLDER_NANOS) && !drawing.getAndSet(true)) {
            drawn = now;
            executor.execute(this::drawPlaceholder);
        }
    }

    private void repeat(boolean inPlaceOfPlaceholder) {
        lock.lock();
        try {
            Turn shown = newest;
            if (shown != null && !closed) {
                Turn again = shown.again(++turns);
                newest = inPlaceOfPlaceholder ? again.asPlaceholder() : again;
                quietSince = ticker.nanos();
            }
        } finally {
            lock.unlock();
        }
        wakeViewers();
    }

    private void drawPlaceholder() {
        try {
            long before = turnsNow();
            SourceRunner.Report report = report();
            if (report.state() == State.LIVE) {
                return; // it says so before its frame is published: one that comes from here on is seen by its turn
            }
            Optional<Frame> last = newest();
            Duration age = last.map(this::age).orElse(Duration.ZERO);
            images.placeholder(last, name, report.reason(), age, frame -> showPlaceholder(frame, before));
            wakeViewers();
        } catch (RuntimeException | LinkageError e) { // no java.desktop here, or a picture that it cannot read
            LOG.log(Level.DEBUG, "feed=" + name + " has no placeholder", e);
            repeat(true);
        } finally {
            drawing.set(false);
        }
    }

    private long turnsNow() {
        lock.lock();
        try {
            return turns;
        } finally {
            lock.unlock();
        }
    }

    /** Unless something newer has come while it was drawn. */
    private void showPlaceholder(Frame frame, long drawnAfter) {
        lock.lock();
        try {
            if (closed || turns != drawnAfter) {
                return;
            }
            long now = ticker.nanos();
            Block block = block(frame.picture(), frame.contentType(), now, now, false);
            if (block == null) {
                dropped++;
                return;
            }
            show(new Turn(++turns, Turn.Kind.PLACEHOLDER, block, sequence, frame.width(), frame.height(), now));
        } finally {
            lock.unlock();
        }
    }

    /** Under lock: the turn with which responses end, the newest picture once more. */
    private Turn end() {
        Turn shown = newest;
        if (shown == null || shown.block() == null) {
            return new Turn(++turns, Turn.Kind.END, null, sequence, 0, 0, ticker.nanos());
        }
        ByteBuffer bytes = shown.block().picture();
        Jpeg jpeg = new Jpeg(List.of(bytes), bytes.remaining(), shown.width(), shown.height());
        return shown.end(++turns, block(jpeg, "image/jpeg", shown.capturedNanos(), ticker.nanos(), true));
    }

    /** When the last viewer of a closed feed has left: its memory goes back. Who comes later gets an empty response. */
    private void letGoIfClosed() {
        lock.lock();
        try {
            if (!closed || !viewers.isEmpty()) {
                return;
            }
            show(new Turn(++turns, Turn.Kind.END, null, sequence, 0, 0, ticker.nanos()));
            if (picture != null) {
                picture.release();
                picture = null;
            }
        } finally {
            lock.unlock();
        }
        images.close();
    }
}
