package dev.flipbook;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.mjpeg.Jpeg;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a feed's frames are made from what a program publishes, and placeholders from nothing. While somebody watches, the
 * newest picture that has been published is encoded on a thread of the encoders; while nobody does, it waits. Between the
 * program and the encoder there is one picture, the newest. Thread-safe, and no publish waits for an encoder.
 */
final class ImageEncoding implements Draft.Tools {

    /*
     * Two locks. The short one guards which picture is the newest, and is held for as long as a frame is copied into its
     * block, so that frames stay in the order in which they were published. The long one is held by whoever encodes.
     */

    private static final Logger LOG = System.getLogger("dev.flipbook");

    private final String feed;
    private final Ticker ticker;
    private final Executor encoders;
    private final Predicate<Frame> frames;
    private final BooleanSupplier watched;
    private final Runnable announce;
    private final Copies copies = new Copies();
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock work = new ReentrantLock();

    // guarded by lock
    private @Nullable Draft waiting;
    private long waitingSince;
    private boolean working;
    private long given;
    private long shown;
    private long unused;
    private boolean closed;

    private @Nullable StillReader reader;

    // guarded by work
    private final Placeholder placeholder = new Placeholder();
    private @Nullable JpegEncoder encoder;
    private volatile boolean closing;
    private volatile Encoding encoding = Encoding.NONE;
    private volatile SourceRunner.@Nullable Report failure;

    /**
     * @param encoders runs what encodes
     * @param frames takes what was encoded, and says whether it did
     * @param watched whether anybody would see it
     * @param announce is run when there is something new, or nothing will come
     */
    ImageEncoding(
            String feed,
            Ticker ticker,
            Executor encoders,
            Predicate<Frame> frames,
            BooleanSupplier watched,
            Runnable announce) {
        this.feed = feed;
        this.ticker = ticker;
        this.encoders = encoders;
        this.frames = frames;
        this.watched = watched;
        this.announce = announce;
    }

    // publishing

    /** A frame, which is newer than all that was published before. */
    void publish(Frame frame) {
        if (take(frame)) {
            announce.run();
        }
    }

    /** The same, but for the announcement, which is left to the caller when this says that there is something new. */
    boolean take(Frame frame) {
        lock.lock();
        try {
            drop();
            shown = ++given;
            failure = null;
            return frames.test(frame);
        } finally {
            lock.unlock();
        }
    }

    /** @throws IllegalArgumentException when the image is too large */
    void publish(BufferedImage image) {
        Canvas.check(image); // now, when whoever made it hears of it
        offer(
                watched.getAsBoolean()
                        ? copies.of(image)
                        : tools -> Canvas.of(image).encode(tools.encoder(), Copies.QUALITY));
    }

    void publish(RawImage image) {
        offer(copies.of(image)); // always: the memory may be given back to somebody else who knows nothing of us
    }

    void publishDrawn(Supplier<BufferedImage> image) {
        offer(new Draft() {
            @Override
            public Frame encode(Tools tools) {
                BufferedImage drawn =
                        Objects.requireNonNull(image.get(), "the program drew nothing: its supplier gave null");
                return Canvas.of(drawn).encode(tools.encoder(), Copies.QUALITY);
            }

            @Override
            public boolean drawnWhenAsked() {
                return true;
            }
        });
    }

    /** @throws IllegalArgumentException when it is of no kind that is known */
    void publishFile(ByteBuffer file) {
        if (!reader().takes(file)) {
            throw new IllegalArgumentException("this is no picture: its " + file.remaining()
                    + " bytes begin as none of JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, JPEG 2000, QOI");
        }
        if (file.remaining() > Jpeg.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the picture has " + file.remaining() + " bytes; at most " + Jpeg.MAX_BYTES + " are taken");
        }
        offer(copies.of(file));
    }

    private void offer(Draft draft) {
        lock.lock();
        try {
            if (closed) {
                draft.done();
                return;
            }
            drop();
            given++;
            waiting = draft;
            waitingSince = ticker.nanos();
        } finally {
            lock.unlock();
        }
        if (watched.getAsBoolean()) {
            begin();
        }
    }

    /** Under lock: what waits has been overtaken. */
    private void drop() {
        Draft before = waiting;
        if (before != null) {
            waiting = null;
            unused++;
            before.done();
        }
    }

    /** Has the picture that waits encoded; false when none does, and none is being encoded. */
    boolean begin() {
        lock.lock();
        try {
            if (working) {
                return true;
            }
            if (waiting == null) {
                return false;
            }
            working = true;
        } finally {
            lock.unlock();
        }
        encoders.execute(this::encodeWaiting);
        return true;
    }

