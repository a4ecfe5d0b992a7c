package dev.flipbook;

import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.BlockText;
import dev.flipbook.mjpeg.Jpeg;
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
 * What a feed's viewers are to be sent now, the newest {@link Turn}, and the last picture behind it. Here frames are
 * numbered, copied into blocks, and their blocks held and released. Thread-safe; readers of the newest turn take no lock.
 *
 * <p>Not final, so that a test can do something at the moment right after somebody has looked.
 */
class Newest {

    /*
     * The lock orders what is shown. takeNewer() takes none, and may find a turn whose block has just been released by the
     * next one: then the next turn is there already, and it looks again.
     */

    private final BlockText text;
    private final Ticker ticker;
    private final BlockPool pool;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Turn newest;
    private volatile long quietSince;
    private volatile long interval;

    // guarded by lock
    private final Rate rate = new Rate();
    private @Nullable Turn picture;
    private long turns;
    private long sequence;
    private long dropped;
    private long sameSince;
    private boolean same;
    private Optional<Instant> begun = Optional.empty();
    private boolean closed;

    /**
     * One thing to send. Immutable. A frame that goes out again, a placeholder and the end of a feed are turns too, so that
     * a viewer compares one number only.
     *
     * @param number counts up by one with each turn of the feed
     * @param block what to send; nothing when a feed ends that has no picture
     * @param sequence of the frame; of the last one before it, for a placeholder
     * @param capturedNanos when the picture was taken
     */
    record Turn(
            long number, Kind kind, @Nullable Block block, long sequence, int width, int height, long capturedNanos) {

        enum Kind {
            /** A frame of the source or program. */
            PICTURE,
            /** Drawn in its place, or a frame once more where nothing can be drawn. */
            PLACEHOLDER,
            /** Responses end with it. */
            END
        }

        boolean last() {
            return kind == Kind.END;
        }

        /** The same once more, under the number that makes viewers take it. The holding of the block passes to it. */
        Turn again(long newNumber, Kind newKind) {
            return new Turn(newNumber, newKind, block, sequence, width, height, capturedNanos);
        }

        /** The end of responses, with this block instead. */
        Turn end(long newNumber, @Nullable Block lastBlock) {
            return new Turn(newNumber, Kind.END, lastBlock, sequence, width, height, capturedNanos);
        }

        /** The same turn with another block: what was made of its picture. */
        Turn as(Block made, Jpeg picture) {
            return new Turn(number, kind, made, sequence, picture.width(), picture.height(), capturedNanos);
        }

        /** The picture as it lies in the block, which the caller holds. */
        static Jpeg picture(Block block, int width, int height) {
            ByteBuffer bytes = block.picture();
            return new Jpeg(List.of(bytes), bytes.remaining(), width, height);
        }

        void release() {
            if (block != null) {
                block.release();
            }
        }
    }

    /** The parts of a feed's status that are the pictures'. */
    record Figures(
            int width, int height, double fps, long frames, long dropped, Optional<Duration> age, Duration still) {}

    Newest(String boundary, Ticker ticker, BlockPool pool) {
        this.text = new BlockText("image/jpeg", boundary);
        this.ticker = ticker;
        this.pool = pool;
        this.quietSince = ticker.nanos();
    }

    // showing

    /** Makes a frame of the source or program the newest; false when there is no memory for it, or after the end. */
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
            block.retain(); // once as the newest turn, once as the last picture
            Turn turn = new Turn(++turns, Turn.Kind.PICTURE, block, sequence, frame.width(), frame.height(), captured);
            if (picture != null) {
                picture.release();
            }
            picture = turn;
            show(turn);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A source that gives one picture for ever is alive, and yet viewers should know. Two lengths are seldom the same. */
    private void compare(Jpeg jpeg, long now) {
        Turn before = picture;
        same = before != null && before.block() != null && before.block().holds(jpeg);
        if (!same) {
            sameSince = now;
        }
    }

