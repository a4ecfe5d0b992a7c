package dev.flipbook;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.image.RawImage;
import dev.flipbook.image.StandbyPicture;
import dev.flipbook.image.StillReader;
import dev.flipbook.jpeg.Jpeg;
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
 * Makes frames of the pictures that a program publishes, and placeholders.
 *
 * <p>Between the program and the encoder there is at most one picture, the newest. While somebody watches, it is
 * encoded on a thread of the encoders. While nobody watches, it waits, and is encoded only when a viewer or snapshot
 * comes. A picture that is published while another one waits takes its place. So a program may publish faster than
 * pictures can be encoded, and viewers still see recent ones.
 *
 * <p>There are two locks. The short one guards which picture is the newest. The short lock is held for as long as a
 * frame is copied into its block, so that frames stay in the order in which they were published. The long one is held
 * by the thread that encodes or draws, for one picture; it guards the tools.
 *
 * <p>Thread-safe. No publish waits for an encoder.
 */
final class ImageEncoding implements Draft.Tools {

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

    // Guarded by lock.
    private @Nullable Draft waiting;
    private long waitingSince;
    private boolean working;
    // number of the latest picture that was published
    private long given;
    // number of the latest picture that was made the newest frame
    private long shown;
    // pictures that were never encoded, or too late
    private long unused;
    private boolean closed;

    private @Nullable StillReader reader;

    // Guarded by work.
    private final StandbyPicture placeholder = new StandbyPicture();
    private @Nullable JpegEncoder encoder;
    private volatile boolean closing;
    private volatile Encoding encoding = Encoding.NONE;
    // why the latest picture could not be encoded; null if it could
    private volatile SourceRunner.@Nullable Report failure;

    /**
     * Encoding for one feed.
     *
     * @param encoders runs what encodes
     * @param frames takes an encoded frame, and returns whether it could
     * @param watched whether anybody would see a picture now
     * @param announce runs when there is a new frame, or when none will come of the last publish
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

    // Publishing.

    /** Publishes a frame, which is newer than everything published before, and announces it. */
    void publish(Frame frame) {
        if (take(frame)) {
            announce.run();
        }
    }

    /** Publishes a frame without announcing it. Returns true if the caller has to announce it. */
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

    /**
     * Publishes an image.
     *
     * @throws IllegalArgumentException when the image is too large
     */
    void publish(BufferedImage image) {
        Canvas.check(image); // checked now, so that the program gets the exception
        offer(
                watched.getAsBoolean()
                        ? copies.of(image)
                        : tools -> Frame.of(Canvas.of(image).encode(tools.encoder(), JpegEncoder.QUALITY)));
    }

    void publish(RawImage image) {
        // always copied: the memory may be given back to an owner that knows nothing of Flipbook
        offer(copies.of(image));
    }

    /** Publishes an image that is drawn when it is needed. */
    void publishDrawn(Supplier<BufferedImage> image) {
        offer(new Draft() {
            @Override
            public Frame encode(Tools tools) {
                BufferedImage drawn =
                        Objects.requireNonNull(image.get(), "the program drew nothing: its supplier gave null");
                return Frame.of(Canvas.of(drawn).encode(tools.encoder(), JpegEncoder.QUALITY));
            }

            @Override
            public boolean drawnWhenAsked() {
                return true;
            }
        });
    }

    /**
     * Publishes a copy of a picture file.
     *
     * @throws IllegalArgumentException when it is of no known kind, or too large
     */
    void publishFile(ByteBuffer file) {
        if (!reader().takes(file)) {
            throw new IllegalArgumentException("not a picture: the first of its " + file.remaining()
                    + " bytes match none of JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, JPEG 2000, QOI");
        }
        if (file.remaining() > Jpeg.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the picture has " + file.remaining() + " bytes; at most " + Jpeg.MAX_BYTES + " are taken");
        }
        offer(copies.of(file));
    }

