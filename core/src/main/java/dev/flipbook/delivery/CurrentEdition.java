package dev.flipbook.delivery;

import dev.flipbook.Frame;
import dev.flipbook.Ticker;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.BlockText;
import java.util.Optional;
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
 * <p><b>Holders.</b> A block is held twice: for the newest edition here, and in the {@link LastPicture}. A repeat is the
 * same block under a new number, and the first holding passes to it. {@link #newest} is replaced, and only then is the
 * former edition released.
 *
 * <p><b>Letting go.</b> {@link #forget(BooleanSupplier)} when the source is idle and nobody watches: the next viewer waits for a new
 * picture, and the last one stays for placeholders. {@link #close} when the feed ends: the newest edition becomes the
 * end, with the closing delimiter. {@link #forget()} when the origin is exchanged or paused. {@link #letGo} when the last viewer of a closed feed has left, and
 * {@link VariantEdition#drop} when the last viewer of a variant has: all memory goes back.
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
    // number of the latest edition
    private long editions;
    // the feed is paused: no picture is taken
    private boolean shut;
    boolean closed;

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

    /**
     * Makes a frame of the program the newest edition. The picture is copied before this returns.
     *
     * @return false when there is no memory for it, which is counted; while the feed is paused; and after the end
     */
    public boolean publish(Frame frame) {
        return publish(frame, () -> true);
    }

    /**
     * Makes a frame the newest edition, as {@link #publish(Frame)}.
     *
     * @param wanted whether the frame is still to be shown; asked under the lock, so that nothing that was refused
     *     before a {@link #forget()} is shown after it
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
        return new Edition(++editions, kind, block, tally.sequence(), frame.width(), frame.height(), captured);
    }

    /**
     * Shows a placeholder, unless something newer has come since the caller began to draw it.
     *
     * @param drawnAfter what {@link #editions()} was when the drawing began
     */
    public void placeholder(Frame frame, long drawnAfter) {
        lock.lock();
        try {
            if (closed || editions != drawnAfter) {
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

    /** Sends the newest edition again, under a new number. Does nothing when there is none, or after the end. */
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
                newest = shown.again(++editions, kind == null ? shown.kind() : kind);
                quietSince = ticker.nanos();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Under lock: makes this the newest edition, and releases the one before it. */
    void show(Edition edition) {
        Edition before = newest;
        newest = edition;
        quietSince = ticker.nanos();
        if (before != null) {
            before.release();
        }
    }

    /**
     * An edition with a picture that was made of another edition's picture; null when there is no memory for it. The
     * caller is the only holder of its block. Takes no lock.
     *
     * @param last whether responses end after it
     */
    public @Nullable Edition made(Edition of, Jpeg picture, boolean last) {
        Block block = blocks.block(picture, of.capturedNanos(), ticker.nanos(), last);
        return block == null ? null : of.as(block, picture);
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

    /**
     * Number of the frame that is shown, or of the last frame before the placeholder that is shown; 0 while nothing is
     * shown.
     */
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

    /**
     * Restarts the time without a new edition. Called when a viewer comes and nothing can be shown yet: its own wait
     * begins now.
     */
    public void quietFromNow() {
        quietSince = ticker.nanos();
    }

    /** Number of editions so far. */
    public long editions() {
        lock.lock();
        try {
            return editions;
        } finally {
            lock.unlock();
        }
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
     */
    public void forget() {
        lock.lock();
        try {
            Edition before = newest;
            if (closed) {
                return;
            }
            newest = null;
            forgotten = editions++; // a number of its own: a placeholder that was begun before is out of date
            lastPicture.replace(null);
            tally.forget();
            quietSince = ticker.nanos();
            if (before != null) {
                before.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether nobody may be given this edition any more, because it was shown before the last {@link #forget()}. */
    public boolean isForgotten(Edition edition) {
        return edition.number() <= forgotten;
    }

    /** Takes no pictures from now on, until this is called with false. Placeholders are shown. */
    public void shut(boolean now) {
        lock.lock();
        try {
            shut = now;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Forgets the newest edition if nobody watches: the next viewer waits for a new picture. The last picture stays.
     *
     * @param unwatched asked under the lock
     */
    public void forget(BooleanSupplier unwatched) {
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
                                    ++editions,
                                    blocks.block(shown.picture(), shown.capturedNanos(), ticker.nanos(), true)));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The end without a picture: a viewer that comes now gets an empty response. */
    private Edition emptyEnd() {
        return new Edition(++editions, Edition.Kind.END, null, tally.sequence(), 0, 0, ticker.nanos());
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