    /** How long ago the picture that waits was published; empty when none does. */
    Optional<Duration> waitingFor() {
        lock.lock();
        try {
            return waiting == null || waiting.drawnWhenAsked()
                    ? Optional.empty()
                    : Optional.of(Duration.ofNanos(Math.max(0, ticker.nanos() - waitingSince)));
        } finally {
            lock.unlock();
        }
    }

    /** Whether a picture waits for somebody to watch. */
    boolean keepsPicture() {
        lock.lock();
        try {
            return waiting != null;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a picture waits, or is being encoded. */
    boolean isBusy() {
        lock.lock();
        try {
            return working || waiting != null;
        } finally {
            lock.unlock();
        }
    }

    private void encodeWaiting() {
        while (true) {
            Draft draft;
            long number;
            long published;
            lock.lock();
            try {
                draft = waiting;
                number = given;
                published = waitingSince;
                waiting = null;
                if (draft == null) {
                    working = false;
                    return;
                }
            } finally {
                lock.unlock();
            }
            encode(draft, number, published);
            draft.done();
            announce.run();
        }
    }

    /** @param published when, which is the time that its picture is from */
    private void encode(Draft draft, long number, long published) {
        work.lock();
        try {
            if (closing) {
                return;
            }
            long begun = ticker.nanos();
            Frame frame = draft.encode(this);
            encoding = encoding.plus(ticker.nanos() - begun);
            show(frame.capturedAt(draft.drawnWhenAsked() ? begun : published), number);
        } catch (IOException | RuntimeException | LinkageError | OutOfMemoryError e) {
            fail(e);
        } finally {
            work.unlock();
            freeIfClosing();
        }
    }

    /** Unless something newer is shown already. */
    private void show(Frame frame, long number) {
        lock.lock();
        try {
            if (number < shown) {
                unused++;
                return;
            }
            shown = number;
            failure = null;
            boolean ignored = frames.test(frame); // one that finds no memory is counted there
        } finally {
            lock.unlock();
        }
    }

    private void fail(Throwable e) {
        lock.lock();
        try {
            unused++;
        } finally {
            lock.unlock();
        }
        SourceRunner.Report before = failure;
        String reason = SourceState.reason(e);
        Instant since = before == null ? ticker.now() : before.since();
        int times = before == null ? 1 : before.failures() + 1;
        failure = new SourceRunner.Report(State.OFFLINE, reason, since, times, Optional.empty());
        if (before == null) {
            LOG.log(Level.WARNING, "feed=" + feed + " cannot show what was published: " + reason, e);
        }
    }

    /** Why what was published last cannot be shown; null when it can. */
    SourceRunner.@Nullable Report failure() {
        return failure;
    }

    /**
     * Draws a placeholder over the last picture, if there was one; not while a picture is being encoded, as a program's own
     * code may take its time there, and whoever draws serves all feeds. The next one is due in a second.
     */
    void placeholder(Optional<Frame> last, String title, String reason, Duration age, Consumer<Frame> shows) {
        if (!work.tryLock()) {
            return;
        }
        try {
            if (!closing) {
                shows.accept(placeholder.draw(last, title, reason, age, encoder()));
            }
        } finally {
            work.unlock();
            freeIfClosing();
        }
    }

    /** What was made of a program's pictures. Placeholders give no more than the encoder's name. */
    Encoding encoding() {
        return encoding;
    }

    /** How many pictures of a program were not encoded, as nobody watched or a newer one came; one that still waits is among them. */
    long unused() {
        lock.lock();
        try {
            return waiting == null ? unused : unused + 1;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public JpegEncoder encoder() {
        JpegEncoder made = encoder;
        if (made == null) {
            made = JpegEncoder.best();
            encoder = made;
            encoding = encoding.by(made.name());
        }
        return made;
    }

    @Override
    public StillReader reader() {
        lock.lock();
        try {
            StillReader made = reader;
            if (made == null) {
                made = ServiceLoader.load(StillReader.class)
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("nothing here reads picture files"));
                reader = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of the picture that waits and of the encoder; from now on pictures are ignored. */
    void close() {
        lock.lock();
        try {
            closed = true;
            if (waiting != null) {
                waiting.done();
                waiting = null;
            }
        } finally {
            lock.unlock();
        }
        copies.close();
        closing = true;
        freeIfClosing();
    }

    /** Whoever has the tools now frees them afterwards: a program's own code, which may draw, is not waited for. */
    private void freeIfClosing() {
        if (!closing || !work.tryLock()) {
            return;
        }
        try {
            if (encoder != null) {
                encoder.close();
                encoder = null;
            }
            if (reader != null) { // nobody makes one any more, and no other thread uses it
                reader.close();
            }
        } finally {
            work.unlock();
        }
    }
}