    /** Makes this the picture that waits, and has it encoded if somebody watches. */
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

    /** Under lock: drops the picture that waits, because a newer one has come. */
    private void drop() {
        Draft before = waiting;
        if (before != null) {
            waiting = null;
            unused++;
            before.done();
        }
    }

    /** Begins to encode the picture that waits. Returns false when none waits and none is being encoded. */
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
        try {
            encoders.execute(this::encodeWaiting);
        } catch (RuntimeException | Error e) { // no thread can be started: the next picture or tick tries again
            LOG.log(Level.WARNING, "feed={0} has no thread that encodes: {1}", feed, SourceState.reason(e));
            stopWorking();
        }
        return true;
    }

    private void stopWorking() {
        lock.lock();
        try {
            working = false;
        } finally {
            lock.unlock();
        }
    }

    /** Time since the picture that waits was published; empty when none waits, or when it will only be drawn. */
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

    /** Whether a picture waits to be encoded. */
    boolean keepsPicture() {
        lock.lock();
        try {
            return waiting != null;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a picture waits or is being encoded. */
    boolean isBusy() {
        lock.lock();
        try {
            return working || waiting != null;
        } finally {
            lock.unlock();
        }
    }

    /** The task of the encoders: encodes pictures until none waits. */
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

    /**
     * Encodes one picture and shows it.
     *
     * @param published when the picture was published, which is its capture time
     */
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
        } catch (IOException | RuntimeException | Error e) { // a program's supplier may throw anything
            fail(e);
        } finally {
            work.unlock();
            freeIfClosing();
        }
    }

    /** Makes this the newest frame, unless a newer one is shown already. */
    private void show(Frame frame, long number) {
        lock.lock();
        try {
            if (number < shown) {
                unused++;
                return;
            }
            shown = number;
            failure = null;
            boolean ignored = frames.test(frame); // a frame that finds no memory is counted by the slot
        } finally {
            lock.unlock();
        }
    }

    /** Notes that a picture could not be encoded. Only the first failure in a row is logged. */
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

    /** The reason why the latest picture cannot be shown; null when it can. */
    SourceRunner.@Nullable Report failure() {
        return failure;
    }

    /**
     * Draws a placeholder over the last picture, or over a dark one. Does nothing while a picture is being encoded:
     * that may take long, because a program's own code may run there, and the calling thread serves all feeds. The next
     * placeholder is due in a second anyway.
     *
     * @param shows takes the placeholder
     */
    void placeholder(Optional<Frame> last, String title, String reason, Duration age, Consumer<Frame> shows) {
        if (!work.tryLock()) {
            return;
        }
        try {
            if (!closing) {
                Optional<Jpeg> picture = last.map(Frame::picture);
                long number = last.map(Frame::sequence).orElse(0L);
                shows.accept(Frame.of(placeholder.draw(picture, number, title, reason, age, encoder())));
            }
        } finally {
            work.unlock();
            freeIfClosing();
        }
    }

    /** What was encoded of a program's pictures. Placeholders are not counted; they only set the encoder's name. */
    Encoding encoding() {
        return encoding;
    }

    /**
     * Number of published pictures that were not encoded, because nobody watched or a newer one came. A picture that
     * still waits is one of them.
     */
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

    /**
     * Drops the picture that waits, and closes the tools as soon as no thread uses them. Pictures are ignored from now
     * on.
     */
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

    /**
     * Closes the tools unless a thread uses them; that thread does so afterwards. The program's own code, which may be
     * drawing there, is not waited for.
     */
    private void freeIfClosing() {
        if (!closing || !work.tryLock()) {
            return;
        }
        try {
            if (encoder != null) {
                encoder.close();
                encoder = null;
            }
            if (reader != null) { // no thread makes a reader any more, and no other thread uses this one
                reader.close();
            }
        } finally {
            work.unlock();
        }
    }
}
