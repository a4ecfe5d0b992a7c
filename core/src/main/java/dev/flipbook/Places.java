package dev.flipbook;

import dev.flipbook.mjpeg.Framing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Who is shown which variant of a feed. Each variant that is watched has a place, and places are few; but nobody who asks for a
 * variant goes without pictures. A viewer gets
 *
 * <ol>
 *   <li>what it wishes, where that is watched already or there is a place for it;
 *   <li>else the place of a variant of whose viewers each one is stuck: has taken nothing for {@link #PATIENCE};
 *   <li>else the {@linkplain Rung#nearest nearest} of those there are, the untouched feed among them.
 * </ol>
 *
 * <p>One client has three eighths of the places at most, and when it asks for more the same rule holds among its own. Once a second
 * the viewers that take pictures, but are not shown what they wish, are looked after: whoever came when all places were taken, or
 * lost one while stuck, gets its wish when there is a place. Viewers are moved, never cut.
 *
 * <p>Thread-safe; the lock is held while a viewer comes, goes or moves, never on the path of a frame.
 */
final class Places {

    /**
     * For so long a viewer may take nothing and keep a place from others, in nanoseconds: a source that is silent for as long is
     * called stalled too. A connection that takes nothing is cut only after 30 s.
     */
    static final long PATIENCE = Duration.ofSeconds(5).toNanos();

    private static final long BETWEEN_LOOKS = Duration.ofSeconds(1).toNanos();

    private final Feed feed;
    private final int limit;
    private final int share;
    private final Ticker ticker;
    private final Function<Rung, LiveVariant> maker;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock; the row is replaced as a whole and read by anybody
    private final Map<Rung, LiveVariant> watched = new LinkedHashMap<>();
    private volatile LiveVariant[] row = {};
    private final Set<Viewer> elsewhere = new LinkedHashSet<>();
    private volatile boolean anyElsewhere;
    private final List<Viewer> moved = new ArrayList<>();
    private final List<LiveVariant> ended = new ArrayList<>();
    private Rung.Size size = Rung.Size.ASSUMED;
    private long looked;

    /**
     * What a viewer asks for.
     *
     * @param rung the original for none
     * @param client in whose share it counts; empty for the program's own viewers, which have no share
     */
    record Wish(Rung rung, String client) {

        static final Wish NONE = new Wish(Rung.ORIGINAL, "");
    }

    /**
     * @param limit how many variants may be watched at once
     * @param maker makes a variant that nobody watches yet
     */
    Places(Feed feed, int limit, Ticker ticker, Function<Rung, LiveVariant> maker) {
        this.feed = feed;
        this.limit = limit;
        this.share = Math.max(1, limit * 3 / 8);
        this.ticker = ticker;
        this.maker = maker;
        this.looked = ticker.nanos();
    }

    /** The variants that are watched. */
    LiveVariant[] row() {
        return row;
    }

    /**
     * Adds a viewer, which is to be woken.
     *
     * @param picture of the feed
     */
    Viewer watch(Wish wish, Rung.Size picture, FrameSink sink, Framing framing, long interval) {
        return change(() -> {
            size = picture;
            Shown shown = choose(wish);
            Viewer viewer = new Viewer(shown, wish, sink, framing, interval);
            put(viewer, shown);
            return viewer;
        });
    }

    /** The viewer has gone, and with the last one a variant; false when it was not there. */
    boolean remove(Viewer viewer) {
        return change(() -> {
            elsewhere.remove(viewer);
            anyElsewhere = !elsewhere.isEmpty();
            boolean removed = viewer.shown().remove(viewer);
            endIfEmpty(viewer.shown());
            return removed;
        });
    }

    /** Whether some are not shown what they wish. */
    boolean anyElsewhere() {
        return anyElsewhere;
    }

    /** Gives those their wish for whom there is a place now; once a second, however often it is called. */
    void look(Rung.Size picture) {
        int unused = change(() -> {
            long now = ticker.nanos();
            if (now - looked < BETWEEN_LOOKS) {
                return 0;
            }
            looked = now;
            size = picture;
            List<Viewer> taking = elsewhere.stream()
                    .filter(viewer -> !viewer.isStuck(PATIENCE))
                    .toList();
            taking.forEach(this::reconsider);
            return taking.size();
        });
    }

    /** Changes who is shown what, under the lock; then has those woken who were moved, and those ended who are left. */
    private <T> T change(Supplier<T> change) {
        T result;
        List<Viewer> toWake;
        List<LiveVariant> toEnd;
        lock.lock();
        try {
            result = change.get();
            toWake = List.copyOf(moved);
            toEnd = List.copyOf(ended);
            moved.clear();
            ended.clear();
        } finally {
            lock.unlock();
        }
        toEnd.forEach(LiveVariant::end);
        for (Viewer viewer : toWake) {
            if (viewer.shown() instanceof LiveVariant variant) {
                variant.wake(); // nobody may have watched it before
            }
            viewer.wake();
        }
        return result;
    }

    // under lock

    private Shown choose(Wish wish) {
        LiveVariant wished = watched.get(wish.rung());
        List<LiveVariant> own = of(wish.client());
        if (wished != null && own.contains(wished)) {
            return wished;
        }
        if (own.size() >= share && !free(own, Optional.of(wish.client()))) {
            return nearest(wish.rung(), own);
        }
        if (wished != null) {
            return wished;
        }
        if (watched.size() >= limit && !free(List.copyOf(watched.values()), Optional.empty())) {
            return nearest(wish.rung(), watched.values());
        }
        LiveVariant made = maker.apply(wish.rung());
        watched.put(wish.rung(), made);
        row = watched.values().toArray(new LiveVariant[0]);
        return made;
    }

    /** Those that this client watches. */
    private List<LiveVariant> of(String client) {
        return client.isEmpty()
                ? List.of()
                : watched.values().stream()
                        .filter(variant -> variant.isWatchedBy(client))
                        .toList();
    }

    /**
     * Moves the viewers of one of these variants to the others if each of them is stuck; false when all variants are taken.
     *
     * @param client the one whose viewers count and are moved; all viewers when empty
     */
    private boolean free(List<LiveVariant> some, Optional<String> client) {
        for (LiveVariant variant : some) {
            if (variant.viewersOf(client).allMatch(viewer -> viewer.isStuck(PATIENCE))) {
                List<LiveVariant> others =
                        some.stream().filter(one -> one != variant).toList();
                for (Viewer viewer : variant.viewersOf(client).toList()) {
                    move(viewer, nearest(viewer.wish().rung(), others));
                }
                endIfEmpty(variant);
                return true;
            }
        }
        return false;
    }

    private Shown nearest(Rung wish, Collection<LiveVariant> there) {
        Rung nearest = wish.nearest(there.stream().map(LiveVariant::rung).toList(), size);
        LiveVariant variant = watched.get(nearest);
        return variant == null ? feed : variant;
    }

    /** Has it shown what a newcomer with its wish would be. */
    private void reconsider(Viewer viewer) {
        Shown shown = viewer.shown();
        if (shown != feed) {
            shown.remove(viewer); // because its own place may be the one that it needs
        }
        Shown better = choose(viewer.wish());
        if (better != shown) {
            move(viewer, better);
        } else if (shown != feed) {
            shown.add(viewer);
        }
        endIfEmpty(shown);
    }

    private void move(Viewer viewer, Shown to) {
        Shown from = viewer.shown();
        put(viewer, to);
        from.remove(viewer);
        moved.add(viewer);
    }

    private void put(Viewer viewer, Shown shown) {
        shown.add(viewer);
        viewer.show(shown);
        if (shown instanceof LiveVariant variant
                && variant.rung().equals(viewer.wish().rung())) {
            elsewhere.remove(viewer);
        } else {
            elsewhere.add(viewer);
        }
        anyElsewhere = !elsewhere.isEmpty();
    }

    private void endIfEmpty(Shown shown) {
        if (shown instanceof LiveVariant variant
                && variant.viewers.isEmpty()
                && watched.remove(variant.rung(), variant)) {
            row = watched.values().toArray(new LiveVariant[0]);
            ended.add(variant);
        }
    }
}
