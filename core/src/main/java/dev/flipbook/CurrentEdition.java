package dev.flipbook;

import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.BlockText;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The slot between the source and the viewers of one feed or one variant: the newest {@link Edition}, which viewers are
 * sent, and the last picture, which placeholders and snapshots are made of. Here frames get their numbers, are copied
 * into blocks, and their blocks are held and released.
 *
 * <p><b>Writers</b> take the lock. The lock orders publishes, placeholders, repeats and the end, and is held while one
 * picture is copied into its block: two frames never swap.
 *
 * <p><b>Readers of the newest edition</b> take no lock. {@link #takeNewer} reads the volatile field and then becomes a
 * holder of the block. The block may have been released between the two steps. Then a newer edition has been stored
 * already, and the method reads again; it cannot loop longer than there are publishes.
 *
 * <p><b>Holders.</b> This slot holds a block twice: once for the newest edition, once for the last picture. A repeat is
 * the same block under a new number, and the first holding passes to it. {@link #newest} is replaced, and only then is
 * the former edition released.
 *
 * <p>There are four ways in which this slot lets go:
 *
 * <ul>
 *   <li>{@link #forget}: the source is idle and nobody watches. The newest edition goes, so that the next viewer waits for
 *       a new picture; the last picture stays for placeholders.
 *   <li>{@link #close}: the feed ends. The newest edition becomes the end, with a copy of what was shown and the closing
 *       delimiter.
 *   <li>{@link #letGo}: the last viewer of a closed feed has left. All memory goes back.
 *   <li>{@link #drop}: the last viewer of a variant has left. All memory goes back, and nothing is shown any more.
 * </ul>
 *
 * <p>Thread-safe. Not final, so that a test can act at the moment right after somebody has looked.
 */
class CurrentEdition {

    /** What stands around each picture: the delimiter and the part's headers. */
    private final BlockText text;

    private final Ticker ticker;
    private final BlockPool pool;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Edition newest;
    /** Time at which something was shown last, as the ticker counts; viewers have seen nothing new since. */
    private volatile long quietSince;
    /** A copy of the rate's mean interval, which viewers read without the lock. */
    private volatile long interval;

    // Guarded by lock.
    private final Rate rate = new Rate();
    private @Nullable Edition picture;
    // number of the latest edition
    private long editions;
    // number of the latest frame
    private long sequence;
    private long dropped;
    // when the picture that is repeated came first; meaningful while "same" is true
    private long sameSince;
    private boolean same;
    // when the first frame was published
    private Optional<Instant> begun = Optional.empty();
    private boolean closed;

    /**
     * One thing to send. A frame, a frame sent again, a placeholder and the end of a feed are all editions, so that a
     * viewer compares one number only. Immutable.
     *
     * @param number one more than that of the edition before it
     * @param block what to send; null when a feed ends that has no picture
     * @param sequence number of the frame; for a placeholder, of the last frame before it
     * @param width of the picture in pixels, as encoded
     * @param height of the picture in pixels, as encoded
     * @param capturedNanos when the picture was taken, as the ticker counts
     */
    record Edition(
            long number, Kind kind, @Nullable Block block, long sequence, int width, int height, long capturedNanos) {

        enum Kind {
            /** A frame of the source or the program. */
            PICTURE,
            /** Sent in place of a picture: one that was drawn, or the last frame again where nothing can be drawn. */
            PLACEHOLDER,
            /** The end of the feed; responses end with it. */
            END
        }

        /** Whether nothing is written after this edition. */
        boolean last() {
            return kind == Kind.END;
        }

        /**
         * The same content under a new number, so that viewers take it. The new edition takes over this one's holding of
         * the block.
         */
        Edition again(long newNumber, Kind newKind) {
            return new Edition(newNumber, newKind, block, sequence, width, height, capturedNanos);
        }

        /** The end of responses, with this block. */
        Edition end(long newNumber, @Nullable Block lastBlock) {
            return new Edition(newNumber, Kind.END, lastBlock, sequence, width, height, capturedNanos);
        }

        /** This edition with another block: the picture that was made of its picture. */
        Edition as(Block made, Jpeg picture) {
            return new Edition(number, kind, made, sequence, picture.width(), picture.height(), capturedNanos);
        }

        /** The picture in the block. The caller holds the block for as long as it reads. */
        static Jpeg picture(Block block, int width, int height) {
            ByteBuffer bytes = block.picture();
            return new Jpeg(List.of(bytes), bytes.remaining(), width, height);
        }

        /** Ends one holding of the block. */
        void release() {
            if (block != null) {
                block.release();
            }
        }
    }

    /**
     * The part of a feed's status that is about its pictures.
     *
     * @param fps measured over the last 16 pictures
     * @param still how long the same picture has been published again and again; zero while pictures change
     */
    record Figures(
            int width, int height, double fps, long frames, long dropped, Optional<Duration> age, Duration still) {}

    CurrentEdition(String boundary, Ticker ticker, BlockPool pool) {
        this.text = new BlockText("image/jpeg", boundary);
        this.ticker = ticker;
        this.pool = pool;
        this.quietSince = ticker.nanos();
    }

    // Showing.

    /**
     * Makes a frame of the source or program the newest edition. The picture is copied before this returns.
     *
     * @return false when there is no memory for it, which is counted, or after the end
     */
    boolean publish(Frame frame) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            long now = ticker.nanos();
            long captured = frame.capturedNanosOr(now);
            Block block = block(frame.picture(), captured, now, false);
            if (block == null) {
                dropped++;
                return false;
            }
            count(now);
            compare(frame.picture(), now);
            block.retain(); // two holders: the newest edition and the last picture
            Edition edition = new Edition(++editions, Edition.Kind.PICTURE, block, sequence, frame.width(), frame.height(), captured);
            if (picture != null) {
                picture.release();
            }
            picture = edition;
            show(edition);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes whether the picture is the same as the last one. A source that gives one picture for ever is alive, and yet
     * viewers should know. The comparison is cheap: pictures of different lengths, as nearly all are, differ at once.
     */
    private void compare(Jpeg jpeg, long now) {
        Edition before = picture;
        same = before != null && before.block() != null && before.block().holds(jpeg);
        if (!same) {
            sameSince = now;
        }
    }

    /** Numbers a frame and measures the rate. A break, in which a placeholder was shown, is not part of the rate. */
    private void count(long now) {
        if (sequence++ == 0) {
            begun = Optional.of(ticker.now());
        }
        Edition before = newest;
        if (before == null || before.kind() != Edition.Kind.PICTURE) {
            rate.restart();
        }
        rate.arrived(now);
        interval = rate.interval();
    }

    /**
     * Shows a placeholder, unless something newer has come since the caller began to draw it.
     *
     * @param drawnAfter what {@link #editions()} was when the drawing began
     */
    void placeholder(Frame frame, long drawnAfter) {
        lock.lock();
        try {
            if (closed || editions != drawnAfter) {
                return;
            }
            long now = ticker.nanos();
            Block block = block(frame.picture(), now, now, false);
            if (block == null) {
                dropped++;
                return;
            }
            show(new Edition(++editions, Edition.Kind.PLACEHOLDER, block, sequence, frame.width(), frame.height(), now));
        } finally {
            lock.unlock();
        }
    }

    /** Sends the newest edition again, under a new number. */
    void repeat() {
        lock.lock();
        try {
            Edition shown = newest;
            if (shown != null) {
                repeatAs(shown.kind());
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends the newest edition again under a new number, as an edition of this kind. Does nothing when there is none, or after
     * the end.
     */
    void repeatAs(Edition.Kind kind) {
        lock.lock();
        try {
            Edition shown = newest;
            if (shown != null && !closed) {
                newest = shown.again(++editions, kind);
                quietSince = ticker.nanos();
            }
        } finally {
            lock.unlock();
        }
    }

    // Following the editions of a feed, under the feed's numbers: only variants call these.

    /** Shows an edition of the feed as it is. The caller holds its block; this slot becomes a further holder. */
    void pass(Edition edition) {
        lock.lock();
        try {
            if (!closed && (edition.block() == null || edition.block().retain())) {
                follow(edition);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Shows a picture that was made of an edition of the feed.
     *
     * @return false when there is no memory for it, which is counted; true after the end, when nobody would see it
     */
    boolean pass(Edition edition, Jpeg made) {
        lock.lock();
        try {
            if (closed) {
                return true; // the last viewer has left meanwhile
            }
            Block block = block(made, edition.capturedNanos(), ticker.nanos(), edition.last());
            if (block == null) {
                dropped++;
                return false;
            }
            follow(edition.as(block, made));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Under lock: measures the rate and shows the edition, whose block this slot holds by now. */
    private void follow(Edition edition) {
        if (edition.kind() == Edition.Kind.PICTURE) {
            rate.arrived(ticker.nanos());
            interval = rate.interval();
        } else {
            rate.restart();
        }
        show(edition);
    }

    /**
     * Shows the newest edition again, under the number of this edition of the feed, because the feed repeats the picture it
     * was made of.
     *
     * @return false when nothing has been shown yet; true after the end
     */
    boolean passAgain(Edition edition) {
        lock.lock();
        try {
            Edition shown = newest;
            if (shown == null || closed) {
                return closed;
            }
            newest = shown.again(edition.number(), edition.kind());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the slot of a variant whose last viewer has left: all its memory goes back, and nothing is shown any more.
     */
    void drop() {
        lock.lock();
        try {
            closed = true;
            Edition before = newest;
            newest = null;
            if (before != null) {
                before.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Under lock: makes this the newest edition, and releases the one before it. */
    private void show(Edition edition) {
        Edition before = newest;
        newest = edition;
        quietSince = ticker.nanos();
        if (before != null) {
            before.release();
        }
    }

    /**
     * A block with this picture, or null when there is no memory. Its time stamp is the wall clock now, less the age of
     * the picture.
     */
    private @Nullable Block block(Jpeg jpeg, long captured, long now, boolean last) {
        Instant time = ticker.now();
        long micros = time.getEpochSecond() * 1_000_000 + time.getNano() / 1000 - (now - captured) / 1000;
        return pool.block(jpeg, text, Math.max(0, micros), last).orElse(null);
    }

    // Looking.

    /**
     * The newest edition if its number is higher than this one; null otherwise. The caller becomes a holder of its block
     * and releases the edition. Takes no lock.
     */
    @Nullable
    Edition takeNewer(long than) {
        while (true) {
            Edition edition = newest;
            if (edition == null || edition.number() <= than) {
                return null;
            }
            if (edition.block() == null || edition.block().retain()) {
                return edition;
            }
        }
    }

    /** Whether {@link #takeNewer} would return an edition. Takes no lock and holds nothing. */
    boolean hasNewer(long than) {
        Edition edition = newest;
        return edition != null && edition.number() > than;
    }

    /**
     * Number of the frame that is shown, or of the last frame before the placeholder that is shown; 0 while nothing is
     * shown.
     */
    long sequence() {
        Edition edition = newest;
        return edition == null ? 0 : edition.sequence();
    }

    /** Whether the feed has ended. */
    boolean isEnd() {
        Edition edition = newest;
        return edition != null && edition.last();
    }

    /** The kind of the newest edition; empty while there is none. */
    Optional<Edition.Kind> shown() {
        Edition edition = newest;
        return edition == null ? Optional.empty() : Optional.of(edition.kind());
    }

    /** Time at which something was shown last, as the ticker counts. */
    long quietSince() {
        return quietSince;
    }

    /** Mean interval between recent frames in nanoseconds, or 0 if there are fewer than two. */
    long interval() {
        return interval;
    }

    /**
     * Restarts the time without a new edition. Called when a viewer comes and nothing can be shown yet: its own wait
     * begins now.
     */
    void quietFromNow() {
        quietSince = ticker.nanos();
    }

    /** Number of editions so far. */
    long editions() {
        lock.lock();
        try {
            return editions;
        } finally {
            lock.unlock();
        }
    }

    /** Time at which the first frame was published; empty before it. */
    Optional<Instant> begun() {
        lock.lock();
        try {
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /** A copy of the last picture, however old; empty before the first. */
    Optional<Frame> copy() {
        Edition edition = holdPicture();
        if (edition == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(copy(edition));
        } finally {
            edition.release();
        }
    }

    /** The newest edition if it is the picture of this frame, else null. The caller becomes a holder of its block. */
    @Nullable
    Edition holdShown(long ofSequence) {
        Edition edition = takeNewer(Long.MIN_VALUE);
        if (edition == null) {
            return null;
        }
        if (edition.kind() == Edition.Kind.PICTURE && edition.sequence() == ofSequence) {
            return edition;
        }
        edition.release();
        return null;
    }

    /**
     * An edition with a picture that was made of another edition's picture; null when there is no memory for it. The caller is
     * the only holder of its block.
     */
    @Nullable
    Edition made(Edition of, Jpeg picture) {
        Block block = block(picture, of.capturedNanos(), ticker.nanos(), false);
        return block == null ? null : of.as(block, picture);
    }

    /** A copy of an edition's picture. The caller holds the block meanwhile. */
    static Frame copy(Edition edition) {
        Block block = Objects.requireNonNull(edition.block()); // the edition of a picture always has one
        ByteBuffer bytes = block.picture();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        Jpeg same = new Jpeg(List.of(ByteBuffer.wrap(copy)), copy.length, edition.width(), edition.height());
        return Frame.of(same, edition.sequence(), edition.capturedNanos());
    }

    /**
     * The result of this function for the last picture, which the function may read only during its call; empty before
     * the first.
     */
    <T> Optional<T> look(Function<Jpeg, T> reader) {
        Edition edition = holdPicture();
        if (edition == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    reader.apply(Edition.picture(Objects.requireNonNull(edition.block()), edition.width(), edition.height())));
        } finally {
            edition.release();
        }
    }

    /** The edition of the last picture, or null before the first. The caller becomes a holder of its block. */
    @Nullable
    Edition holdPicture() {
        lock.lock();
        try {
            Edition edition = picture;
            return edition == null || edition.block() == null || !edition.block().retain() ? null : edition;
        } finally {
            lock.unlock();
        }
    }

    /** Capture time of the last picture, as the ticker counts; empty before the first. */
    OptionalLong captured() {
        lock.lock();
        try {
            return picture == null ? OptionalLong.empty() : OptionalLong.of(picture.capturedNanos());
        } finally {
            lock.unlock();
        }
    }

    /** The newest edition, without becoming a holder: its block may be released at any moment and must not be read. */
    @Nullable
    Edition peek() {
        return newest;
    }

    /** The figures of the pictures at this moment. */
    Figures figures() {
        lock.lock();
        try {
            Edition last = picture;
            long now = ticker.nanos();
            return new Figures(
                    last == null ? 0 : last.width(),
                    last == null ? 0 : last.height(),
                    rate.fps(now),
                    sequence,
                    dropped,
                    last == null
                            ? Optional.empty()
                            : Optional.of(Duration.ofNanos(Math.max(0, now - last.capturedNanos()))),
                    same ? Duration.ofNanos(now - sameSince) : Duration.ZERO);
        } finally {
            lock.unlock();
        }
    }

    // Letting go.

    /**
     * Forgets the newest edition if nobody watches: the next viewer waits for a new picture. The last picture stays.
     *
     * @param unwatched asked under the lock
     */
    void forget(BooleanSupplier unwatched) {
        lock.lock();
        try {
            Edition before = newest;
            if (before != null && !closed && unwatched.getAsBoolean()) {
                newest = null;
                before.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Shows the end: the newest picture again, followed by the closing delimiter. Returns false when the end was shown
     * before.
     */
    boolean close() {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            closed = true;
            show(end());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The end with the picture that is shown. Its block is a new one, because the closing delimiter differs from the
     * usual one.
     */
    private Edition end() {
        Edition shown = newest;
        if (shown == null || shown.block() == null) {
            return emptyEnd();
        }
        Jpeg jpeg = Edition.picture(shown.block(), shown.width(), shown.height());
        return shown.end(++editions, block(jpeg, shown.capturedNanos(), ticker.nanos(), true));
    }

    /** The end without a picture: a viewer that comes now gets an empty response. */
    private Edition emptyEnd() {
        return new Edition(++editions, Edition.Kind.END, null, sequence, 0, 0, ticker.nanos());
    }

    /**
     * Releases all memory after the end if nobody watches. Returns false before the end, or while there are viewers.
     *
     * @param unwatched asked under the lock
     */
    boolean letGo(BooleanSupplier unwatched) {
        lock.lock();
        try {
            if (!closed || !unwatched.getAsBoolean()) {
                return false;
            }
            show(emptyEnd());
            if (picture != null) {
                picture.release();
                picture = null;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
