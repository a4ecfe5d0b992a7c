package dev.flipbook.delivery;

import dev.flipbook.Frame;
import dev.flipbook.Ticker;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One picture that many viewers see: the newest edition of a feed or of a variant, and the viewers that are woken for
 * each new one. A source publishes here; what a program publishes is put into the slot by its drafts, which keep the
 * order, and is then announced here. A {@link FeedViewer} knows only this class.
 *
 * <p>A new edition goes first to the followers, which are the variants, because making a picture takes longer than
 * sending one; then to the viewers; and a new frame last to the snapshots that wait for it.
 *
 * <p>Thread-safe. Nobody is woken under a lock, because sinks are written to.
 */
public final class Broadcast {

    private final CurrentEdition current;
    private final Viewers viewers;
    private final Executor wakers;
    private final Ticker ticker;
    private final Deliveries deliveries;
    private final Consumer<FeedViewer> whenEnded;
    private final AtomicInteger paced = new AtomicInteger();

    // Added to before any other thread has the feed.
    private final List<Runnable> followers = new CopyOnWriteArrayList<>();
    private final List<Runnable> waiting = new CopyOnWriteArrayList<>();

    /**
     * A broadcast of this slot without viewers.
     *
     * @param wakers wakes viewers when there are many
     * @param whenEnded removes a viewer that has ended, for good
     */
    public Broadcast(CurrentEdition current, Executor wakers, Ticker ticker, Consumer<FeedViewer> whenEnded) {
        this(current, wakers, ticker, new Deliveries(), whenEnded);
    }

    private Broadcast(
            CurrentEdition current,
            Executor wakers,
            Ticker ticker,
            Deliveries deliveries,
            Consumer<FeedViewer> whenEnded) {
        this.current = current;
        this.viewers = new Viewers(Runtime.getRuntime().availableProcessors(), wakers);
        this.wakers = wakers;
        this.ticker = ticker;
        this.deliveries = deliveries;
        this.whenEnded = whenEnded;
    }

    /** A broadcast of a variant of this feed: its viewers count as the feed's, and end as the feed's do. */
    public Broadcast forVariant(VariantEdition variant) {
        return new Broadcast(variant, wakers, ticker, deliveries, whenEnded);
    }

    /** Has this run for each new edition, before the viewers are woken. It must not wait. */
    public void follow(Runnable follower) {
        followers.add(follower);
    }

    /** Has this run after each new frame. It must not wait. */
    public void whenPublished(Runnable listener) {
        waiting.add(listener);
    }

    // Publishing.

    /** Makes this the newest frame and announces it; if there is no memory for the frame, it is dropped and counted. */
    public void publish(Frame frame) {
        if (current.publish(frame)) {
            announce();
        }
    }

    /**
     * Publishes a frame as {@link #publish(Frame)}, unless it is not to be shown any more.
     *
     * @param wanted asked at the moment at which the frame becomes the newest; it must not wait
     */
    public void publish(Frame frame, BooleanSupplier wanted) {
        if (current.publish(frame, wanted)) {
            announce();
        }
    }

    /** Wakes viewers and answers snapshots. Never called under a lock. */
    public void announce() {
        wake();
        for (Runnable listener : waiting) {
            listener.run();
        }
    }

    /** Wakes all viewers, for a new edition. Never called under a lock. */
    public void wake() {
        for (Runnable follower : followers) {
            follower.run();
        }
        viewers.wake();
    }

    // For viewers and followers.

    /** The slot with the newest edition. */
    public CurrentEdition current() {
        return current;
    }

    /** Takes the newest edition, as {@link CurrentEdition#takeNewer} does. */
    public @Nullable Edition takeNewer(long than) {
        return current.takeNewer(than);
    }

    /** Whether {@link #takeNewer} would return an edition. Takes no lock and holds nothing. */
    public boolean hasNewer(long than) {
        return current.hasNewer(than);
    }

    /** Number of the newest frame; 0 before the first. */
    public long sequence() {
        return current.sequence();
    }

    /** Mean interval between recent frames in nanoseconds, or 0 if there are fewer than two. */
    public long interval() {
        return current.interval();
    }

    /** Whether the feed has ended, and only its end is shown. */
    public boolean isEnding() {
        return current.isEnd();
    }

    /** The time, as the feed's ticker counts. */
    public long nanos() {
        return ticker.nanos();
    }

    /** Counts a frame of this many bytes that a viewer's connection has taken. */
    void delivered(int bytes) {
        deliveries.add(bytes);
    }

    /** Removes a viewer that has ended, for good. */
    void ended(FeedViewer viewer) {
        whenEnded.accept(viewer);
    }

    // The viewers.

    /** Adds a viewer, which the caller wakes afterwards. */
    public void add(FeedViewer viewer) {
        viewers.add(viewer);
        if (viewer.isPaced()) {
            paced.incrementAndGet();
        }
    }

    /** Removes a viewer; false when it was not there. */
    public boolean remove(FeedViewer viewer) {
        boolean removed = viewers.remove(viewer);
        if (removed && viewer.isPaced()) {
            paced.decrementAndGet();
        }
        return removed;
    }

    /** Whether there is no viewer. */
    public boolean isEmpty() {
        return viewers.isEmpty();
    }

    /** Number of viewers. */
    public int size() {
        return viewers.size();
    }

    /** Does this with each viewer, in no order. */
    public void forEach(Consumer<FeedViewer> action) {
        viewers.forEach(action);
    }

    /** Whether any viewer asked for a maximum frame rate, so that {@link #wakePaced} has something to do. */
    public boolean hasPaced() {
        return paced.get() > 0;
    }

    /** Wakes the viewers with an interval: a frame that was not due for them when it came may be due now. */
    public void wakePaced() {
        viewers.forEach(viewer -> {
            if (viewer.isPaced()) {
                viewer.wake();
            }
        });
    }

    /** What the viewers have taken in all; a feed and its variants count together. */
    public Deliveries deliveries() {
        return deliveries;
    }
}