    private void count(long now) {
        if (sequence++ == 0) {
            begun = Optional.of(ticker.now());
        }
        Turn before = newest;
        if (before == null || before.kind() != Turn.Kind.PICTURE) {
            rate.restart();
        }
        rate.arrived(now);
        interval = rate.interval();
    }

    /** Shows a placeholder, unless something newer has come since {@link #turns()} was this. */
    void placeholder(Frame frame, long drawnAfter) {
        lock.lock();
        try {
            if (closed || turns != drawnAfter) {
                return;
            }
            long now = ticker.nanos();
            Block block = block(frame.picture(), now, now, false);
            if (block == null) {
                dropped++;
                return;
            }
            show(new Turn(++turns, Turn.Kind.PLACEHOLDER, block, sequence, frame.width(), frame.height(), now));
        } finally {
            lock.unlock();
        }
    }

    /** Shows what is shown once more. */
    void repeat() {
        lock.lock();
        try {
            Turn shown = newest;
            if (shown != null) {
                repeatAs(shown.kind());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Shows what is shown once more, as this kind of turn; nothing when there is nothing, or after the end. */
    void repeatAs(Turn.Kind kind) {
        lock.lock();
        try {
            Turn shown = newest;
            if (shown != null && !closed) {
                newest = shown.again(++turns, kind);
                quietSince = ticker.nanos();
            }
        } finally {
            lock.unlock();
        }
    }

    // following another one's turns, under their numbers

    /** Shows a turn of another one's as it is; the caller holds its block. */
    void pass(Turn turn) {
        lock.lock();
        try {
            if (!closed && (turn.block() == null || turn.block().retain())) {
                follow(turn);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Shows what was made of a turn of another one's; false when there is no memory for it. */
    boolean pass(Turn turn, Jpeg made) {
        lock.lock();
        try {
            if (closed) {
                return true; // nobody is there any more
            }
            Block block = block(made, turn.capturedNanos(), ticker.nanos(), turn.last());
            if (block == null) {
                dropped++;
                return false;
            }
            follow(turn.as(block, made));
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void follow(Turn turn) {
        if (turn.kind() == Turn.Kind.PICTURE) {
            rate.arrived(ticker.nanos());
            interval = rate.interval();
        } else {
            rate.restart();
        }
        show(turn);
    }

    /** Shows what is shown once more, as another one does under this turn; false when nothing is shown. */
    boolean passAgain(Turn turn) {
        lock.lock();
        try {
            Turn shown = newest;
            if (shown == null || closed) {
                return closed;
            }
            newest = shown.again(turn.number(), turn.kind());
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Nobody watches any more, and nobody will: all memory goes back. */
    void drop() {
        lock.lock();
        try {
            closed = true;
            Turn before = newest;
            newest = null;
            if (before != null) {
                before.release();
            }
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

    private @Nullable Block block(Jpeg jpeg, long captured, long now, boolean last) {
        Instant time = ticker.now();
        long micros = time.getEpochSecond() * 1_000_000 + time.getNano() / 1000 - (now - captured) / 1000;
        return pool.block(jpeg, text, Math.max(0, micros), last).orElse(null);
    }

    // looking

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

    /** The number of the frame that is shown, or that came before what is shown; 0 while there is nothing. */
    long sequence() {
        Turn turn = newest;
        return turn == null ? 0 : turn.sequence();
    }

    boolean isEnd() {
        Turn turn = newest;
        return turn != null && turn.last();
    }

    /** What kind of turn is shown; empty while there is nothing to show. */
    Optional<Turn.Kind> shown() {
        Turn turn = newest;
        return turn == null ? Optional.empty() : Optional.of(turn.kind());
    }

    /** Since when nothing was shown, as the ticker counts. */
    long quietSince() {
        return quietSince;
    }

    /** Between two frames of late, in nanoseconds; 0 while there are not two. */
    long interval() {
        return interval;
    }

    /** A viewer has come whom nothing can be shown: the quiet that it sees begins now. */
    void quietFromNow() {
        quietSince = ticker.nanos();
    }

    /** How many turns there have been. */
    long turns() {
        lock.lock();
        try {
            return turns;
        } finally {
            lock.unlock();
        }
    }

    /** When the first frame was published. */
    Optional<Instant> begun() {
        lock.lock();
        try {
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /** A copy of the last picture, however old. */
    Optional<Frame> copy() {
        Turn turn = holdPicture();
        if (turn == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(copy(turn));
        } finally {
            turn.release();
        }
    }

    /** What is shown, if it is this frame, its block held for the caller. */
    @Nullable
    Turn holdShown(long ofSequence) {
        Turn turn = takeNewer(Long.MIN_VALUE);
        if (turn == null) {
            return null;
        }
        if (turn.kind() == Turn.Kind.PICTURE && turn.sequence() == ofSequence) {
            return turn;
        }
        turn.release();
        return null;
    }

    /** What was made of a turn's picture, its block held for the caller; nothing when there is no memory for it. */
    @Nullable
    Turn made(Turn of, Jpeg picture) {
        Block block = block(picture, of.capturedNanos(), ticker.nanos(), false);
        return block == null ? null : of.as(block, picture);
    }

    /** A copy of a picture, which is held meanwhile. */
    static Frame copy(Turn turn) {
        Block block = Objects.requireNonNull(turn.block()); // a picture has one
        ByteBuffer bytes = block.picture();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        Jpeg same = new Jpeg(List.of(ByteBuffer.wrap(copy)), copy.length, turn.width(), turn.height());
        return Frame.of(same, turn.sequence(), turn.capturedNanos());
    }

    /** What this says of the last picture, which it may read meanwhile; empty before the first. */
    <T> Optional<T> look(Function<Jpeg, T> reader) {
        Turn turn = holdPicture();
        if (turn == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    reader.apply(Turn.picture(Objects.requireNonNull(turn.block()), turn.width(), turn.height())));
        } finally {
            turn.release();
        }
    }

    /** The last picture, its block held for the caller; nothing before the first. */
    @Nullable
    Turn holdPicture() {
        lock.lock();
        try {
            Turn turn = picture;
            return turn == null || turn.block() == null || !turn.block().retain() ? null : turn;
        } finally {
            lock.unlock();
        }
    }

    /** When the last picture was taken; empty before the first. */
    OptionalLong captured() {
        lock.lock();
        try {
            return picture == null ? OptionalLong.empty() : OptionalLong.of(picture.capturedNanos());
        } finally {
            lock.unlock();
        }
    }

    /** What is shown, whose block may be gone any moment. */
    @Nullable
    Turn peek() {
        return newest;
    }

    Figures figures() {
        lock.lock();
        try {
            Turn last = picture;
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

    // letting go

    /** Shows nothing any more if nobody watches: who comes next waits for a new picture. */
    void forget(BooleanSupplier unwatched) {
        lock.lock();
        try {
            Turn before = newest;
            if (before != null && !closed && unwatched.getAsBoolean()) {
                newest = null;
                before.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Shows the end, the newest picture once more with the closing delimiter; false when it was shown before. */
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

    private Turn end() {
        Turn shown = newest;
        if (shown == null || shown.block() == null) {
            return emptyEnd();
        }
        Jpeg jpeg = Turn.picture(shown.block(), shown.width(), shown.height());
        return shown.end(++turns, block(jpeg, shown.capturedNanos(), ticker.nanos(), true));
    }

    private Turn emptyEnd() {
        return new Turn(++turns, Turn.Kind.END, null, sequence, 0, 0, ticker.nanos());
    }

    /** After the end, if nobody watches: all memory goes back. Who comes later gets an empty response. */
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
