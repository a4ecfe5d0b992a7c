package dev.flipbook;

import dev.flipbook.Newest.Turn;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.SnapshotMemory;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The snapshots of a feed: those that wait for its next picture, and how they are given out. Thread-safe. */
final class Snapshots {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    private final Newest newest;
    private final SnapshotMemory memory;
    private final Supplier<String> reason;
    private final Ticker ticker;
    private final Executor executor;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    private record Waiting(Answer answer, Wish wish) {}

    /**
     * What somebody waits for.
     *
     * @param oldest when a picture has to be taken at the earliest; empty for any
     * @param deadline until when it is waited for
     */
    record Wish(OptionalLong oldest, long deadline) {

        boolean isMetBy(OptionalLong captured) {
            return oldest.isEmpty() || (captured.isPresent() && captured.getAsLong() - oldest.getAsLong() >= 0);
        }
    }

    /**
     * Whoever is to get a picture, or the reason why there is none.
     *
     * @param future is done when it has either, or when nobody waits for it any more
     * @param taker completes it with what is made of a turn, whose block is held until this returns
     */
    record Answer(CompletableFuture<?> future, Consumer<Turn> taker) {

        /** A copy, which may be kept. */
        static Answer copy(CompletableFuture<Frame> future) {
            return new Answer(future, turn -> future.complete(Newest.copy(turn)));
        }

        /** What goes wrong hurts nobody else who waits. */
        void give(Turn turn) {
            if (future.isDone()) {
                return;
            }
            try {
                taker.accept(turn);
            } catch (RuntimeException | Error e) {
                fail(e);
            }
        }

        void fail(Throwable why) {
            future.completeExceptionally(why);
        }

        void fail(String why) {
            fail(new IOException(why.isEmpty() ? "no picture has come yet" : why));
        }
    }

    /**
     * @param newest whose last picture they are answered with
     * @param memory bounds what those hold that are being sent
     * @param reason why there is none, for the message of the failure
     * @param executor completes those that had to wait, as what hangs on it is other people's code
     */
    Snapshots(Newest newest, SnapshotMemory memory, Supplier<String> reason, Ticker ticker, Executor executor) {
        this.newest = newest;
        this.memory = memory;
        this.reason = reason;
        this.ticker = ticker;
        this.executor = executor;
    }

    /** Lets this one wait for {@link #answer}, or until its deadline. */
    void await(Answer answer, Wish wish) {
        waiting.add(new Waiting(answer, wish));
    }

    boolean pending() {
        return !waiting.isEmpty();
    }

    /** Answers all whose wish the last picture meets. */
    void answer() {
        if (!waiting.isEmpty()) { // seldom, and this is asked for each frame
            OptionalLong captured = newest.captured();
            answer(one -> one.wish().isMetBy(captured), reason);
        }
    }

    /** Answers those that have waited for too long. */
    void tick() {
        waiting.removeIf(one -> one.answer().future().isDone()); // cancelled: nobody waits for it any more
        long now = ticker.nanos();
        if (pending()) {
            String why = reason.get(); // as it is now: a feed that nobody waits for any more has another one soon
            answer(one -> now - one.wish().deadline() >= 0, () -> why);
        }
    }

    /** Answers all, as no picture will come any more. */
    void end() {
        answer(one -> true, reason);
    }

    private void answer(Predicate<Waiting> due, Supplier<String> why) {
        if (waiting.isEmpty()) {
            return;
        }
        List<Waiting> answered = new ArrayList<>();
        waiting.removeIf(one -> due.test(one) && answered.add(one));
        if (!answered.isEmpty()) {
            executor.execute(() -> answered.forEach(one -> settleAlone(one, why)));
        }
    }

    /** The others are settled whatever becomes of this one. */
    private void settleAlone(Waiting one, Supplier<String> why) {
        try {
            settle(one.answer(), one.wish(), why);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.DEBUG, "a snapshot could not be answered", e);
        }
    }

    /** Gives it the last picture, or fails it with the reason why there is none. */
    void settle(Answer answer, Wish wish) {
        settle(answer, wish, reason);
    }

    private void settle(Answer answer, Wish wish, Supplier<String> why) {
        Turn turn = newest.holdPicture();
        if (turn == null) {
            answer.fail(why.get());
            return;
        }
        try {
            if (wish.isMetBy(OptionalLong.of(turn.capturedNanos()))) {
                answer.give(turn);
            } else {
                answer.fail(tooOld(turn, why.get()));
            }
        } finally {
            turn.release();
        }
    }

    private String tooOld(Turn turn, String why) {
        long millis = Math.max(0, ticker.nanos() - turn.capturedNanos()) / 1_000_000;
        return "the newest was taken " + millis + " ms ago" + (why.isEmpty() ? "" : ": " + why);
    }

    // written out of the memory that viewers share

    /**
     * An answer that writes the picture to a sink.
     *
     * @param begun is completed when the sink has been given the picture
     */
    Answer written(FrameSink sink, String reader, CompletableFuture<Void> begun) {
        return new Answer(begun, turn -> {
            try {
                write(turn, sink, reader);
                begun.complete(null);
            } catch (SnapshotMemory.FullException e) {
                begun.completeExceptionally(e);
            }
        });
    }

    private void write(Turn turn, FrameSink sink, String reader) throws SnapshotMemory.FullException {
        Block block = Objects.requireNonNull(turn.block()); // a picture has one
        SnapshotMemory.Loan loan = memory.lend(block, this, reader, ticker.nanos(), sink::cut);
        try {
            sink.coming(turn.sequence(), turn.capturedNanos(), false);
            sink.write(block.picture(), true, new Returned(loan));
        } catch (RuntimeException | Error e) {
            loan.close();
            throw e;
        }
    }

    /** Whatever ends the write ends the loan. */
    private record Returned(SnapshotMemory.Loan loan) implements FrameSink.Completion {

        @Override
        public void drained() {
            loan.close();
        }

        @Override
        public void failed(Throwable cause) {
            loan.close();
        }
    }
}
