package dev.flipbook;

import dev.flipbook.FeedStatus.VariantStatus;
import dev.flipbook.Newest.Turn;
import dev.flipbook.Snapshots.Answer;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.mjpeg.Jpeg;
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
 * The variants of one feed that are watched, each once however many watch it, and those made for snapshots. Thread-safe; its
 * lock is held while a snapshot is asked for or answered.
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

    // guarded by lock
    private final Map<Still, List<Answer>> stills = new HashMap<>();

    /** What a snapshot is made of, and what of it. */
    private record Still(long sequence, Rung rung) {}

    /**
     * @param limit how many may be watched at once, and how many snapshots may be made at once
     * @param executor wakes viewers and answers snapshots
     * @param makers runs what makes pictures
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

    // watching

    /**
     * Adds a viewer, which is to be woken.
     *
     * @param wish not for the original
     * @param picture of the feed
     */
    Viewer watch(Places.Wish wish, Rung.Size picture, FrameSink sink, Framing framing, long interval) {
        Viewer viewer = places.watch(wish, picture, sink, framing, interval);
        if (viewer.shown() instanceof LiveVariant variant) {
            variant.wake();
        }
        return viewer;
    }

    /** The viewer has gone, and with the last one the variant; false when it was not there. */
    boolean remove(Viewer viewer) {
        return places.remove(viewer);
    }

    /** The feed has a new turn. */
    void wake() {
        for (LiveVariant variant : places.row()) {
            variant.wake();
        }
    }

    /** Whether there is something to do in a {@link #tick}. */
    boolean isBusy() {
        return places.isBusy();
    }

    /**
     * Does what is due; called a few times a second.
     *
     * @param picture of the feed
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

    /** Pictures that found no memory. */
    long dropped() {
        return Arrays.stream(places.row())
                .mapToLong(variant -> variant.newest.figures().dropped())
                .sum();
    }

    // snapshots

    /**
     * Gives the picture as this variant; itself when the variant is the original, or cannot be made of it. Those who want the same
     * at the same time get the same. When too many different ones are being made, the nearest of them.
     *
     * @param turn whose block the caller holds
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
        return Objects.requireNonNull(turn.block()); // a picture has one
    }

    /** What viewers of this variant see, held for the caller, if it is of this frame. */
    private @Nullable Turn shown(Rung rung, long sequence) {
        for (LiveVariant variant : places.row()) {
            if (variant.rung().equals(rung)) {
                return variant.newest.holdShown(sequence);
            }
        }
        return null;
    }

    /** Has it wait until this is made, by whoever came first; or the nearest, when too many are being made. */
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

    /** Under lock: of those that are being made of this frame, of those that viewers see of it, and of the frame itself. */
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

    private void begin(Turn turn, Still still) {
        if (!block(turn).retain()) {
            throw new IllegalStateException("nobody holds the picture");
        }
        try {
            makers.execute(() -> make(turn, still));
        } catch (RuntimeException | Error e) { // no thread is to be had
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
        } catch (IOException | RuntimeException | Error e) { // an error too: whoever waits would wait for ever
            LOG.log(Level.DEBUG, "feed=" + feed.name() + " has no such snapshot: " + still, e);
        }
        answer(still, turn, made);
    }

    /** @param made the same turn where it could not be made; nothing where it found no memory */
    private void answer(Still still, Turn turn, @Nullable Turn made) {
        List<Answer> answers;
        lock.lock();
        try {
            answers = Objects.requireNonNull(stills.remove(still));
        } finally {
            lock.unlock();
        }
        executor.execute(
                () -> { // what hangs on them is other people's code
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
