package dev.flipbook;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The snapshots of a feed that wait for its next picture. Thread-safe. */
final class Snapshots {

    private final Newest newest;
    private final Supplier<String> reason;
    private final Ticker ticker;
    private final Executor executor;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    private record Waiting(CompletableFuture<Frame> answer, Wish wish) {}

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
     * @param newest whose last picture they are answered with
     * @param reason why there is none, for the message of the failure
     * @param executor completes those that had to wait, as what hangs on them is other people's code
     */
    Snapshots(Newest newest, Supplier<String> reason, Ticker ticker, Executor executor) {
        this.newest = newest;
        this.reason = reason;
        this.ticker = ticker;
        this.executor = executor;
    }

    /** Lets this one wait for {@link #answer}, or until its deadline. */
    void await(CompletableFuture<Frame> answer, Wish wish) {
        waiting.add(new Waiting(answer, wish));
    }

    boolean pending() {
        return !waiting.isEmpty();
    }

    /** Answers all whose wish the last picture meets. */
    void answer() {
        if (!waiting.isEmpty()) { // seldom, and this is asked for each frame
            OptionalLong captured = newest.captured();
            answer(one -> one.wish().isMetBy(captured));
        }
    }

    /** Answers those that have waited for too long. */
    void tick() {
        waiting.removeIf(one -> one.answer().isDone()); // cancelled: nobody waits for it any more
        long now = ticker.nanos();
        answer(one -> now - one.wish().deadline() >= 0);
    }

    /** Answers all, as no picture will come any more. */
    void end() {
        answer(one -> true);
    }

    private void answer(Predicate<Waiting> due) {
        if (waiting.isEmpty()) {
            return;
        }
        List<Waiting> answered = new ArrayList<>();
        waiting.removeIf(one -> due.test(one) && answered.add(one));
        if (!answered.isEmpty()) {
            executor.execute(() -> answered.forEach(one -> settle(one.answer(), one.wish())));
        }
    }

    /** Completes it with the last picture, or fails it with the reason why there is none. */
    void settle(CompletableFuture<Frame> answer, Wish wish) {
        if (answer.isDone()) {
            return;
        }
        try {
            Optional<Frame> frame = newest.copy();
            if (frame.isEmpty()) {
                fail(answer, reason.get());
            } else if (wish.isMetBy(OptionalLong.of(frame.get().capturedNanos()))) {
                answer.complete(frame.get());
            } else {
                fail(answer, tooOld(frame.get()));
            }
        } catch (OutOfMemoryError e) { // a copy of the picture is made
            fail(answer, "there is not enough memory for a copy of the picture");
        }
    }

    private String tooOld(Frame frame) {
        long millis = Math.max(0, ticker.nanos() - frame.capturedNanos()) / 1_000_000;
        String why = reason.get();
        return "the newest was taken " + millis + " ms ago" + (why.isEmpty() ? "" : ": " + why);
    }

    /** Fails it with this reason. */
    static void fail(CompletableFuture<Frame> answer, String why) {
        answer.completeExceptionally(new IOException(why.isEmpty() ? "no picture has come yet" : why));
    }
}
