package dev.flipbook.delivery;

import dev.flipbook.Frame;
import dev.flipbook.Ticker;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.BlockText;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The slot between the origin and the viewers of one feed or one variant: the newest {@link Edition}, which viewers are
 * sent. Here frames get their numbers, are copied into blocks, and their blocks are held and released.
 *
 * <p><b>Writers</b> take the lock. The lock orders publishes, placeholders, repeats and the end, and is held while one
 * picture is copied into its block: two frames never swap.
 *
 * <p><b>Readers of the newest edition</b> take no lock. {@link #takeNewer} reads the volatile field and then becomes a
 * holder of the block. The block may have been released between the two steps. Then a newer edition has been stored
 * already, and the method reads again; it cannot loop longer than there are publishes.
 *
 * <p>Thread-safe. Not final, so that a test can act at the moment right after somebody has looked.
 */
public class CurrentEdition {

    private final BlockMaker blocks;

    final Ticker ticker;
    private final LastPicture lastPicture = new LastPicture();
    final ReentrantLock lock = new ReentrantLock();
    volatile @Nullable Edition newest;
    /** Time at which something was shown last, as the ticker counts; viewers have seen nothing new since. */
    private volatile long quietSince;
    /** A copy of the tally's mean interval, which viewers read without the lock. */
    volatile long interval;

    // Guarded by lock.
    final FeedTally tally = new FeedTally();
    // the feed is paused: no picture is taken
    private boolean shut;
    boolean closed;

    /** Number of the latest edition; changed under the lock. */
    private final AtomicLong editions = new AtomicLong();
    /** Number of the latest edition that nobody may be given any more. */
    private volatile long forgotten;

    /** An empty slot for a feed whose parts are separated by this boundary. */
    public CurrentEdition(String boundary, Ticker ticker, BlockPool pool) {
        this(new BlockMaker(new BlockText("image/jpeg", boundary), ticker, pool));
    }

    CurrentEdition(BlockMaker blocks) {
        this.blocks = blocks;
        this.ticker = blocks.ticker();
        this.quietSince = ticker.nanos();
    }

    /** An empty slot for a variant of this feed, with the same boundary, clock and memory. */
    public VariantEdition forVariant() {
        return new VariantEdition(this, blocks);
    }

    // Showing.

    /** Makes a frame the newest edition, as the other method; it is always wanted. */
    public boolean publish(Frame frame) {
        return publish(frame, () -> true);
    }

    /**
     * Makes a frame of the source or program the newest edition. The picture is copied before this returns.
     *
     * @param wanted whether the frame is still to be shown; asked under the lock, so that a frame that is not wanted
     *     before a {@link #forget(boolean)} is not shown after it
     * @return false when there is no memory for it, which is counted; when it is not wanted, the feed is paused, or has
     *     ended
     */
    boolean publish(Frame frame, BooleanSupplier wanted) {
        lock.lock();
        try {
            if (closed || shut || !wanted.getAsBoolean()) {
                return false;
            }
            long now = ticker.nanos();
            long captured = frame.capturedNanosOr(now);
            Block block = blocks.block(frame.picture(), captured, now, false);
            if (block == null) {
                tally.drop();
                return false;
            }
            Edition before = newest;
            boolean afterBreak = before == null || before.kind() != Edition.Kind.PICTURE;
            tally.frame(now, ticker.now(), afterBreak, lastPicture.isSameAs(frame.picture()));
            interval = tally.interval();
            block.retain(); // two holders: the newest edition and the last picture
            Edition edition = numbered(Edition.Kind.PICTURE, block, frame, captured);
            lastPicture.replace(edition);
            show(edition);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Under lock: the next edition, with this picture. */
    private Edition numbered(Edition.Kind kind, Block block, Frame frame, long captured) {
        return new Edition(
                editions.incrementAndGet(), kind, block, tally.sequence(), frame.width(), frame.height(), captured);
    }

    /**
     * Shows a placeholder, unless something newer has come since the caller began to draw it.
     *
     * @param drawnAfter what {@link #editions()} was when the drawing began
     */
    public void placeholder(Frame frame, long drawnAfter) {
        lock.lock();
        try {
            if (closed || editions.get() != drawnAfter) {
                return;
            }
            long now = ticker.nanos();
            Block block = blocks.block(frame.picture(), now, now, false);
            if (block == null) {
                tally.drop();
                return;
            }
            show(numbered(Edition.Kind.PLACEHOLDER, block, frame, now));
        } finally {
            lock.unlock();
        }
    }

    /** Sends the newest edition again, under a new number, as {@link #repeatAs} with the same kind. */
    public void repeat() {
        repeatAs(null);
    }

    /**
     * Sends the newest edition again under a new number. Does nothing when there is none, or after the end.
     *
     * @param kind the kind of the new edition; null for the same kind
     */
    public void repeatAs(Edition.@Nullable Kind kind) {
        lock.lock();
        try {
            Edition shown = newest;
            if (shown != null && !closed) {
                newest = shown.again(editions.incrementAndGet(), kind == null ? shown.kind() : kind);
                quietSince = ticker.nanos();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Under lock: makes this the newest edition, or none, and releases the one before it. */
    void show(@Nullable Edition edition) {
        Edition before = newest;
        newest = edition;
        quietSince = ticker.nanos();
        if (before != null) {
            before.release();
        }
    }

    /** The memory for a picture that is made of another one. */
    public BlockMaker blocks() {
        return blocks;
    }

    // Looking.

    /**
     * The newest edition if its number is higher than this one; null otherwise. The caller becomes a holder of its block
     * and releases the edition. Takes no lock.
     */
    public @Nullable Edition takeNewer(long than) {
        while (true) {
            Edition edition = newest;
            if (edition == null || edition.number() <= than) {
                return null;
            }
            if (edition.retain()) {
                return edition;
            }
        }
    }

    /** Whether {@link #takeNewer} would return an edition. Takes no lock and holds nothing. */
    boolean hasNewer(long than) {
        Edition edition = newest;
        return edition != null && edition.number() > than;
    }

    /** The newest edition, without becoming a holder: its block may be released at any moment and must not be read. */
    public @Nullable Edition peek() {
        return newest;
    }

    /** Number of the frame that is shown, or of the last frame before the placeholder; 0 while nothing is shown. */
    public long sequence() {
        Edition edition = newest;
        return edition == null ? 0 : edition.sequence();
    }

    /** The kind of the newest edition; empty while there is none. */
    public Optional<Edition.Kind> kind() {
        return Optional.ofNullable(newest).map(Edition::kind);
    }

    /** Whether the feed has ended. */
    public boolean isEnd() {
        Edition edition = newest;
        return edition != null && edition.last();
    }

    /** The last picture, which stays when something else is shown. */
    public LastPicture lastPicture() {
        return lastPicture;
    }

    /** Mean interval between recent frames in nanoseconds, or 0 if there are fewer than two. */
    long interval() {
        return interval;
    }

    /** Time at which something was shown last, as the ticker counts. */
    public long quietSince() {
        return quietSince;
    }

    /** Restarts that time, for a viewer that has come and cannot be shown anything yet. */
    public void quietFromNow() {
        quietSince = ticker.nanos();
    }

    /** Number of editions so far. */
    public long editions() {
        return editions.get();
    }

    /** The figures of the pictures at this moment. */
    public FeedTally.Figures figures() {
        lock.lock();
        try {
            return tally.figures(ticker.nanos(), lastPicture.peek());
        } finally {
            lock.unlock();
        }
    }

    // Letting go.

    /**
     * Forgets every picture, the last one too: from now on nobody is given what was shown so far. Viewers keep what
     * they have got. A placeholder that is being drawn is not shown. Frames are numbered on.
     *
     * @param paused whether no picture is taken, but placeholders are, until this is called with false
     */
    public void forget(boolean paused) {
        lock.lock();
        try {
            shut = paused;
            if (!closed) {
                forgotten =
                        editions.getAndIncrement(); // a number of its own: a placeholder that was begun before is out
                // of date
                lastPicture.replace(null);
                tally.forget();
                show(null);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether nobody may be given this edition any more, because it was shown before the last {@link #forget(boolean)}. */
    public boolean isForgotten(Edition edition) {
        return edition.number() <= forgotten;
    }

    /**
     * Forgets the newest edition if nobody watches: the next viewer waits for a new picture. The last picture stays.
     *
     * @param unwatched asked under the lock
     */
    public void forget(BooleanSupplier unwatched) {
        lock.lock();
        try {
            if (!closed && unwatched.getAsBoolean()) {
                show(null);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Shows the end: the newest picture again, followed by the closing delimiter. Its block is a new one, because that
     * delimiter differs from the usual one. Returns false when the end was shown before.
     */
    public boolean close() {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            closed = true;
            Edition shown = newest;
            show(
                    shown == null || shown.block() == null
                            ? emptyEnd()
                            : shown.end(
                                    editions.incrementAndGet(),
                                    blocks.block(shown.picture(), shown.capturedNanos(), ticker.nanos(), true)));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The end without a picture: a viewer that comes now gets an empty response. */
    private Edition emptyEnd() {
        return new Edition(editions.incrementAndGet(), Edition.Kind.END, null, tally.sequence(), 0, 0, ticker.nanos());
    }

    /**
     * Releases all memory after the end if nobody watches. Returns false before the end, or while there are viewers.
     *
     * @param unwatched asked under the lock
     */
    public boolean letGo(BooleanSupplier unwatched) {
        lock.lock();
        try {
            if (!closed || !unwatched.getAsBoolean()) {
                return false;
            }
            show(emptyEnd());
            lastPicture.replace(null);
            return true;
        } finally {
            lock.unlock();
        }
    }
}
