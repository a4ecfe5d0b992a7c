package dev.flipbook.feed;

import dev.flipbook.Ticker;
import dev.flipbook.delivery.Edition;
import dev.flipbook.delivery.LastPicture;
import dev.flipbook.delivery.SnapshotAnswer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The snapshots that wait for a feed's next picture, and how they are answered. Thread-safe. */
final class WaitingSnapshots {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    private final LastPicture last;
    private final Supplier<String> reason;
    private final BooleanSupplier another;
    private final Ticker ticker;
    private final Executor executor;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    private record Waiting(SnapshotAnswer answer, Wish wish) {}

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
     * Snapshots of one feed.
     *
     * @param reason why there is no picture, for the failure's message
     * @param another whether another picture may come soon
     * @param executor completes the snapshots that waited, because code of other people runs when a future completes
     */
    WaitingSnapshots(
            LastPicture last, Supplier<String> reason, BooleanSupplier another, Ticker ticker, Executor executor) {
        this.last = last;
        this.reason = reason;
        this.another = another;
        this.ticker = ticker;
        this.executor = executor;
    }

    /** Lets a snapshot wait for {@link #answer}, or until its deadline. */
    void await(SnapshotAnswer answer, Wish wish) {
        waiting.add(new Waiting(answer, wish));
    }

    /** Whether a snapshot waits. */
    boolean pending() {
        return !waiting.isEmpty();
    }

    /** Answers the snapshots whose wish the last picture meets. */
    void answer() {
        if (!waiting.isEmpty()) { // rarely true, and this runs for each frame
            OptionalLong captured = last.captured();
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
        String why = reason.get(); // asked now, as above
        answer(one -> true, () -> why);
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
    void settle(SnapshotAnswer answer, Wish wish) {
        settle(answer, wish, reason);
    }

    private void settle(SnapshotAnswer answer, Wish wish, Supplier<String> why) {
        Edition edition = last.hold();
        if (edition == null && another.getAsBoolean() && ticker.nanos() - wish.deadline() < 0) {
            await(answer, wish); // the picture has just been forgotten
            if (last.captured().isPresent()) {
                answer(); // the next one may have found this snapshot not waiting yet
            }
            return;
        }
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
}
