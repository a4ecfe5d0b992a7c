package dev.flipbook;

import dev.flipbook.FeedStatus.VariantStatus;
import dev.flipbook.Newest.Turn;
import dev.flipbook.Snapshots.Answer;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.mjpeg.SnapshotMemory;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The variants of one feed: those that are watched, each made once for all its viewers, and those made for snapshots.
 * Thread-safe. The lock is held while a snapshot is asked for or answered, and never on the path of a frame.
 */
final class Variants {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    private final Feed feed;
    private final int limit;
    private final Places places;
    private final Executor executor;
    private final Executor makers;
    private final Supplier<VariantMaker> kind;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Map<Still, List<Answer>> stills = new HashMap<>();

    /** The key of a snapshot's variant: the frame that it is made of, and the variant. */
    private record Still(long sequence, Rung rung) {}

    /**
     * The variants of one feed, none so far.
     *
     * @param limit maximum number of variants that are watched at once; also the maximum number of snapshots that are
     *     made at once
     * @param executor wakes viewers and answers snapshots
     * @param makers runs what makes pictures
     * @param kind gives a maker
     */
    Variants(
            Feed feed,
            int limit,
            BlockPool pool,
            Ticker ticker,
            Executor executor,
            Executor makers,
            Supplier<VariantMaker> kind) {
        this.feed = feed;
        this.limit = limit;
        this.executor = executor;
        this.makers = makers;
        this.kind = kind;
        this.places = new Places(
                feed, limit, ticker, rung -> new LiveVariant(feed, rung, pool, ticker, executor, makers, kind));
    }

    // Watching.

    /**
     * Adds a viewer, which the caller wakes afterwards.
     *
     * @param wish not for the original
     * @param picture size of the feed's pictures
     */
    Viewer watch(Places.Wish wish, Rung.Size picture, FrameSink sink, Framing framing, long interval) {
        Viewer viewer = places.watch(wish, picture, sink, framing, interval);
        if (viewer.shown() instanceof LiveVariant variant) {
            variant.wake();
        }
        return viewer;
    }

    /** Removes a viewer, and the variant with its last viewer. Returns false when the viewer was not there. */
    boolean remove(Viewer viewer) {
        return places.remove(viewer);
    }

    /** The feed has a new turn: the idle variants take it. */
    void wake() {
        for (LiveVariant variant : places.row()) {
            variant.wake();
        }
    }

    /** Whether a {@link #tick} has something to do. */
    boolean isBusy() {
        return places.isBusy();
    }

    /**
     * Does what is due. Called a few times a second.
     *
     * @param picture size of the feed's pictures
     */
    void tick(Rung.Size picture) {
        places.look(picture);
        for (LiveVariant variant : places.row()) {
            variant.tick();
        }
    }

    boolean isEmpty() {
        return places.row().length == 0;
    }

    int viewers() {
        return Arrays.stream(places.row())
                .mapToInt(variant -> variant.viewers.size())
                .sum();
    }

    void forEachViewer(Consumer<Viewer> action) {
        for (LiveVariant variant : places.row()) {
            variant.viewers.forEach(action);
        }
    }

    List<VariantStatus> status() {
        return Arrays.stream(places.row())
                .filter(variant -> !variant.isRest())
                .map(LiveVariant::status)
                .toList();
    }

    /** Number of pictures that found no memory. */
    long dropped() {
        return Arrays.stream(places.row())
                .mapToLong(variant -> variant.newest.figures().dropped())
                .sum();
    }

    // Snapshots.

    /**
     * Gives a snapshot the picture as this variant. The snapshot gets the picture itself when the variant is the
     * original or cannot be made. All that ask for the same at the same time get one result. When too many different
     * ones are being made, a snapshot gets the nearest of them.
     *
     * @param turn the picture, whose block the caller holds
     */
    void give(Turn turn, Variant asked, Answer answer) {
        Jpeg picture = picture(turn);
        Rung rung = Rung.of(asked, Rung.Size.of(picture));
        if (rung.change(picture).isNone()) {
            answer.give(turn);
            return;
        }
        Turn shown = shown(rung, turn.sequence());
        if (shown == null) {
            await(turn, new Still(turn.sequence(), rung), answer);
        } else {
            giveAndRelease(shown, answer);
        }
    }

