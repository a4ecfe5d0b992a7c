package dev.flipbook.variant;

import dev.flipbook.FeedStatus.VariantStatus;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Broadcast;
import dev.flipbook.delivery.Edition;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.delivery.VariantEdition;
import dev.flipbook.image.VariantMaker.Change;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.origin.SourceState;
import dev.flipbook.time.Allowance;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A variant of a feed that is watched. A variant behaves as a viewer toward its feed, and as a feed toward its own
 * viewers.
 *
 * <p>A variant follows the feed's editions under the feed's numbers: it takes the newest edition, makes its picture of
 * it once for all its viewers, stores the result in a {@link CurrentEdition} of its own, wakes its viewers, and looks
 * again. Of the editions that come while it works, only the newest is used. A slow machine therefore makes fewer
 * pictures of the variant, and never older ones.
 *
 * <p><b>States.</b> A variant is idle, and the next {@link #wake} lets it take the newest edition; or working; or ended.
 * As with a {@link FeedViewer}, the thread that moves it from idle to working, by one compare-and-set, owns its other
 * fields until it is idle again, and looks once more after that, because an edition that came in between woke nobody.
 *
 * <p><b>Threads.</b> {@code wake} may run on the thread that publishes, so it makes no picture there: when there is
 * work, ownership goes to a task of the makers' executor. That task makes one picture and queues again for the next
 * one, so that a feed with many variants does not keep the other feeds from the few threads. Editions without work, such
 * as a repeat, are passed on by the waking thread itself.
 *
 * <p><b>Failure.</b> When a picture cannot be made or finds no memory, viewers keep what they see. From the second
 * failure in a row on, and when they have seen nothing yet, they get the feed's own picture. The end of the feed always
 * reaches them.
 *
 * <p><b>Its viewers</b> are added and removed under the lock of {@link VariantPlaces}, one at a time.
 *
 * <p>Thread-safe.
 */
final class LiveVariant {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    private static final int IDLE = 0;
    private static final int WORKING = 1;
    private static final int ENDED = 2;

    /** Minimum time between two warnings about a failing variant. */
    private static final long LOG_INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

    private static final AtomicIntegerFieldUpdater<LiveVariant> STATE =
            AtomicIntegerFieldUpdater.newUpdater(LiveVariant.class, "state");

    private final String name;
    /** The feed that is followed. */
    private final Broadcast feed;
    /** What is made of the feed's pictures. */
    private final VariantKey key;

    private final VariantEdition current;
    private final Broadcast broadcast;
    private final VariantAudience audience;
    private final Runnable counter;
    private final Executor encoders;
    private final MeteredMaker maker;
    private final Ticker ticker;
    private volatile int state = IDLE;
    // the last viewer has left
    private volatile boolean gone;
    // when the next frame is due, if all viewers ask for fewer
    private volatile long due;
    private volatile long shownAt;
    private volatile boolean shownAny;
    /** Number of pictures that could not be made, for the status. */
    private volatile long failed;

    // Owned by the thread that made the state WORKING.

    // number of the last edition that was passed on
    private long done;
    private @Nullable Block madeOf; // not held, so that it may be compared but not read
    // pictures in a row that could not be made
    private int failures;
    private final Allowance warnings;

    /**
     * A variant without viewers.
     *
     * @param name of the feed, for the log
     * @param feed the feed that is followed
     * @param key what to make of the feed's pictures
     * @param counter counts each picture that is made
     */
    LiveVariant(String name, Broadcast feed, VariantKey key, Runnable counter, Machinery machinery) {
        this.name = name;
        this.feed = feed;
        this.key = key;
        this.counter = counter;
        this.encoders = machinery.encoders();
        this.maker = new MeteredMaker(machinery.variantMakers(), machinery.ticker());
        this.ticker = machinery.ticker();
        this.current = feed.current().forVariant();
        this.broadcast = feed.forVariant(current);
        this.audience = new VariantAudience(broadcast);
        this.due = ticker.nanos();
        this.warnings = new Allowance(1, LOG_INTERVAL_NANOS, due);
    }

    /** The key of this variant. */
    VariantKey key() {
        return key;
    }

    /** The slot with the newest picture of this variant. */
    VariantEdition current() {
        return current;
    }

    /** What the viewers of this variant are shown. */
    Broadcast broadcast() {
        return broadcast;
    }

    /** The viewers, which one thread at a time changes. */
    VariantAudience audience() {
        return audience;
    }

    // Following the feed.

    /**
     * Takes the feed's newest edition, if the variant is idle and has not had it. Never waits, and makes no picture on
     * this thread.
     */
    void wake() {
        if (state == IDLE && isDue() && STATE.compareAndSet(this, IDLE, WORKING)) {
            advance(false);
        }
    }

    /** A task of the makers, which owns the variant while it runs. */
    private void makeOne() {
        advance(true);
    }

    /** Does what is due: frames for viewers with an interval. Called a few times a second. */
    void tick() {
        wake();
        broadcast.wakePaced();
    }

    /** Whether this is the resting place of viewers that take nothing, which shows them only the feed's end. */
    boolean isRest() {
        return key.isOriginal();
    }

    /** Whether any of its viewers wants a frame now, by the rule of {@link FeedViewer}. */
    private boolean isDue() {
        if (isRest()) {
            return feed.isEnding();
        }
        long every = audience.interval();
        if (every == 0 || !shownAny || feed.isEnding()) {
            return true;
        }
        long now = ticker.nanos();
        return now - due >= -Math.min(every, feed.interval()) / 2 || now - shownAt >= every;
    }

    /**
     * Passes on editions until there is no newer one, or there is work that this thread may not do.
     *
     * @param mayMake whether this thread is one of the makers', and may make one picture
     */
    private void advance(boolean mayMake) {
        boolean may = mayMake;
        for (Edition edition = next(); edition != null; edition = next()) {
            try {
                if (!may && isWork(edition)) {
                    hand(); // to a maker's thread, which takes the edition that is newest by then
                    return;
                }
                show(edition);
            } finally {
                edition.release();
            }
            done = edition.number();
            setDue();
            broadcast.wake();
            may = false; // one picture only: other variants wait for this thread too
        }
    }

    /** Gives the ownership of the variant to a task of the makers. */
    private void hand() {
        try {
            encoders.execute(this::makeOne);
        } catch (RuntimeException | Error e) { // no thread can be started: the next edition or tick tries again
            LOG.log(Level.WARNING, "feed={0} variant={1} has no thread: {2}", name, key, SourceState.reason(e));
            state = IDLE;
            if (gone) {
                letGo();
            }
        }
    }

    /**
     * The newest edition that the variant has not had; null after it became idle because there is none. As in a
     * {@link FeedViewer}.
     */
    private @Nullable Edition next() {
        while (true) {
            long had = done; // read before the state is idle: after it another thread may own the field
            Edition edition = !gone && isDue() ? feed.takeNewer(had) : null;
            if (edition != null) {
                return edition;
            }
            state = IDLE;
            if (gone) {
                letGo();
                return null;
            }
            // An edition that came between the look and now found the variant working, and nobody else will wake it for
            // that.
            if (!feed.hasNewer(had) || !isDue() || !STATE.compareAndSet(this, IDLE, WORKING)) {
                return null;
            }
        }
    }

    /** Sets the time at which the next frame is due. */
    private void setDue() {
        long now = ticker.nanos();
        long every = audience.interval();
        long next = due + every - now;
        // a frame that is late moves the schedule: missed frames are not made up for
        due = next > 0 && next <= every ? due + every : now + every;
        shownAt = now;
        shownAny = true;
    }

    /** Whether a picture has to be made for this edition: not for a repeat, nor for one that stays as it is. */
    private boolean isWork(Edition edition) {
        Block block = edition.block();
        if (block == null || block.equals(madeOf)) {
            return false;
        }
        return !key.change(edition.picture()).isNone();
    }

    /** Shows the viewers what becomes of this edition: the edition itself, the last picture again, or a new picture. */
    private void show(Edition edition) {
        Block block = edition.block();
        if (block == null) {
            current.pass(edition);
            return;
        }
        if (block.equals(madeOf) && current.passAgain(edition)) {
            return;
        }
        madeOf = null;
        Jpeg picture = edition.picture();
        try {
            Change change = key.change(picture);
            if (change.isNone()) {
                current.pass(edition);
            } else {
                make(edition, block, picture, change);
            }
            // errors as well: this thread is the only one that will resume the variant
        } catch (IOException | RuntimeException | Error e) {
            failed(edition, e);
        }
    }

    /**
     * Makes the variant of a picture and shows it. A picture without memory is counted by the slot, and viewers keep
     * what they see.
     */
    private void make(Edition edition, Block block, Jpeg picture, Change change) throws IOException {
        Jpeg made = maker.make(picture, change);
        counter.run();
        failures = 0;
        if (current.pass(edition, made)) {
            madeOf = block;
        } else if (edition.last()) {
            current.pass(edition); // responses have to end, with memory for a picture or without
        }
    }

    /**
     * Notes a picture that could not be made. The first failure only skips a picture; from the second on viewers get
     * the feed's own picture. Viewers get that picture at once if they have seen nothing yet, or if it is the last.
     */
    private void failed(Edition edition, Throwable why) {
        long before = failed; // two steps on a volatile field are safe: no other thread writes it now
        failed = before + 1;
        if (++failures > 1 || current.peek() == null || edition.last()) {
            current.pass(edition);
        }
        if (warnings.take(ticker.nanos())) {
            LOG.log(Level.WARNING, "feed={0} variant={1} could not be made: {2}", name, key, SourceState.reason(why));
        }
    }

    // Its end.

    /**
     * Ends the variant, because its last viewer has left. The variant's memory goes back to the pool at once; the
     * memory of a picture that is being made goes back when the picture is complete.
     */
    void end() {
        gone = true;
        current.drop();
        letGo();
    }

    /** Closes the maker, unless a thread is working with it; then that thread does so. */
    private void letGo() {
        if (STATE.compareAndSet(this, IDLE, ENDED)) {
            maker.close();
        }
    }

    /** The figures of the variant at this moment. Any thread may ask. */
    VariantStatus status() {
        Edition shown = current.peek();
        return new VariantStatus(
                shown == null ? 0 : shown.width(),
                shown == null ? 0 : shown.height(),
                key.quality(),
                key.rotate(),
                broadcast.size(),
                maker.encoding(),
                failed);
    }
}
