package dev.flipbook;

import dev.flipbook.FeedStatus.VariantStatus;
import dev.flipbook.Newest.Turn;
import dev.flipbook.Snapshots.Answer;
import dev.flipbook.VariantMaker.Change;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The variants of one feed that are watched, each once however many watch it, and those made for snapshots. Thread-safe; its
 * lock is held while a viewer comes or goes, never on the path of a frame.
 */
final class Variants {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    private final Feed feed;
    private final int limit;
    private final BlockPool pool;
    private final Ticker ticker;
    private final Executor executor;
    private final Executor makers;
    private final Supplier<VariantMaker> kind;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock; the row is replaced as a whole and read by anybody
    private final Map<Rung, LiveVariant> watched = new LinkedHashMap<>();
    private volatile LiveVariant[] row = {};
    private final Map<Still, List<Answer>> stills = new HashMap<>();

    /** What a snapshot is made of, and how. */
    private record Still(long sequence, Change change) {}

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
        this.pool = pool;
        this.ticker = ticker;
        this.executor = executor;
        this.makers = makers;
        this.kind = kind;
    }

    // watching

    /** As {@link #watch} would throw. */
    void check(Rung rung) {
        lock.lock();
        try {
            if (!watched.containsKey(rung) && watched.size() >= limit) {
                throw new Variant.LimitException(full(rung));
            }
        } finally {
            lock.unlock();
        }
    }

    private String full(Rung rung) {
        String there = watched.keySet().stream().map(Rung::toString).collect(Collectors.joining("; "));
        return "the feed '" + feed.name() + "' has " + watched.size() + " variants, and at most " + limit
                + " may be watched at once: '" + rung + "' would be one more"
                + (there.isEmpty() ? "" : "; those there are: " + there);
    }

    /**
     * Adds a viewer, who is to be woken.
     *
     * @throws Variant.LimitException when this variant is not there and there are as many as may be
     */
    Viewer watch(Rung rung, FrameSink sink, Framing framing, long interval) {
        LiveVariant variant;
        Viewer viewer;
        lock.lock();
        try {
            check(rung);
            variant = watched.get(rung);
            if (variant == null) {
                variant = new LiveVariant(feed, rung, pool, ticker, executor, makers, kind);
                watched.put(rung, variant);
                row = watched.values().toArray(new LiveVariant[0]);
            }
            viewer = new Viewer(variant, sink, framing, interval);
            variant.add(viewer);
        } finally {
            lock.unlock();
        }
        variant.wake();
        return viewer;
    }

    /** The viewer has gone, and with the last one the variant; false when it was not there. */
    boolean remove(LiveVariant variant, Viewer viewer) {
        boolean removed;
        boolean last;
        lock.lock();
        try {
            removed = variant.remove(viewer);
            last = removed && variant.viewers.isEmpty();
            if (last) {
                watched.remove(variant.rung());
                row = watched.values().toArray(new LiveVariant[0]);
            }
        } finally {
            lock.unlock();
        }
        if (last) {
            variant.end();
        }
        return removed;
    }

    /** The feed has a new turn. */
    void wake() {
        for (LiveVariant variant : row) {
            variant.wake();
        }
    }

    /** Does what is due; called a few times a second. */
    void tick() {
        for (LiveVariant variant : row) {
            variant.tick();
        }
    }

    boolean isEmpty() {
        return row.length == 0;
    }

    int viewers() {
        return Arrays.stream(row).mapToInt(variant -> variant.viewers.size()).sum();
    }

    void forEachViewer(Consumer<Viewer> action) {
        for (LiveVariant variant : row) {
            variant.viewers.forEach(action);
        }
    }

    List<VariantStatus> status() {
        return Arrays.stream(row).map(LiveVariant::status).toList();
    }

    /** Pictures that found no memory. */
    long dropped() {
        return Arrays.stream(row)
                .mapToLong(variant -> variant.newest.figures().dropped())
                .sum();
    }

    // snapshots

    /**
     * Gives the picture as this variant; itself when the variant is the original, or cannot be made of it. Those who want the same
     * at the same time get the same. Fails it when too many different ones are being made.
     *
     * @param turn whose block the caller holds
     */
    void give(Turn turn, Variant asked, Answer answer) {
        Jpeg picture = picture(turn);
        Rung rung = Rung.of(asked, picture);
        Change change = rung.change(picture);
        if (change.isNone()) {
            answer.give(turn);
            return;
        }
        Turn shown = shown(rung, turn.sequence());
        if (shown == null) {
            await(turn, new Still(turn.sequence(), change), answer);
            return;
        }
        try {
            answer.give(shown);
        } finally {
            shown.release();
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
        for (LiveVariant variant : row) {
            if (variant.rung().equals(rung)) {
                return variant.newest.holdShown(sequence);
            }
        }
        return null;
    }

    /** Has it wait until this is made, by whoever came first. */
    private void await(Turn turn, Still still, Answer answer) {
        int others = 0;
        boolean first;
        lock.lock();
        try {
            List<Answer> there = stills.get(still);
            first = there == null;
            if (there != null) {
                there.add(answer);
            } else if (stills.size() < Math.max(1, limit)) {
                stills.put(still, new ArrayList<>(List.of(answer)));
            } else {
                others = stills.size();
            }
        } finally {
            lock.unlock();
        }
        if (others > 0) {
            answer.fail(others + " other variants of it are being made; try again");
        } else if (first) {
            begin(turn, still);
        }
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
            Jpeg picture = LiveVariant.make(maker, picture(turn), still.change());
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
