package dev.flipbook.feed;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.FrameSink;
import dev.flipbook.Ticker;
import dev.flipbook.Variant;
import dev.flipbook.delivery.CurrentEdition;
import dev.flipbook.delivery.Edition;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.delivery.SnapshotAnswer;
import dev.flipbook.feed.WaitingSnapshots.Wish;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.SnapshotMemory;
import dev.flipbook.origin.Drafts;
import dev.flipbook.origin.Origin;
import dev.flipbook.variant.Variants;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * The snapshots of a feed. Each is answered with the newest picture at once if that is current, and waits for the next
 * one if not. Thread-safe.
 */
final class Snapshots {

    /** How long a snapshot waits for the next picture, unless its caller says otherwise. */
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    private final CurrentEdition current;
    private final Origin origin;
    private final Drafts drafts;
    private final Variants variants;
    private final SnapshotMemory memory;
    private final Ticker ticker;
    private final BooleanSupplier mayRest;
    private final WaitingSnapshots waiting;

    /**
     * The snapshots of one feed, none yet.
     *
     * @param mayRest whether the program may have stopped making pictures, because it knows that nobody watches
     */
    Snapshots(
            CurrentEdition current,
            Origin origin,
            Drafts drafts,
            Variants variants,
            BooleanSupplier mayRest,
            Machinery machinery) {
        this.current = current;
        this.origin = origin;
        this.drafts = drafts;
        this.variants = variants;
        this.memory = machinery.pool().snapshots();
        this.ticker = machinery.ticker();
        this.mayRest = mayRest;
        this.waiting = new WaitingSnapshots(
                current.lastPicture(),
                () -> origin.report().sentence(),
                this::comesAnother,
                ticker,
                machinery.wakers());
    }

    /** A copy of the picture, as {@link Feed#snapshot(Variant, Optional, Duration)} defines it. */
    CompletableFuture<Frame> copy(Variant variant, Optional<Duration> maxAge, Duration maxDelay) {
        CompletableFuture<Frame> copy = new CompletableFuture<>();
        take(SnapshotAnswer.copy(copy), variant, maxAge, maxDelay);
        return copy;
    }

    /**
     * Writes the picture from the memory that viewers share.
     *
     * @param reader name of the client, in whose share the memory counts
     * @return completes when the sink has been given the picture
     */
    CompletableFuture<Void> write(
            Variant variant, Optional<Duration> maxAge, Duration maxDelay, String reader, FrameSink sink) {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        SnapshotAnswer written = new SnapshotAnswer(begun, edition -> {
            try {
                write(edition, reader, sink);
                begun.complete(null);
            } catch (SnapshotMemory.FullException e) {
                begun.completeExceptionally(e);
            }
        });
        take(written, variant, maxAge, maxDelay);
        return begun;
    }

    private void write(Edition edition, String reader, FrameSink sink) throws SnapshotMemory.FullException {
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

    private void take(SnapshotAnswer end, Variant variant, Optional<Duration> maxAge, Duration maxDelay) {
        long now = ticker.nanos();
        OptionalLong oldest =
                maxAge.isPresent() ? OptionalLong.of(now - maxAge.get().toNanos()) : OptionalLong.empty();
        take(end, variant, new Wish(oldest, now + maxDelay.toNanos()));
    }

    private void take(SnapshotAnswer end, Variant variant, Wish wish) {
        SnapshotAnswer known = new SnapshotAnswer(end.future(), edition -> {
            if (current.isForgotten(edition)) { // while its variant was made
                take(end, variant, wish);
            } else {
                end.give(edition);
            }
        });
        SnapshotAnswer answer = variant.equals(Variant.ORIGINAL)
                ? known
                : new SnapshotAnswer(end.future(), edition -> variants.give(edition, variant, known));
        if (failsForPause(end)) {
            return;
        }
        if (origin.isPushed() && drafts.keepsPicture()) {
            waiting.await(answer, wish);
            if (!drafts.begin()) { // it has been encoded meanwhile, perhaps before this snapshot waited
                waiting.answer();
            }
        } else if (canAnswer(wish)) {
            waiting.settle(answer, wish);
        } else {
            waiting.await(answer, wish);
            if (canAnswer(wish)) { // since the check above: that picture may have found no snapshot waiting
                waiting.answer();
            }
            origin.wanted(false);
            if (ticker.nanos() - wish.deadline() >= 0) {
                waiting.tick();
            }
        }
        failsForPause(end); // one that began since the check above may have found no snapshot waiting
    }

    /** Fails a snapshot of a paused feed, for which no picture comes. Returns false when the feed is not paused. */
    private boolean failsForPause(SnapshotAnswer answer) {
        Origin.Report report = origin.report();
        if (report.state() != State.PAUSED) {
            return false;
        }
        answer.fail(report.sentence());
        return true;
    }

    /** Whether a snapshot need not wait for another picture. */
    private boolean canAnswer(Wish wish) {
        return wish.oldest().isEmpty()
                ? isCurrent()
                : current.isEnd() || wish.isMetBy(current.lastPicture().captured());
    }

    /**
     * Whether the newest picture is current, or no other will come. A source becomes live a moment before its first
     * picture is here, so the picture itself must also be one of this opening. A program's picture is current until the
     * next one is published, except while the program may rest because nobody watches.
     */
    private boolean isCurrent() {
        if (current.isEnd()) {
            return true;
        }
        return current.kind().equals(Optional.of(Edition.Kind.PICTURE))
                && origin.report().state() == State.LIVE
                && !(origin.isPushed() && mayRest.getAsBoolean());
    }

    /** Whether another picture may come soon. */
    private boolean comesAnother() {
        State state = origin.report().state();
        return !current.isEnd() && state != State.OFFLINE && state != State.PAUSED;
    }

    /** Whether a snapshot waits. */
    boolean pending() {
        return waiting.pending();
    }

    /** Answers the snapshots whose wish the last picture meets. */
    void answer() {
        waiting.answer();
    }

    /** Does what is due. Called a few times a second. */
    void tick() {
        if (origin.report().state() == State.OFFLINE && !drafts.isBusy()) {
            waiting.answer(); // with the last picture or the reason, because no other picture comes soon
        }
        waiting.tick();
    }

    /** Answers all snapshots, because no picture will come any more. */
    void end() {
        waiting.end();
    }
}
