package dev.flipbook;

import dev.flipbook.CurrentEdition.Edition;
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

/** The snapshots of a feed: those that wait for its next picture, and how they are answered. Thread-safe. */
final class Snapshots {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    private final CurrentEdition newest;
    private final SnapshotMemory memory;
    private final Supplier<String> reason;
    private final Ticker ticker;
    private final Executor executor;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    private record Waiting(Answer answer, Wish wish) {}

    /**
     * What a snapshot waits for.
     *
     * @param oldest earliest capture time of the picture, as the ticker counts; empty for any
     * @param deadline end of the wait, as the ticker counts
     */
    record Wish(OptionalLong oldest, long deadline) {

        boolean isMetBy(OptionalLong captured) {
            return oldest.isEmpty() || (captured.isPresent() && captured.getAsLong() - oldest.getAsLong() >= 0);
        }
    }

    /**
     * The receiver of a picture, or of the reason why there is none.
     *
     * @param future completes with either, or is cancelled by a caller that stops waiting
     * @param taker completes the future with what is made of an edition, whose block is held until the call returns
     */
    record Answer(CompletableFuture<?> future, Consumer<Edition> taker) {

        /** An answer that receives a copy of the picture. */
        static Answer copy(CompletableFuture<Frame> future) {
            return new Answer(future, edition -> future.complete(CurrentEdition.copy(edition)));
        }

        /** Gives the picture. An exception here fails this answer and no other. */
        void give(Edition edition) {
            if (future.isDone()) {
                return;
            }
            try {
                taker.accept(edition);
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
     * Snapshots of one feed.
     *
     * @param newest the slot with the last picture
     * @param memory limits what the snapshots that are being sent hold
     * @param reason why there is no picture, for the failure's message
     * @param executor completes the snapshots that waited, because code of other people runs when a future completes
     */
    Snapshots(CurrentEdition newest, SnapshotMemory memory, Supplier<String> reason, Ticker ticker, Executor executor) {
        this.newest = newest;
        this.memory = memory;
        this.reason = reason;
        this.ticker = ticker;
        this.executor = executor;
    }

    /** Lets a snapshot wait for {@link #answer}, or until its deadline. */
    void await(Answer answer, Wish wish) {
        waiting.add(new Waiting(answer, wish));
    }

    /** Whether a snapshot waits. */
    boolean pending() {
        return !waiting.isEmpty();
    }

    /** Answers the snapshots whose wish the last picture meets. */
    void answer() {
        if (!waiting.isEmpty()) { // rarely true, and this runs for each frame
            OptionalLong captured = newest.captured();
            answer(one -> one.wish().isMetBy(captured), reason);
        }
    }

    /** Answers the snapshots whose deadline has passed. */
    void tick() {
        waiting.removeIf(one -> one.answer().future().isDone()); // cancelled: the caller has stopped waiting
        long now = ticker.nanos();
        if (pending()) {
            String why = reason.get(); // asked now: a feed for which nobody waits any more soon has another reason
            answer(one -> now - one.wish().deadline() >= 0, () -> why);
        }
    }

    /** Answers all snapshots, because no picture will come any more. */
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

    /** Settles one snapshot. Whatever goes wrong, the others are settled too. */
    private void settleAlone(Waiting one, Supplier<String> why) {
        try {
            settle(one.answer(), one.wish(), why);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.DEBUG, "a snapshot could not be answered", e);
        }
    }

    /** Gives the last picture, or fails with the reason why there is none. */
    void settle(Answer answer, Wish wish) {
        settle(answer, wish, reason);
    }

    private void settle(Answer answer, Wish wish, Supplier<String> why) {
        Edition edition = newest.holdPicture();
        if (edition == null) {
            answer.fail(why.get());
            return;
        }
        try {
            if (wish.isMetBy(OptionalLong.of(edition.capturedNanos()))) {
                answer.give(edition);
            } else {
                answer.fail(tooOld(edition, why.get()));
            }
        } finally {
            edition.release();
        }
    }

    private String tooOld(Edition edition, String why) {
        long millis = Math.max(0, ticker.nanos() - edition.capturedNanos()) / 1_000_000;
        return "the newest was taken " + millis + " ms ago" + (why.isEmpty() ? "" : ": " + why);
    }

    // Writing a picture from the memory that viewers share.

    /**
     * An answer that writes the picture to a sink.
     *
     * @param reader name of the client, in whose share the memory counts
     * @param begun completes when the sink has been given the picture
     */
    Answer written(FrameSink sink, String reader, CompletableFuture<Void> begun) {
        return new Answer(begun, edition -> {
            try {
                write(edition, sink, reader);
                begun.complete(null);
            } catch (SnapshotMemory.FullException e) {
                begun.completeExceptionally(e);
            }
        });
    }

    private void write(Edition edition, FrameSink sink, String reader) throws SnapshotMemory.FullException {
        Block block = Objects.requireNonNull(edition.block()); // the edition of a picture always has one
        SnapshotMemory.Loan loan = memory.lend(block, this, reader, ticker.nanos(), sink::cut);
        try {
            sink.coming(edition.sequence(), edition.capturedNanos(), false);
            sink.write(block.picture(), true, new Returned(loan));
        } catch (RuntimeException | Error e) {
            loan.close();
            throw e;
        }
    }

    /** Ends the loan when the write ends, in whatever way. */
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