    private static void giveAndRelease(Turn held, Answer answer) {
        try {
            answer.give(held);
        } finally {
            held.release();
        }
    }

    private static Jpeg picture(Turn turn) {
        return Turn.picture(block(turn), turn.width(), turn.height());
    }

    private static Block block(Turn turn) {
        return Objects.requireNonNull(turn.block()); // the turn of a picture always has one
    }

    /**
     * The turn that viewers of this variant see if it is of this frame, else null. The caller becomes a holder of its
     * block.
     */
    private @Nullable Turn shown(Rung rung, long sequence) {
        for (LiveVariant variant : places.row()) {
            if (variant.rung().equals(rung)) {
                return variant.newest.holdShown(sequence);
            }
        }
        return null;
    }

    /**
     * Lets a snapshot wait until its variant is made, by this call or an earlier one. When too many are being made
     * already, it waits for the nearest.
     */
    private void await(Turn turn, Still still, Answer answer) {
        boolean first = false;
        boolean waits;
        Still wanted = still;
        lock.lock();
        try {
            if (!stills.containsKey(still) && stills.size() < Math.max(1, limit)) {
                stills.put(still, new ArrayList<>());
                first = true;
            } else if (!stills.containsKey(still)) {
                wanted = new Still(still.sequence(), nearest(still, turn));
            }
            List<Answer> there = stills.get(wanted);
            waits = there != null && there.add(answer);
        } finally {
            lock.unlock();
        }
        if (first) {
            begin(turn, still);
        } else if (!waits) {
            Turn shown = shown(wanted.rung(), wanted.sequence());
            if (shown == null) {
                answer.give(turn);
            } else {
                giveAndRelease(shown, answer);
            }
        }
    }

    /**
     * Under lock: the nearest of those being made of this frame, of the watched variants that show it, and of the frame
     * itself.
     */
    private Rung nearest(Still still, Turn turn) {
        List<Rung> there = new ArrayList<>();
        for (Still other : stills.keySet()) {
            if (other.sequence() == still.sequence()) {
                there.add(other.rung());
            }
        }
        for (LiveVariant variant : places.row()) {
            if (variant.sequence() == still.sequence()) {
                there.add(variant.rung());
            }
        }
        return still.rung().nearest(there, Rung.Size.of(picture(turn)));
    }

    /** Begins to make a variant for a snapshot; its task holds the original until the answers are given. */
    private void begin(Turn turn, Still still) {
        if (!block(turn).retain()) {
            throw new IllegalStateException("the picture is no longer held");
        }
        try {
            makers.execute(() -> make(turn, still));
        } catch (RuntimeException | Error e) { // no thread can be started
            answer(still, turn, turn);
        }
    }

    private void make(Turn turn, Still still) {
        Turn made = turn;
        try (VariantMaker maker = kind.get()) {
            Jpeg original = picture(turn);
            Jpeg picture = LiveVariant.make(maker, original, still.rung().change(original));
            feed.madeForVariant();
            made = feed.newest.made(turn, picture);
            // errors as well: the snapshots that wait for this one would wait for ever
        } catch (IOException | RuntimeException | Error e) {
            LOG.log(Level.DEBUG, "feed=" + feed.name() + " could not make a snapshot: " + still, e);
        }
        answer(still, turn, made);
    }

    /**
     * Answers all snapshots that wait for this one.
     *
     * @param made the original itself if the variant could not be made; null if it found no memory
     */
    private void answer(Still still, Turn turn, @Nullable Turn made) {
        List<Answer> answers;
        lock.lock();
        try {
            answers = Objects.requireNonNull(stills.remove(still));
        } finally {
            lock.unlock();
        }
        executor.execute(
                () -> { // on another thread, because code of other people runs when a snapshot is answered
                    try {
                        answers.forEach(answer -> answer(answer, made));
                    } finally {
                        turn.release();
                        if (made != null && !made.equals(turn)) {
                            made.release();
                        }
                    }
                });
    }

    private static void answer(Answer answer, @Nullable Turn made) {
        if (made == null) {
            answer.fail(new SnapshotMemory.FullException("there is no memory for the variant that is asked for"));
        } else {
            answer.give(made);
        }
    }
}
