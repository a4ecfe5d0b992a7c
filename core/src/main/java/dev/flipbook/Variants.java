package dev.flipbook;

import dev.flipbook.FeedStatus.VariantStatus;
import dev.flipbook.VariantMaker.Change;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.mjpeg.Jpeg;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

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
    private final Map<Still, CompletableFuture<Frame>> stills = new HashMap<>();

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
     * The frame as this variant; itself when the variant is the original, or cannot be made of it. Those who want the same at
     * the same time get the same. Fails when too many different ones are being made.
     */
    CompletableFuture<Frame> of(Frame frame, Variant asked) {
        Rung rung = Rung.of(asked, frame.picture());
        Change change = rung.change(frame.picture());
        if (change.isNone()) {
            return CompletableFuture.completedFuture(frame);
        }
        Optional<Frame> shown = shown(rung, frame.sequence());
        if (shown.isPresent()) {
            return CompletableFuture.completedFuture(shown.get());
        }
        Still still = new Still(frame.sequence(), change);
        CompletableFuture<Frame> made;
        lock.lock();
        try {
            CompletableFuture<Frame> there = stills.get(still);
            if (there != null) {
                return there.thenApply(same -> same);
            }
            if (stills.size() >= Math.max(1, limit)) {
                return CompletableFuture.failedFuture(
                        new IOException(stills.size() + " other variants of it are being made; try again"));
            }
            made = new CompletableFuture<>();
            stills.put(still, made);
        } finally {
            lock.unlock();
        }
        try {
            makers.execute(() -> make(frame, still, made));
        } catch (RuntimeException | Error e) { // no thread is to be had
            answer(still, made, frame);
        }
        return made.thenApply(same -> same); // nobody is to complete it for the others
    }

    /** A copy of what viewers of this variant see, if it is of this frame. */
    private Optional<Frame> shown(Rung rung, long sequence) {
        for (LiveVariant variant : row) {
            if (variant.rung().equals(rung)) {
                return variant.newest.copyShown(sequence);
            }
        }
        return Optional.empty();
    }

    private void make(Frame frame, Still still, CompletableFuture<Frame> answer) {
        Frame made = frame;
        try (VariantMaker maker = kind.get()) {
            Jpeg picture = LiveVariant.make(maker, frame.picture(), still.change());
            feed.madeForVariant();
            byte[] bytes = new byte[picture.size()];
            ByteBuffer copy = ByteBuffer.wrap(bytes);
            picture.parts().forEach(part -> copy.put(part.duplicate()));
            Jpeg own = new Jpeg(List.of(ByteBuffer.wrap(bytes)), bytes.length, picture.width(), picture.height());
            made = Frame.of(own, frame.sequence(), frame.capturedNanos());
        } catch (IOException | RuntimeException | Error e) { // an error too: whoever waits would wait for ever
            LOG.log(Level.DEBUG, "feed=" + feed.name() + " has no such snapshot: " + still, e);
        }
        answer(still, answer, made);
    }

    private void answer(Still still, CompletableFuture<Frame> answer, Frame frame) {
        lock.lock();
        try {
            stills.remove(still);
        } finally {
            lock.unlock();
        }
        executor.execute(() -> answer.complete(frame)); // what hangs on it is other people's code
    }
}
