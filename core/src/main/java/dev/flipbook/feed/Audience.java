package dev.flipbook.feed;

import dev.flipbook.FrameSink;
import dev.flipbook.Ticker;
import dev.flipbook.Variant;
import dev.flipbook.delivery.Broadcast;
import dev.flipbook.delivery.FeedViewer;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.variant.VariantKey;
import dev.flipbook.variant.Variants;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Everyone that watches a feed: its own viewers and those of its variants. Knows when somebody last wanted a picture,
 * by which the source is closed. Thread-safe.
 */
final class Audience {

    private final Broadcast broadcast;
    private final Variants variants;
    private final Ticker ticker;
    private final Executor executor;
    private final Runnable whenEmpty;
    private final LongAdder skippedByLeft = new LongAdder();
    // when somebody last watched or asked for a snapshot, as the ticker counts
    private volatile long lastWanted;

    /**
     * Nobody yet.
     *
     * @param variants of the feed, by its broadcast
     * @param whenEmpty runs after the last viewer has left
     */
    Audience(Broadcast broadcast, Variants variants, Runnable whenEmpty, Machinery machinery) {
        this.broadcast = broadcast;
        this.variants = variants;
        this.whenEmpty = whenEmpty;
        this.ticker = machinery.ticker();
        this.executor = machinery.wakers();
        this.lastWanted = ticker.nanos();
    }

    /** Adds a viewer, which the caller wakes afterwards. See {@link Feed#watch}. */
    FeedViewer add(FrameSink sink, Framing framing, double fps, Variant variant, String client) {
        long interval = fps <= 0 ? 0 : (long) (1e9 / fps);
        Optional<VariantKey.Size> size = variant.equals(Variant.ORIGINAL) ? Optional.empty() : pictureSize();
        VariantKey key = size.map(known -> VariantKey.of(variant, known)).orElseGet(() -> VariantKey.of(variant));
        FeedViewer viewer;
        if (key.isOriginal()) {
            viewer = new FeedViewer(broadcast, sink, framing, interval);
            broadcast.add(viewer);
        } else {
            viewer = variants.watch(key, client, size.orElse(VariantKey.Size.ASSUMED), sink, framing, interval);
        }
        wanted();
        return viewer;
    }

    private Optional<VariantKey.Size> pictureSize() {
        return broadcast.current().lastPicture().look(VariantKey.Size::of);
    }

    /** Removes a viewer that has ended. */
    void leave(FeedViewer viewer) {
        wanted(); // first: without viewers, the source is closed when nobody has wanted a picture for a while
        if (variants.remove(viewer) || broadcast.remove(viewer)) {
            skippedByLeft.add(viewer.skipped());
            if (isEmpty()) { // most viewers leave others in the feed; those need no lock
                whenEmpty.run();
            }
        }
    }

    /** Notes that somebody wants a picture now. */
    void wanted() {
        lastWanted = ticker.nanos();
    }

    /** Time since somebody last wanted a picture, in nanoseconds. */
    long unwantedNanos() {
        return ticker.nanos() - lastWanted;
    }

    boolean isEmpty() {
        return broadcast.isEmpty() && variants.isEmpty();
    }

    int viewers() {
        return broadcast.size() + variants.viewers();
    }

    void forEach(Consumer<FeedViewer> action) {
        broadcast.forEach(action);
        variants.forEachViewer(action);
    }

    /** Number of frames that busy viewers did not get, those that have left included. */
    long skipped() {
        LongAdder skipped = new LongAdder();
        skipped.add(skippedByLeft.sum());
        forEach(viewer -> skipped.add(viewer.skipped()));
        return skipped.sum();
    }

    /** Does what is due, on other threads: viewers may change their variant, and have a frame when it is due. */
    void tick() {
        if (variants.isBusy()) {
            executor.execute(() -> variants.tick(pictureSize().orElse(VariantKey.Size.ASSUMED)));
        }
        if (broadcast.hasPaced()) {
            executor.execute(broadcast::wakePaced);
        }
    }
}
