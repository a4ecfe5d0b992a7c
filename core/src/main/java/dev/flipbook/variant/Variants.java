package dev.flipbook.variant;

import dev.flipbook.FeedStatus.VariantStatus;
import dev.flipbook.FrameSink;
import dev.flipbook.Variant;
import dev.flipbook.delivery.Broadcast;
import dev.flipbook.delivery.Edition;
import dev.flipbook.delivery.FeedViewer;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.delivery.SnapshotAnswer;
import dev.flipbook.jpeg.Jpeg;
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
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The variants of one feed: those that are watched, each made once for all its viewers, and those made for snapshots.
 * Thread-safe. The lock is held while a snapshot is asked for or answered, and never on the path of a frame.
 */
public final class Variants {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    private final String name;
    private final Broadcast feed;
    private final int limit;
    private final VariantPlaces places;
    private final Machinery machinery;
    private final LongAdder made = new LongAdder();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Map<Still, List<SnapshotAnswer>> stills = new HashMap<>();

    /** The key of a snapshot's variant: the frame that it is made of, and the variant. */
    private record Still(long sequence, VariantKey key) {}

    /**
     * The variants of one feed, none so far.
     *
     * @param name of the feed, for the log
     * @param limit maximum number of variants that are watched at once; also the maximum number of snapshots that are
     *     made at once
     */
    public Variants(String name, Broadcast feed, int limit, Machinery machinery) {
        this.name = name;
        this.feed = feed;
        this.limit = limit;
        this.machinery = machinery;
        this.places = new VariantPlaces(
                feed, limit, machinery.ticker(), key -> new LiveVariant(name, feed, key, made::increment, machinery));
        feed.follow(this::wake);
    }

    // Watching.

    /**
     * Adds a viewer, which the caller wakes afterwards.
     *
     * @param key not that of the original
     * @param client the client in whose share the viewer counts; empty for the program's own viewers, which have no share
     * @param picture size of the feed's pictures
     */
    public FeedViewer watch(
            VariantKey key, String client, VariantKey.Size picture, FrameSink sink, Framing framing, long interval) {
        FeedViewer viewer = places.watch(new VariantPlaces.Wish(key, client), picture, sink, framing, interval);
        LiveVariant variant = places.shown(viewer);
        if (variant != null) {
            variant.wake();
        }
        return viewer;
    }

    /** Removes a viewer, and the variant with its last viewer. Returns false when the viewer was not there. */
    public boolean remove(FeedViewer viewer) {
        return places.remove(viewer);
    }

    /** The feed has a new edition: the idle variants take it. */
    public void wake() {
        for (LiveVariant variant : places.row()) {
            variant.wake();
        }
    }

    /** Whether a {@link #tick} has something to do. */
    public boolean isBusy() {
        return places.isBusy();
    }

    /**
     * Does what is due. Called a few times a second.
     *
     * @param picture size of the feed's pictures
     */
    public void tick(VariantKey.Size picture) {
        places.look(picture);
        for (LiveVariant variant : places.row()) {
            variant.tick();
        }
    }

    public boolean isEmpty() {
        return places.row().length == 0;
    }

    public int viewers() {
        return Arrays.stream(places.row())
                .mapToInt(variant -> variant.broadcast().size())
                .sum();
    }

    public void forEachViewer(Consumer<FeedViewer> action) {
        for (LiveVariant variant : places.row()) {
            variant.broadcast().forEach(action);
        }
    }

    public List<VariantStatus> status() {
        return Arrays.stream(places.row())
                .filter(variant -> !variant.isRest())
                .map(LiveVariant::status)
                .toList();
    }

    /** Number of pictures that found no memory. */
    public long dropped() {
        return Arrays.stream(places.row())
                .mapToLong(variant -> variant.current().figures().dropped())
                .sum();
    }

    /** Number of pictures made for variants in all, including those for snapshots. */
    public long made() {
        return made.sum();
    }

    /** Forgets all pictures, because the feed has forgotten its own: nobody is given them any more. */
    public void forget() {
        for (LiveVariant variant : places.row()) {
            variant.current().forget(false);
        }
    }

    // Snapshots.

