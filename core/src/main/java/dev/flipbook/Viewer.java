package dev.flipbook;

import dev.flipbook.Newest.Turn;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.Framing;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One reader of a feed: a cursor, and a sink that says when it has drained. It has no thread, no queue and no copy of
 * anything.
 *
 * <p>Thread-safe. A viewer is either armed, and the next {@link #wake} sends it the newest frame, or writing, and takes the
 * newest frame itself when its sink has drained, or gone. Whoever moves it from armed to writing owns its other fields
 * until it is armed again.
 */
public final class Viewer {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private static final int ARMED = 0;
    private static final int WRITING = 1;
    private static final int GONE = 2;

    private static final int IN_CALL = 0;
    private static final int WAITING = 1;
    private static final int COMPLETED = 2;

    // Fields and not objects of their own: the kernel has copied so much since this viewer's last turn that every
    // further
    // place in memory is one that no cache holds any more.
    private static final AtomicIntegerFieldUpdater<Viewer> STATE =
            AtomicIntegerFieldUpdater.newUpdater(Viewer.class, "state");
    private static final AtomicIntegerFieldUpdater<Viewer> WRITE =
            AtomicIntegerFieldUpdater.newUpdater(Viewer.class, "write");

    private volatile Shown shown;
    private final Places.Wish wish;
    private final FrameSink sink;
    private final Framing framing;
    private final long interval;
    private final long came;
    private final Completion completion = new Completion();
    private volatile int state = ARMED;
    private volatile int write;
    private volatile boolean leaving;

    // owned by whoever made the state WRITING; others only read
    private volatile long sequence;
    private volatile long sent;
    private volatile long skipped;
    private long cursor;
    private volatile long due;
    private volatile long writingSince;
    private volatile long bytes;
    private volatile long age;
    private boolean begun;
    private int writing;
    private @Nullable ByteBuffer view;
    private @Nullable Turn held;
    private @Nullable Throwable failure;

    /** One of the feed itself. */
    Viewer(Feed feed, FrameSink sink, Framing framing, long interval) {
        this(feed, Places.Wish.NONE, sink, framing, interval);
    }

    /**
     * @param shown the feed, or a variant of it
     * @param wish which of them it asks for
     * @param interval between two frames at least, in nanoseconds; 0 for every frame
     */
    Viewer(Shown shown, Places.Wish wish, FrameSink sink, Framing framing, long interval) {
        this.shown = shown;
        this.wish = wish;
        this.sink = sink;
        this.framing = framing;
        this.interval = interval;
        this.came = shown.nanos();
        this.due = came;
    }

    /** Frames handed to the sink and drained. */
    public long sent() {
        return sent;
    }

    /** Frames of the feed that this viewer did not get as a newer one had come; also while it is still at an older one. */
    public long skipped() {
        long passed =
                interval == 0 && state == WRITING && sequence > 0 ? Math.max(0, shown.sequence() - sequence - 1) : 0;
        return skipped + passed;
    }

    /** How it is now. */
    public ViewerStatus status() {
        long here = Math.max(1, shown.nanos() - came);
        return new ViewerStatus(
                Duration.ofNanos(here),
                sent(),
                skipped(),
                bytes,
                sent() * 1e9 / here,
                Duration.ofNanos(Math.max(0, age)));
    }

    /**
     * Sends the newest frame if the viewer has not had it, is not writing, and its sink {@linkplain FrameSink#isReady() is
     * ready}. Never waits. The feed does this with each new frame; a sink that has become ready does it itself.
     */
    public void wake() {
        if (wantsFrame() && STATE.compareAndSet(this, ARMED, WRITING)) {
            advance();
        }
    }

    /**
     * Leaves the feed: at once, or when the write that is under way is done; nothing is written any more. Further calls change
     * nothing.
     */
    public void leave() {
        leaving = true;
        if (STATE.compareAndSet(this, ARMED, WRITING)) {
            finish();
        }
    }

    /** Since when it has been writing its frame, as the ticker counts; of use while it {@link #isWriting}. */
    long writingSince() {
        return writingSince;
    }

    boolean isWriting() {
        return state == WRITING;
    }

    /** Whether its peer has taken nothing for so long, in nanoseconds, of what it was sent. */
    boolean isStuck(long nanos) {
        if (isWriting() && shown.nanos() - writingSince > nanos) {
            return true;
        }
        try {
            return sink.isStuck(nanos);
        } catch (RuntimeException | Error e) {
            return true;
        }
    }

    /** What it asks for. */
    Places.Wish wish() {
        return wish;
    }

    /** What it is shown now: the feed, or a variant of it. */
    Shown shown() {
        return shown;
    }

    /**
     * Shows it something else of the same feed from its next picture on, never an older one: all go by the feed's numbers. To be
     * followed by {@link #wake}.
     */
    void show(Shown other) {
        shown = other;
    }

    /** Ends its connection. */
    void cut() {
        sink.cut();
    }

    /** Between two frames that it wants at least, in nanoseconds; 0 for every frame. */
    long interval() {
        return interval;
    }

    /** Whether it wants fewer frames than the feed has. */
    boolean isThinned() {
        return interval > 0;
    }

    /** Whether it wants a frame now: of those around the time at which one is due, the nearest is it. */
    private boolean isDue() {
        return interval == 0 || shown.nanos() - due >= -Math.min(interval, shown.interval()) / 2 || shown.isEnding();
    }

    /** The end of the feed is for everybody. */
    private boolean wantsFrame() {
        return isDue() && (isReady() || shown.isEnding());
    }

    private boolean isReady() {
        try {
            return sink.isReady();
        } catch (RuntimeException | Error e) {
            return true; // the write tells what is wrong with it, and ends the viewer
        }
    }

    private void advance() {
        for (Turn turn = next(); turn != null; turn = next()) {
            write = IN_CALL;
            write(begin(turn), turn);
            if (write == IN_CALL && WRITE.compareAndSet(this, IN_CALL, WAITING)) {
                return; // the completion goes on
            }
            if (!finish()) {
                return;
            }
        }
    }

    /** The newest turn, or nothing after the viewer was armed as it has had that one. */
    private @Nullable Turn next() {
        while (true) {
            long had = cursor; // once armed it is somebody else's
            Turn turn = !leaving && wantsFrame() ? shown.takeNewer(had) : null;
            if (turn != null) {
                return turn;
            }
            state = ARMED;
            if (leaving) {
                leave(); // as who asked for it may have found us writing
                return null;
            }
            // A publish, or a sink that became ready, between the look and the arming found us writing: nobody else
            // will
            // wake us for it.
            if (!shown.hasNewer(had) || !wantsFrame() || !STATE.compareAndSet(this, ARMED, WRITING)) {
                return null;
            }
        }
    }

    /** A sink that throws is a peer that is gone: it hurts neither the other viewers nor whoever woke this one. */
    private void write(ByteBuffer slice, Turn turn) {
        try {
            if (!turn.last()) {
                sink.coming(turn.sequence(), turn.capturedNanos(), turn.kind() == Turn.Kind.PLACEHOLDER);
            }
            sink.write(slice, turn.last(), completion);
        } catch (RuntimeException | Error e) {
            completion.failed(e);
        }
    }

    private ByteBuffer begin(Turn turn) {
        long missed = turn.sequence() - sequence - (turn.kind() == Turn.Kind.PLACEHOLDER ? 0 : 1);
        if (begun && missed > 0 && interval == 0) {
            long before = skipped; // which nobody else changes meanwhile
            skipped = before + missed;
        }
        held = turn;
        cursor = turn.number();
        sequence = turn.sequence();
        Block block = turn.block();
        if (block == null) {
            return NOTHING;
        }
        ByteBuffer slice = begun ? block.next(framing) : block.first(framing);
        begun = true;
        view = slice;
        writing = slice.remaining();
        long now = shown.nanos();
        writingSince = now;
        age = now - turn.capturedNanos();
        if (interval > 0) {
            due = due + interval - now > 0 ? due + interval : now + interval; // nothing is made up for
        }
        return slice;
    }

    /** After a write: whether there may be another one. */
    private boolean finish() {
        Turn done = held;
        held = null;
        boolean more = failure == null && !leaving && done != null && !done.last();
        if (failure == null && view != null && done != null && done.block() != null) {
            done.block().spare(view);
            long times = sent; // which nobody else changes meanwhile
            sent = times + 1;
            long before = bytes;
            bytes = before + writing;
            shown.delivered(writing);
        }
        if (!more) {
            long all = skipped(); // with those that it is behind now
            state = GONE;
            skipped = all;
            shown.leave(this);
        }
        if (done != null) {
            done.release();
        }
        return more;
    }

    private final class Completion implements FrameSink.Completion {

        @Override
        public void drained() {
            // A sink that completes inside its own write is not called from here again: the loop above goes on.
            if (WRITE.getAndSet(Viewer.this, COMPLETED) == WAITING && finish()) {
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
