package dev.flipbook;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The snapshots of a feed that wait for its next picture. Thread-safe. */
final class Snapshots {

    /** So long a snapshot waits for a picture. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

    private final Supplier<Optional<Frame>> newest;
    private final Supplier<String> reason;
    private final Ticker ticker;
    private final Executor executor;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    private record Waiting(CompletableFuture<Frame> answer, long deadline) {}

    /**
     * @param newest what they are answered with
     * @param reason why there is none, for the message of the failure
     * @param executor completes those that had to wait, as what hangs on them is other people's code
     */
    Snapshots(Supplier<Optional<Frame>> newest, Supplier<String> reason, Ticker ticker, Executor executor) {
        this.newest = newest;
        this.reason = reason;
        this.ticker = ticker;
        this.executor = executor;
    }

    /** Lets this one wait for {@link #answer}, or for 5 s. */
    void await(CompletableFuture<Frame> answer) {
        waiting.add(new Waiting(answer, ticker.nanos() + PATIENCE_NANOS));
    }

    boolean pending() {
        return !waiting.isEmpty();
    }

    /** Answers all that wait. */
    void answer() {
        answer(one -> true);
    }

    /** Answers those that have waited for too long. */
    void tick() {
        long now = ticker.nanos();
        answer(one -> now - one.deadline() >= 0);
    }

    private void answer(Predicate<Waiting> due) {
        if (waiting.isEmpty()) { // nearly always, and this is asked for each frame
            return;
        }
        List<Waiting> answered = new ArrayList<>();
        waiting.removeIf(one -> due.test(one) && answered.add(one));
        if (!answered.isEmpty()) {
            executor.execute(() -> answered.forEach(one -> settle(one.answer())));
        }
    }

    /** Completes it with the newest picture, or fails it with the reason why there is none. */
    void settle(CompletableFuture<Frame> answer) {
        try {
            Optional<Frame> frame = newest.get();
            if (frame.isPresent()) {
                answer.complete(frame.get());
            } else {
                fail(answer, reason.get());
            }
        } catch (OutOfMemoryError e) { // a copy of the picture is made
            fail(answer, "there is not enough memory for a copy of the picture");
        }
    }

    /** Fails it with this reason. */
    static void fail(CompletableFuture<Frame> answer, String why) {
        answer.completeExceptionally(new IOException(why.isEmpty() ? "no picture has come yet" : why));
    }
}
