package dev.flipbook.variant;

import dev.flipbook.FrameSink;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Broadcast;
import dev.flipbook.delivery.FeedViewer;
import dev.flipbook.mjpeg.Framing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides which viewer is shown which variant of a feed. Each watched variant takes one place, and the number of places
 * is limited, but no viewer that asks for a variant stays without pictures. A viewer gets
 *
 * <ol>
 *   <li>the variant that it asks for, if that is watched already or there is a place for it;
 *   <li>else the {@linkplain VariantKey#nearest nearest} of the watched variants and the feed itself; and the variant that it
 *       asks for as soon as there is a place.
 * </ol>
 *
 * <p>A viewer keeps a place only while it takes pictures. When all viewers of a variant have been stuck for
 * {@link #STUCK_TIMEOUT}, the variant is not made any more, and these viewers rest: they are shown nothing until they
 * take pictures again, and are then treated as if they came at that moment. One client uses at most three eighths of
 * the places; for more, rule 2 applies to the variants of that client only. Viewers are moved, and never disconnected.
 *
 * <p>Thread-safe. The lock is held while a viewer comes, goes or moves, and never on the path of a frame.
 */
final class VariantPlaces {

    /**
     * How long a viewer may take nothing and keep its place, in nanoseconds. A silent source counts as stalled after
     * the same time. A connection that takes nothing is closed only after 30 s.
     */
    static final long STUCK_TIMEOUT = Duration.ofSeconds(5).toNanos();

    /** Minimum time between two looks for stuck viewers and better places, in nanoseconds. */
    private static final long CHECK_INTERVAL = Duration.ofSeconds(1).toNanos();

    private final Broadcast feed;
    private final int limit;
    // maximum number of variants of one client
    private final int share;
    private final Ticker ticker;
    private final Function<VariantKey, LiveVariant> maker;
    private final ReentrantLock lock = new ReentrantLock();

    // Changed under lock; a viewer that leaves is looked up without it.
    private final Map<FeedViewer, Wish> wishes = new ConcurrentHashMap<>();

    // Guarded by lock. The row is replaced as a whole, and read without the lock.
    private final Map<VariantKey, LiveVariant> watched = new LinkedHashMap<>();
    // a variant equal to the original, where viewers rest; shows nothing but the feed's end
    private @Nullable LiveVariant rest;
    private volatile LiveVariant[] row = {};
    // viewers that are shown something else than what they asked for
    private final Set<FeedViewer> elsewhere = new LinkedHashSet<>();
    private volatile boolean busy;
    // work of the current change that is done after the lock is released
    private final List<FeedViewer> moved = new ArrayList<>();
    private final List<LiveVariant> ended = new ArrayList<>();
    private VariantKey.Size size = VariantKey.Size.ASSUMED;
    private long looked;

    /**
     * What a viewer asks for.
     *
     * @param key the variant
     * @param client the client in whose share the viewer counts; empty for the program's own viewers, which have no
     *     share
     */
    record Wish(VariantKey key, String client) {}

    /**
     * Places of one feed, none taken yet.
     *
     * @param limit maximum number of variants that are watched at once
     * @param maker makes a variant that nobody watches yet
     */
    VariantPlaces(Broadcast feed, int limit, Ticker ticker, Function<VariantKey, LiveVariant> maker) {
        this.feed = feed;
        this.limit = limit;
        this.share = Math.max(1, limit * 3 / 8);
        this.ticker = ticker;
        this.maker = maker;
        this.looked = ticker.nanos();
    }

    /** The watched variants and the resting place. Read without the lock; must not be changed. */
    LiveVariant[] row() {
        return row;
    }

    /**
     * Adds a viewer, which the caller wakes afterwards.
     *
     * @param picture size of the feed's pictures
     */
    FeedViewer watch(Wish wish, VariantKey.Size picture, FrameSink sink, Framing framing, long interval) {
        return change(() -> {
            size = picture;
            FeedViewer viewer = new FeedViewer(feed, sink, framing, interval);
            wishes.put(viewer, wish);
            // a WebSocket may be stuck before it has this viewer
            put(viewer, viewer.isStuck(STUCK_TIMEOUT) ? rest() : choose(wish));
            return viewer;
        });
    }

    /** Removes a viewer, and the variant with its last viewer. Returns false when the viewer was not there. */
    boolean remove(FeedViewer viewer) {
        if (!wishes.containsKey(viewer)) {
            return false;
        }
        return change(() -> {
            elsewhere.remove(viewer);
            LiveVariant shown = shown(viewer);
            boolean removed =
                    shown == null ? feed.remove(viewer) : shown.audience().remove(viewer);
            wishes.remove(viewer);
            endIfEmpty(shown);
            return removed;
        });
    }

    /** Whether {@link #look} may have something to do. */
    boolean isBusy() {
        return busy;
    }

    /**
     * Moves viewers. At each call, resting viewers that take pictures again are moved. Once a second, the viewers of a
     * variant are moved if all of them are stuck, and viewers that ask for a variant for which there is a place now.
     *
     * @param picture size of the feed's pictures
     */
    void look(VariantKey.Size picture) {
        boolean unused = change(() -> {
            size = picture;
            if (rest != null) {
                reconsider(rest.audience().of(Optional.empty()));
            }
            long now = ticker.nanos();
            boolean due = now - looked >= CHECK_INTERVAL;
            if (due) {
                looked = now;
                restStuck(watched.values(), Optional.empty());
                reconsider(elsewhere.stream());
            }
            return due;
        });
    }

    /**
     * Runs a change under the lock. Without the lock it then ends the variants that nobody watches and wakes the
     * viewers that were moved.
     */
    private <T> T change(Supplier<T> change) {
        T result;
        List<FeedViewer> toWake;
        List<LiveVariant> toEnd;
        lock.lock();
        try {
            result = change.get();
            toWake = List.copyOf(moved);
            toEnd = List.copyOf(ended);
            moved.clear();
            ended.clear();
            busy = row.length > 0 || !elsewhere.isEmpty();
        } finally {
            lock.unlock();
        }
        toEnd.forEach(LiveVariant::end);
        for (FeedViewer viewer : toWake) {
            LiveVariant variant = shown(viewer);
            if (variant != null) {
                variant.wake(); // it may be new, and then it has no picture yet
            }
            viewer.wake();
        }
        return result;
    }

    /** The variant that a viewer is shown; null for the feed itself. */
    @Nullable
    LiveVariant shown(FeedViewer viewer) {
        Broadcast shown = viewer.broadcast();
        for (LiveVariant variant : row) {
            if (variant.broadcast() == shown) {
                return variant;
            }
        }
        return null;
    }

    // Under lock.

    /** What a viewer with this wish is shown now, by the rules of this class; null for the feed itself. */
    private @Nullable LiveVariant choose(Wish wish) {
        LiveVariant wished = watched.get(wish.key());
        List<LiveVariant> own = of(wish.client());
        if (wished != null && own.contains(wished)) {
            return wished;
        }
        if (own.size() >= share) {
            restStuck(own, Optional.of(wish.client()));
            own = of(wish.client());
        }
        if (own.size() >= share) {
            return nearest(wish.key(), own);
        }
        if (wished != null) {
            return wished;
        }
        if (watched.size() >= limit) {
            restStuck(watched.values(), Optional.empty());
        }
        if (watched.size() >= limit) {
            return nearest(wish.key(), watched.values());
        }
        LiveVariant made = maker.apply(wish.key());
        watched.put(wish.key(), made);
        changed();
        return made;
    }

    /** The variants that this client watches; none for the program's own viewers. */
    private List<LiveVariant> of(String client) {
        return client.isEmpty()
                ? List.of()
                : watched.values().stream()
                        .filter(variant -> variant.audience().isWatchedBy(client))
                        .toList();
    }

    /**
     * Moves the viewers of each of these variants to the resting place if all of them are stuck.
     *
     * @param client the client whose viewers count and rest; empty for all
     */
    private void restStuck(Collection<LiveVariant> variants, Optional<String> client) {
        for (LiveVariant variant : List.copyOf(variants)) {
            VariantAudience audience = variant.audience();
            if (audience.of(client).allMatch(viewer -> viewer.isStuck(STUCK_TIMEOUT))) {
                audience.of(client).toList().forEach(viewer -> move(viewer, rest()));
                endIfEmpty(variant);
            }
        }
    }

    /** The resting place, which is made when it is needed. */
    private LiveVariant rest() {
        LiveVariant there = rest;
        if (there == null) {
            there = maker.apply(VariantKey.ORIGINAL);
            rest = there;
            changed();
        }
        return there;
    }

    private @Nullable LiveVariant nearest(VariantKey wish, Collection<LiveVariant> there) {
        return watched.get(wish.nearest(there.stream().map(LiveVariant::key).toList(), size));
    }

    /** Shows the viewers that take pictures what they would be shown if they came now. */
    private void reconsider(Stream<FeedViewer> viewers) {
        viewers.filter(viewer -> !viewer.isStuck(STUCK_TIMEOUT)).toList().forEach(this::reconsider);
    }

    private void reconsider(FeedViewer viewer) {
        Wish wish = wishes.get(viewer);
        if (wish == null) {
            return; // it has left meanwhile
        }
        LiveVariant shown = shown(viewer);
        if (shown != null) {
            shown.audience().remove(viewer); // the viewer's own place may be the one that it needs
        }
        LiveVariant better = choose(wish);
        if (better != shown) {
            put(viewer, better);
            if (shown == null) {
                feed.remove(viewer);
            }
            moved.add(viewer);
        } else if (shown != null) {
            shown.audience().add(viewer, wish.client());
        }
        endIfEmpty(shown);
    }

    /** Moves a viewer of a variant to another one. */
    private void move(FeedViewer viewer, LiveVariant to) {
        LiveVariant from = shown(viewer);
        put(viewer, to);
        if (from != null) {
            from.audience().remove(viewer);
        }
        moved.add(viewer);
    }

    private void put(FeedViewer viewer, @Nullable LiveVariant variant) {
        Wish wish = Objects.requireNonNull(wishes.get(viewer)); // kept until the viewer leaves
        // first: the viewer may be woken as soon as it is among the others
        viewer.show(variant == null ? feed : variant.broadcast());
        if (variant == null) {
            feed.add(viewer);
        } else {
            variant.audience().add(viewer, wish.client());
        }
        if (variant != null && variant == watched.get(wish.key())) {
            elsewhere.remove(viewer);
        } else {
            elsewhere.add(viewer);
        }
    }

    /** Gives back the place of a variant without viewers, and has the variant ended. */
    private void endIfEmpty(@Nullable LiveVariant variant) {
        if (variant == null || !variant.audience().isEmpty()) {
            return;
        }
        if (variant == rest) {
            rest = null;
        } else if (!watched.remove(variant.key(), variant)) {
            return; // it has been ended before
        }
        ended.add(variant);
        changed();
    }

    /** Replaces the row that other threads read. */
    private void changed() {
        row = Stream.concat(watched.values().stream(), Stream.ofNullable(rest)).toArray(LiveVariant[]::new);
    }
}