    /**
     * Gives a snapshot the picture as this variant. The snapshot gets the picture itself when the variant is the
     * original or cannot be made. All that ask for the same at the same time get one result. When too many different
     * ones are being made, a snapshot gets the nearest of them.
     *
     * @param edition the picture, whose block the caller holds
     */
    public void give(Edition edition, Variant asked, SnapshotAnswer answer) {
        Jpeg picture = edition.picture();
        VariantKey key = VariantKey.of(asked, VariantKey.Size.of(picture));
        if (key.change(picture).isNone()) {
            answer.give(edition);
            return;
        }
        Edition shown = shown(key, edition.sequence());
        if (shown == null) {
            await(edition, new Still(edition.sequence(), key), answer);
        } else {
            giveAndRelease(shown, answer);
        }
    }

    private static void giveAndRelease(Edition held, SnapshotAnswer answer) {
        try {
            answer.give(held);
        } finally {
            held.release();
        }
    }

    /**
     * The edition that viewers of this variant see if it is of this frame, else null. The caller becomes a holder of its
     * block.
     */
    private @Nullable Edition shown(VariantKey key, long sequence) {
        for (LiveVariant variant : places.row()) {
            if (variant.key().equals(key)) {
                return variant.current().hold(sequence);
            }
        }
        return null;
    }

    /**
     * Lets a snapshot wait until its variant is made, by this call or an earlier one. When too many are being made
     * already, it waits for the nearest.
     */
    private void await(Edition edition, Still still, SnapshotAnswer answer) {
        boolean first = false;
        boolean waits;
        Still wanted = still;
        lock.lock();
        try {
            if (!stills.containsKey(still) && stills.size() < Math.max(1, limit)) {
                stills.put(still, new ArrayList<>());
                first = true;
            } else if (!stills.containsKey(still)) {
                wanted = new Still(still.sequence(), nearest(still, edition));
            }
            List<SnapshotAnswer> there = stills.get(wanted);
            waits = there != null && there.add(answer);
        } finally {
            lock.unlock();
        }
        if (first) {
            begin(edition, still);
        } else if (!waits) {
            Edition shown = shown(wanted.key(), wanted.sequence());
            if (shown == null) {
                answer.give(edition);
            } else {
                giveAndRelease(shown, answer);
            }
        }
    }

    /**
     * Under lock: the nearest of those being made of this frame, of the watched variants that show it, and of the frame
     * itself.
     */
    private VariantKey nearest(Still still, Edition edition) {
        List<VariantKey> there = new ArrayList<>();
        for (Still other : stills.keySet()) {
            if (other.sequence() == still.sequence()) {
                there.add(other.key());
            }
        }
        for (LiveVariant variant : places.row()) {
            if (variant.broadcast().sequence() == still.sequence()) {
                there.add(variant.key());
            }
        }
        return still.key().nearest(there, VariantKey.Size.of(edition.picture()));
    }

    /** Begins to make a variant for a snapshot; its task holds the original until the answers are given. */
    private void begin(Edition edition, Still still) {
        if (!edition.retain()) {
            throw new IllegalStateException("the picture is no longer held");
        }
        try {
            machinery.encoders().execute(() -> make(edition, still));
        } catch (RuntimeException | Error e) { // no thread can be started
            answer(still, edition, edition);
        }
    }

    private void make(Edition edition, Still still) {
        Edition result = edition;
        try (MeteredMaker maker = new MeteredMaker(machinery.variantMakers(), machinery.ticker())) {
            Jpeg original = edition.picture();
            Jpeg picture = maker.make(original, still.key().change(original));
            made.increment();
            result = feed.current().blocks().made(edition, picture, false);
            // errors as well: the snapshots that wait for this one would wait for ever
        } catch (IOException | RuntimeException | Error e) {
            LOG.log(Level.DEBUG, "feed=" + name + " could not make a snapshot: " + still, e);
        }
        answer(still, edition, result);
    }

    /**
     * Answers all snapshots that wait for this one.
     *
     * @param made the original itself if the variant could not be made; null if it found no memory
     */
    private void answer(Still still, Edition edition, @Nullable Edition made) {
        List<SnapshotAnswer> answers;
        lock.lock();
        try {
            answers = Objects.requireNonNull(stills.remove(still));
        } finally {
            lock.unlock();
        }
        machinery
                .wakers()
                .execute(
                        () -> { // on another thread, because code of other people runs when a snapshot is answered
                            try {
                                answers.forEach(answer -> answer(answer, made));
                            } finally {
                                edition.release();
                                if (made != null && !made.equals(edition)) {
                                    made.release();
                                }
                            }
                        });
    }

    private static void answer(SnapshotAnswer answer, @Nullable Edition made) {
        if (made == null) {
            answer.fail(new SnapshotMemory.FullException("there is no memory for the variant that is asked for"));
        } else {
            answer.give(made);
        }
    }
}
