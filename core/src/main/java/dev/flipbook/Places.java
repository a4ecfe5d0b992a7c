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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who is shown which variant of a feed. Each variant that is watched has a place, and places are few; but nobody who asks for a
 * variant goes without pictures. A viewer gets
 *
 * <ol>
 *   <li>what it wishes, where that is watched already or there is a place for it;
 *   <li>else the {@linkplain Rung#nearest nearest} of those there are, the untouched feed among them; and what it wishes when there
 *       is a place.
 * </ol>
 *
 * <p>A viewer keeps a place only while it takes pictures. A variant whose viewers have all been stuck for {@link #PATIENCE} is not
 * made any more, and they rest: they are shown nothing until they take again, and are then treated as if they came at that moment.
 * One client has three eighths of the places at most; when it wishes for more, rule 2 holds among its own. Viewers are moved, never
 * cut.
 *
 * <p>Thread-safe; the lock is held while a viewer comes, goes or moves, never on the path of a frame.
 */
final class Places {

    /**
     * For so long a viewer may take nothing and keep its place, in nanoseconds: a source that is silent for as long is called
     * stalled too. A connection that takes nothing is cut only after 30 s.
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
    private @Nullable LiveVariant rest; // of the original, which shows nothing but its end
    private volatile LiveVariant[] row = {};
    private final Set<Viewer> elsewhere = new LinkedHashSet<>();
    private volatile boolean busy;
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

    /** The variants that are watched, and where viewers rest. */
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
            Viewer viewer = new Viewer(feed, wish, sink, framing, interval);
            put(viewer, viewer.isStuck(PATIENCE) ? rest() : choose(wish)); // a WebSocket's may be its next one
            return viewer;
        });
    }

    /** The viewer has gone, and with the last one a variant; false when it was not there. */
    boolean remove(Viewer viewer) {
        return change(() -> {
            elsewhere.remove(viewer);
            boolean removed = viewer.shown().remove(viewer);
            endIfEmpty(viewer.shown());
            return removed;
        });
    }

    /** Whether {@link #look} may have something to do. */
    boolean isBusy() {
        return busy;
    }

    /**
     * Moves those whom something else is due: of viewers that rest, those that take again; once a second, of variants, those that
     * nobody takes, and of viewers, those for whose wish there is a place now.
     */
    void look(Rung.Size picture) {
        boolean unused = change(() -> {
            size = picture;
            if (rest != null) {
                reconsider(rest.viewersOf(Optional.empty()));
            }
            long now = ticker.nanos();
            boolean due = now - looked >= BETWEEN_LOOKS;
            if (due) {
                looked = now;
                restStuck(watched.values(), Optional.empty());
                reconsider(elsewhere.stream());
            }
            return due;
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
            busy = row.length > 0 || !elsewhere.isEmpty();
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
        if (own.size() >= share) {
            restStuck(own, Optional.of(wish.client()));
            own = of(wish.client());
        }
        if (own.size() >= share) {
            return nearest(wish.rung(), own);
        }
        if (wished != null) {
            return wished;
        }
        if (watched.size() >= limit) {
            restStuck(watched.values(), Optional.empty());
        }
        if (watched.size() >= limit) {
            return nearest(wish.rung(), watched.values());
        }
        LiveVariant made = maker.apply(wish.rung());
        watched.put(wish.rung(), made);
        changed();
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
     * Lets the viewers of each of these variants rest of which all are stuck.
     *
     * @param client the one whose viewers count and rest; all when empty
     */
    private void restStuck(Collection<LiveVariant> variants, Optional<String> client) {
        for (LiveVariant variant : List.copyOf(variants)) {
            if (variant.viewersOf(client).allMatch(viewer -> viewer.isStuck(PATIENCE))) {
                variant.viewersOf(client).toList().forEach(viewer -> move(viewer, rest()));
                endIfEmpty(variant);
            }
        }
    }

    private LiveVariant rest() {
        LiveVariant there = rest;
        if (there == null) {
            there = maker.apply(Rung.ORIGINAL);
            rest = there;
            changed();
        }
        return there;
    }

    private Shown nearest(Rung wish, Collection<LiveVariant> there) {
        Rung nearest = wish.nearest(there.stream().map(LiveVariant::rung).toList(), size);
        LiveVariant variant = watched.get(nearest);
        return variant == null ? feed : variant;
    }

    /** Shows those of them who take pictures what they would be shown if they came now. */
    private void reconsider(Stream<Viewer> viewers) {
        viewers.filter(viewer -> !viewer.isStuck(PATIENCE)).toList().forEach(this::reconsider);
    }

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
        viewer.show(shown); // first, because it may be woken as soon as it is among the viewers
        shown.add(viewer);
        if (shown == watched.get(viewer.wish().rung())) {
            elsewhere.remove(viewer);
        } else {
            elsewhere.add(viewer);
        }
    }

    private void endIfEmpty(Shown shown) {
        if (!(shown instanceof LiveVariant variant) || !variant.viewers.isEmpty()) {
            return;
        }
        if (variant == rest) {
            rest = null;
        } else if (!watched.remove(variant.rung(), variant)) {
            return; // it was ended before
        }
        ended.add(variant);
        changed();
    }

    private void changed() {
        row = Stream.concat(watched.values().stream(), Stream.ofNullable(rest)).toArray(LiveVariant[]::new);
    }
}
