package dev.flipbook.origin;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Broadcast;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.RawImage;
import dev.flipbook.image.StandbyPicture;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The pictures that a program publishes, in the order in which it does: finished frames, and drafts, which become JPEGs
 * here.
 *
 * <p>Between the program and the encoder there is at most one draft, the newest. While somebody watches, the draft is
 * encoded on a thread of the encoders. While nobody watches, it waits, and is encoded only when a viewer or snapshot
 * comes. A draft that is published while another one waits takes its place. So a program may publish faster than
 * pictures can be encoded, and viewers still see recent ones.
 *
 * <p>The lock guards which picture is the newest. It is held for as long as a frame is copied into its block, so that
 * frames stay in the order in which they were published. Encoding has a lock of its own, in {@link DraftEncoder}.
 *
 * <p>Thread-safe. No publish waits for an encoder.
 */
public final class Drafts {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    private final String feed;
    private final Broadcast broadcast;
    private final BooleanSupplier watched;
    private final Ticker ticker;
    private final Executor encoders;
    private final DraftEncoder encoder;
    private final SpareMemory copies = new SpareMemory();
    private final ReentrantLock lock = new ReentrantLock();

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

    // why the latest picture could not be encoded; null if it could
    private volatile Origin.@Nullable Report failure;

    /**
     * The pictures of one feed, none yet.
     *
     * @param broadcast takes the frames
     * @param watched whether anybody would see a picture now
     */
    public Drafts(String feed, Broadcast broadcast, BooleanSupplier watched, Machinery machinery) {
        this.feed = feed;
        this.broadcast = broadcast;
        this.watched = watched;
        this.ticker = machinery.ticker();
        this.encoders = machinery.encoders();
        this.encoder = new DraftEncoder(ticker);
    }

    // Publishing.

    /** Publishes a frame, which is newer than everything published before, and announces it. */
    public void publish(Frame frame) {
        if (take(frame)) {
            broadcast.announce();
        }
    }

    /** Forgets what was published so far: the picture that waits, the one that is being encoded, and a failure. */
    public void forget() {
        lock.lock();
        try {
            supersede();
        } finally {
            lock.unlock();
        }
    }

    /** Publishes a frame without announcing it. Returns true if the caller has to announce it. */
    boolean take(Frame frame) {
        lock.lock();
        try {
            supersede();
            return broadcast.current().publish(frame);
        } finally {
            lock.unlock();
        }
    }

    /** Under lock: whatever was published so far is older than what comes now, also if it is still being encoded. */
    private void supersede() {
        drop();
        shown = ++given;
        failure = null;
    }

    /**
     * Publishes an image.
     *
     * @throws IllegalArgumentException when the image is too large
     */
    public void publish(BufferedImage image) {
        Canvas.check(image); // checked now, so that the program gets the exception
        offer(watched.getAsBoolean() ? copies.of(image) : Draft.of(image));
    }

    /** Publishes plain pixels. They are always copied: their memory may be given back to an owner outside Java. */
    public void publish(RawImage image) {
        offer(copies.of(image));
    }

    /** Publishes an image that is drawn when it is needed. */
    public void publishDrawn(Supplier<BufferedImage> image) {
        offer(Draft.of(image));
    }

    /** Publishes a copy of a picture file, see {@link SpareMemory#of(ByteBuffer)}. */
    public void publishFile(ByteBuffer file) {
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
    public boolean begin() {
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
    public Optional<Duration> waitingFor() {
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
    public boolean keepsPicture() {
        lock.lock();
        try {
            return waiting != null;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a picture waits or is being encoded. */
    public boolean isBusy() {
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
            broadcast.announce();
        }
    }

    /** Encodes one picture and shows it. */
    private void encode(Draft draft, long number, long published) {
        try {
            encoder.encode(draft, published, frame -> show(frame, number));
        } catch (IOException | RuntimeException | Error e) { // a program's supplier may throw anything
            fail(e);
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
            boolean ignored = broadcast.current().publish(frame); // a frame that finds no memory is counted by the slot
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
        Origin.Report before = failure;
        String reason = SourceState.reason(e);
        Instant since = before == null ? ticker.now() : before.since();
        int times = before == null ? 1 : before.failures() + 1;
        failure = new Origin.Report(State.OFFLINE, reason, since, times, Optional.empty());
        if (before == null) {
            LOG.log(Level.WARNING, "feed=" + feed + " cannot show what was published: " + reason, e);
        }
    }

    /** The reason why the latest picture cannot be shown; null when it can. */
    public Origin.@Nullable Report failure() {
        return failure;
    }

    /** Has a placeholder drawn, unless a picture is being encoded. See {@link DraftEncoder#placeholder}. */
    public void placeholder(StandbyPicture.Drawing drawing, Consumer<Frame> shows) {
        encoder.placeholder(drawing, shows);
    }

    /** What was encoded of a program's pictures, placeholders not counted. */
    Encoding encoding() {
        return encoder.encoding();
    }

    /** Number of published pictures that were not encoded, with the one that waits. */
    long unused() {
        lock.lock();
        try {
            return waiting == null ? unused : unused + 1;
        } finally {
            lock.unlock();
        }
    }

    /** Drops the picture that waits, and gives back the tools. Pictures are ignored from now on. */
    public void close() {
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
        encoder.close();
    }
}
