package dev.flipbook.delivery;

import dev.flipbook.FrameSink;
import dev.flipbook.Viewer;
import dev.flipbook.ViewerStatus;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.Framing;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One reader of a feed: a cursor, which is the number of the last edition that it was sent, and a {@link FrameSink} that
 * says when a write has drained. A viewer has no thread, no queue and no copy of a picture.
 *
 * <p>A viewer is in one of three states:
 *
 * <ul>
 *   <li>Armed: it waits, and the next {@link #wake} sends it the feed's newest edition.
 *   <li>Writing: its sink has a slice of a block. A wake does nothing now. When the write has drained, the viewer takes
 *       the newest edition by itself, whatever came in between. Therefore a slow viewer sees fewer frames and never older
 *       ones, and it holds one block at most.
 *   <li>Gone: the sink failed, the feed ended, or {@link #leave} was called. Nothing is written any more.
 * </ul>
 *
 * <p><b>Ownership.</b> The thread that moves a viewer from armed to writing, by one compare-and-set, owns its other
 * fields until it arms the viewer again. That thread may be the one that publishes, a wake thread, or the thread on
 * which the sink completes. The fields need no lock; they are volatile only where other threads read them for the
 * status.
 *
 * <p><b>No lost wake.</b> A publish, a sink that becomes ready or a {@code leave()} between the last look for a newer
 * edition and the arming finds the viewer still writing, and does nothing. Nobody else would wake the viewer for it, so it
 * looks once more after it has armed itself.
 *
 * <p><b>No recursion.</b> A sink may complete inside its own {@code write} call. Each write has a state of its own:
 * {@code IN_CALL} while the call runs, {@code WAITING} after a call that has not completed, {@code COMPLETED}. A
 * completion that finds {@code IN_CALL} leaves the rest to the loop that made the call. A call for each frame would
 * otherwise nest in the last one until the stack is full.
 *
 * <p><b>What must not happen.</b> No two writes of one viewer run at once, and no exception of a sink reaches the
 * thread that woke the viewer, because that thread serves the source or other viewers too.
 *
 * <p>Thread-safe.
 */
public final class FeedViewer implements Viewer {

    /** What is written when a feed ends that has no picture: the end alone. */
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    // The states of a viewer.
    private static final int ARMED = 0;
    private static final int WRITING = 1;
    private static final int GONE = 2;

    // The states of one write.
    private static final int IN_CALL = 0;
    private static final int WAITING = 1;
    private static final int COMPLETED = 2;

    // Updaters of fields, and not atomic objects: each object is one more place in memory. Between two editions of a
    // viewer the kernel copies whole frames for the others, so no cache holds that place any more.
    private static final AtomicIntegerFieldUpdater<FeedViewer> STATE =
            AtomicIntegerFieldUpdater.newUpdater(FeedViewer.class, "state");
    private static final AtomicIntegerFieldUpdater<FeedViewer> WRITE =
            AtomicIntegerFieldUpdater.newUpdater(FeedViewer.class, "write");

    /** What the viewer is shown: the feed, or a variant of it. It may change at any time. */
    private volatile Broadcast broadcast;

    private final FrameSink sink;
    private final Framing framing;
    /** Minimum time between two frames in nanoseconds; 0 for every frame. */
    private final long interval;
    /** Time at which the viewer was made, as the ticker counts. */
    private final long came;

    private final Completion completion = new Completion();
    private volatile int state = ARMED;
    private volatile int write;
    private volatile boolean leaving;

    // Owned by the thread that made the state WRITING; other threads only read them.

    // number of the frame that was sent last; 0 before the first
    private volatile long sequence;
    private volatile long sent;
    private volatile long skipped;
    // the number of the edition that was sent last
    private long cursor;
    // when the next frame of a viewer with an interval is due
    private volatile long due;
    private volatile long writingSince;
    private volatile long bytes;
    // age of the latest picture when it was handed to the sink, in nanoseconds
    private volatile long age;
    // whether the response has been opened, so that the next slice begins without the opening delimiter
    private boolean begun;
    // bytes of the slice that the sink has
    private int writing;
    private @Nullable ByteBuffer view;
    private @Nullable Edition held;
    private @Nullable Throwable failure;

    /**
     * A viewer of a feed, not yet among its viewers.
     *
     * @param broadcast what it is shown first: the feed, or a variant of it
     * @param interval minimum time between two frames in nanoseconds; 0 for every frame
     */
    public FeedViewer(Broadcast broadcast, FrameSink sink, Framing framing, long interval) {
        this.broadcast = broadcast;
        this.sink = sink;
        this.framing = framing;
        this.interval = interval;
        this.came = broadcast.nanos();
        this.due = came;
    }

    @Override
    public long sent() {
        return sent;
    }

    @Override
    public long skipped() {
        long passed = interval == 0 && state == WRITING && sequence > 0
                ? Math.max(0, broadcast.sequence() - sequence - 1)
                : 0;
        return skipped + passed;
    }

    @Override
    public ViewerStatus status() {
        long here = Math.max(1, broadcast.nanos() - came);
        return new ViewerStatus(
                Duration.ofNanos(here),
                sent(),
                skipped(),
                bytes,
                sent() * 1e9 / here,
                Duration.ofNanos(Math.max(0, age)));
    }

    @Override
    public void wake() {
        if (wantsFrame() && STATE.compareAndSet(this, ARMED, WRITING)) {
            advance();
        }
    }

    @Override
    public void leave() {
        leaving = true;
        if (STATE.compareAndSet(this, ARMED, WRITING)) {
            finish();
        }
    }

    /**
     * Start of the write that is under way, as the ticker counts. Only meaningful while the viewer
     * {@link #isWriting}.
     */
    public long writingSince() {
        return writingSince;
    }

    public boolean isWriting() {
        return state == WRITING;
    }

    /**
     * Whether the peer has taken nothing of what it was sent for more than this many nanoseconds. A sink that throws
     * counts as stuck.
     */
    public boolean isStuck(long nanos) {
        if (isWriting() && broadcast.nanos() - writingSince > nanos) {
            return true;
        }
        try {
            return sink.isStuck(nanos);
        } catch (RuntimeException | Error e) {
            return true;
        }
    }

    /** What the viewer is shown now: the feed, or a variant of it. */
    public Broadcast broadcast() {
        return broadcast;
    }

    /**
     * Shows the viewer something else of the same feed, from its next picture on. That picture is never older than its
     * last, because a feed and all its variants use the feed's numbers. The caller calls {@link #wake} afterwards.
     */
    public void show(Broadcast other) {
        broadcast = other;
    }

    /** Ends the viewer's connection at once, with the write that is under way. */
    public void cut() {
        sink.cut();
    }

    /** Minimum time between two frames that the viewer wants, in nanoseconds; 0 for every frame. */
    public long interval() {
        return interval;
    }

    /** Whether the viewer asked for a maximum frame rate. */
    boolean isPaced() {
        return interval > 0;
    }

    /**
     * Whether the viewer wants a frame now. Half an interval of tolerance makes it take the frame nearest to its due
     * time, and not always the one after it.
     */
    private boolean isDue() {
        return interval == 0
                || broadcast.nanos() - due >= -Math.min(interval, broadcast.interval()) / 2
                || broadcast.isEnding();
    }

    /** Whether the viewer can be sent a frame now. The end of a feed is sent to every viewer, due, ready or not. */
    private boolean wantsFrame() {
        return isDue() && (isReady() || broadcast.isEnding());
    }

    private boolean isReady() {
        try {
            return sink.isReady();
        } catch (RuntimeException | Error e) {
            return true; // the write fails for the same reason, and its failure ends the viewer
        }
    }

    /**
     * Writes one edition after another until a write stays open, the viewer has had the newest edition, or it ends. The
     * caller owns the viewer.
     */
    private void advance() {
        for (Edition edition = next(); edition != null; edition = next()) {
            write = IN_CALL;
            write(begin(edition), edition);
            if (write == IN_CALL && WRITE.compareAndSet(this, IN_CALL, WAITING)) {
                return; // the sink has not completed; its completion goes on
            }
            if (!finish()) {
                return;
            }
        }
    }

    /** The newest edition that the viewer has not had; null after the viewer was armed because there is none. */
    private @Nullable Edition next() {
        while (true) {
            long had = cursor; // read before the arming: after it another thread may own the field
            Edition edition = !leaving && wantsFrame() ? broadcast.takeNewer(had) : null;
            if (edition != null) {
                return edition;
            }
            state = ARMED;
            if (leaving) {
                leave(); // leave() may have found the viewer writing, and left the rest to this thread
                return null;
            }
            // The second look: a publish, or a sink that became ready, between the first look and the arming found the
            // viewer writing, and nobody else will wake it for that.
            if (!broadcast.hasNewer(had) || !wantsFrame() || !STATE.compareAndSet(this, ARMED, WRITING)) {
                return null;
            }
        }
    }

    /**
     * Hands a slice to the sink. A sink that throws has lost its peer: this viewer ends, and neither the other viewers
     * nor the thread that woke this one notice.
     */
    private void write(ByteBuffer slice, Edition edition) {
        try {
            if (!edition.last()) {
                sink.coming(edition.sequence(), edition.capturedNanos(), edition.kind() == Edition.Kind.PLACEHOLDER);
            }
            sink.write(slice, edition.last(), completion);
        } catch (RuntimeException | Error e) {
            completion.failed(e);
        }
    }

    /**
     * Makes this the edition that is being sent, and returns the slice of its block to write. The viewer holds the block
     * from here on until {@link #finish}.
     */
    private ByteBuffer begin(Edition edition) {
        long missed = edition.sequence() - sequence - (edition.kind() == Edition.Kind.PLACEHOLDER ? 0 : 1);
        if (begun && missed > 0 && interval == 0) {
            long before = skipped; // two steps on a volatile field are safe: no other thread writes it now
            skipped = before + missed;
        }
        held = edition;
        cursor = edition.number();
        sequence = edition.sequence();
        Block block = edition.block();
        if (block == null) {
            return NOTHING;
        }
        ByteBuffer slice = begun ? block.next(framing) : block.first(framing);
        begun = true;
        view = slice;
        writing = slice.remaining();
        long now = broadcast.nanos();
        writingSince = now;
        age = now - edition.capturedNanos();
        if (interval > 0) {
            // a frame that is late moves the schedule: missed frames are not made up for
            due = due + interval - now > 0 ? due + interval : now + interval;
        }
        return slice;
    }

    /**
     * Ends a write: counts it, releases the block, and leaves the feed after the last one. Returns whether another
     * write may follow.
     */
    private boolean finish() {
        Edition done = held;
        held = null;
        boolean more = failure == null && !leaving && done != null && !done.last();
        if (failure == null && view != null && done != null && done.block() != null) {
            done.block().spare(view);
            long times = sent; // two steps on a volatile field are safe: no other thread writes it now
            sent = times + 1;
            long before = bytes;
            bytes = before + writing;
            broadcast.delivered(writing);
        }
        if (!more) {
            long all = skipped(); // including the frames that have come during the last write
            state = GONE;
            skipped = all;
            broadcast.ended(this);
        }
        if (done != null) {
            done.release();
        }
        return more;
    }

    private final class Completion implements FrameSink.Completion {

        @Override
        public void drained() {
            // If the sink completes inside its own write call, the loop in advance() goes on, and nothing is done here.
            if (WRITE.getAndSet(FeedViewer.this, COMPLETED) == WAITING && finish()) {
                advance();
            }
        }

        @Override
        public void failed(Throwable cause) {
            failure = cause;
            drained();
        }
    }
}
