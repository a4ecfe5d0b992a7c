package dev.flipbook;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.VariantStatus;
import dev.flipbook.Newest.Turn;
import dev.flipbook.VariantMaker.Change;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.Jpeg;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A variant of a feed that is watched. It follows the feed's turns, under the feed's numbers, as a viewer does: it takes the
 * newest, makes its picture of it once for all its viewers, and looks again. So what comes meanwhile is passed over, but for
 * the newest.
 *
 * <p>Thread-safe. A variant is either idle, and the next {@link #wake} lets it take the newest turn, or working, or ended. Whoever moves it from idle to working
 * owns its other fields until it is idle again; that may be handed on to a task of the makers' executor.
 */
final class LiveVariant extends Shown {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    private static final int IDLE = 0;
    private static final int WORKING = 1;
    private static final int ENDED = 2;

    /** Larger pictures are passed on as they are, for the memory that they would take: 8K, a quarter of all that is taken. */
    private static final int MOST_PIXELS = 1 << 25;

    /** A picture that cannot be made is told of so often. */
    private static final long TELL_NANOS = Duration.ofMinutes(1).toNanos();

    private static final AtomicIntegerFieldUpdater<LiveVariant> STATE =
            AtomicIntegerFieldUpdater.newUpdater(LiveVariant.class, "state");

    private final Feed feed;
    private final Rung rung;
    private final Executor makers;
    private final Supplier<VariantMaker> kind;
    // for those who come and go, one at a time
    private final Map<Viewer, Long> intervals = new HashMap<>();
    private final Map<String, Integer> clients = new HashMap<>();
    private volatile int state = IDLE;
    private volatile boolean gone;
    private volatile long interval;
    private volatile long due;
    private volatile long shownAt;
    private volatile boolean shownAny;
    private volatile Encoding encoding = Encoding.NONE;
    private volatile long failed;

    // owned by whoever made the state WORKING
    private long done;
    private @Nullable Block madeOf; // is compared only, as it is not held
    private @Nullable VariantMaker maker;
    private int failures;
    private boolean told;
    private long toldAt;

    /**
     * @param makers runs what makes pictures
     * @param kind makes a maker, when the first picture is to be made
     */
    LiveVariant(
            Feed feed,
            Rung rung,
            BlockPool pool,
            Ticker ticker,
            Executor executor,
            Executor makers,
            Supplier<VariantMaker> kind) {
        super(
                new Newest(feed.boundary(), ticker, pool),
                new Viewers(Runtime.getRuntime().availableProcessors(), executor),
                ticker);
        this.feed = feed;
        this.rung = rung;
        this.makers = makers;
        this.kind = kind;
        this.due = ticker.nanos();
    }

    Rung rung() {
        return rung;
    }

    // its viewers; whoever calls these sees to it that only one does at a time

    @Override
    void add(Viewer viewer) {
        viewers.add(viewer);
        intervals.put(viewer, viewer.interval());
        clients.merge(viewer.wish().client(), 1, Integer::sum);
        interval = viewers.size() == 1 ? viewer.interval() : Math.min(interval, viewer.interval());
    }

    @Override
    boolean remove(Viewer viewer) {
        Long own = intervals.remove(viewer);
        if (own == null) {
            return false;
        }
        clients.computeIfPresent(viewer.wish().client(), (name, count) -> count == 1 ? null : count - 1);
        if (own == interval) { // the others may want fewer
            interval = least(own);
        }
        return viewers.remove(viewer);
    }

    /** Whether this client watches it. */
    boolean isWatchedBy(String client) {
        return clients.containsKey(client);
    }

    /** The viewers of this client; all when it is empty. */
    Stream<Viewer> viewersOf(Optional<String> client) {
        return intervals.keySet().stream()
                .filter(viewer -> client.isEmpty() || viewer.wish().client().equals(client.get()));
    }

    private long least(long possible) {
        long least = Long.MAX_VALUE;
        for (long one : intervals.values()) {
            if (one == possible) { // nearly always the first, as nearly all want every frame
                return one;
            }
            least = Math.min(least, one);
        }
        return least;
    }

    @Override
    void delivered(int bytes) {
        feed.delivered(bytes);
    }

    @Override
    void leave(Viewer viewer) {
        feed.leave(viewer);
    }

    // following the feed

    /** Takes the feed's newest turn if it is idle and has not had it. Never waits, and makes no picture on this thread. */
    void wake() {
        if (state == IDLE && isDue() && STATE.compareAndSet(this, IDLE, WORKING)) {
            advance(false);
        }
    }

    private void makeOne() {
        advance(true);
    }

    /** Does what is due; called a few times a second. */
    void tick() {
        wake();
        wakeThinned();
    }

    /** Whether it is none: the original, where viewers rest that take nothing. */
    boolean isRest() {
        return rung.isOriginal();
    }

    /** Whether any of its viewers wants a frame now; as for one of them, see {@link Viewer}. */
    private boolean isDue() {
        if (isRest()) {
            return feed.isEnding();
        }
        long every = interval;
        if (every == 0 || !shownAny || feed.isEnding()) {
            return true;
        }
        long now = ticker.nanos();
        return now - due >= -Math.min(every, feed.interval()) / 2 || now - shownAt >= every;
    }

    /** @param mayMake whether this thread may make one picture: it is one of those that are there for it */
    private void advance(boolean mayMake) {
        boolean may = mayMake;
        for (Turn turn = next(); turn != null; turn = next()) {
            try {
                if (!may && isWork(turn)) {
                    hand(); // to a thread that takes the newest then
                    return;
                }
                show(turn);
            } finally {
                turn.release();
            }
            done = turn.number();
            shown();
            viewers.wake();
            may = false; // others wait for this thread too
        }
    }

    private void hand() {
        try {
            makers.execute(this::makeOne);
        } catch (RuntimeException | Error e) { // no thread is to be had: the next turn, or the tick, tries again
            LOG.log(Level.WARNING, "feed={0} variant={1} has no thread: {2}", feed.name(), rung, SourceState.reason(e));
            state = IDLE;
            if (gone) {
                letGo();
            }
        }
    }

    /** The newest turn, or nothing after the variant became idle as it has had that one; as a viewer does. */
    private @Nullable Turn next() {
        while (true) {
            long had = done; // once idle it is somebody else's
            Turn turn = !gone && isDue() ? feed.takeNewer(had) : null;
            if (turn != null) {
                return turn;
            }
            state = IDLE;
            if (gone) {
                letGo();
                return null;
            }
            // What came between the look and now found us working: nobody else will wake us for it.
            if (!feed.hasNewer(had) || !isDue() || !STATE.compareAndSet(this, IDLE, WORKING)) {
                return null;
            }
        }
    }

    private void shown() {
        long now = ticker.nanos();
        long every = interval;
        long next = due + every - now;
        due = next > 0 && next <= every ? due + every : now + every; // nothing is made up for
        shownAt = now;
        shownAny = true;
    }

    private boolean isWork(Turn turn) {
        Block block = turn.block();
        if (block == null || block.equals(madeOf)) {
            return false;
        }
        return !rung.change(Turn.picture(block, turn.width(), turn.height())).isNone();
    }

    private void show(Turn turn) {
        Block block = turn.block();
        if (block == null) {
            newest.pass(turn);
            return;
        }
        if (block.equals(madeOf) && newest.passAgain(turn)) {
            return;
        }
        madeOf = null;
        Jpeg picture = Turn.picture(block, turn.width(), turn.height());
        try {
            Change change = rung.change(picture);
            if (change.isNone()) {
                newest.pass(turn);
            } else {
                make(turn, block, picture, change);
            }
        } catch (IOException | RuntimeException | Error e) { // an error too: nobody else would go on with this variant
            failed(turn, e);
        }
    }

    private void make(Turn turn, Block block, Jpeg picture, Change change) throws IOException {
        VariantMaker with = maker;
        if (with == null) {
            with = kind.get();
            maker = with;
            encoding = encoding.by(with.name());
        }
        long begun = ticker.nanos();
        Jpeg made = make(with, picture, change);
        encoding = encoding.plus(ticker.nanos() - begun);
        feed.madeForVariant();
        failures = 0;
        if (newest.pass(turn, made)) {
            madeOf = block;
        } else if (turn.last()) {
            newest.pass(turn); // responses have to end, with memory or without
        }
    }

    /** Makes it, unless it is too large for that. */
    static Jpeg make(VariantMaker maker, Jpeg picture, Change change) throws IOException {
        if ((long) picture.width() * picture.height() > MOST_PIXELS) {
            throw new IOException("the picture is " + picture.width() + "x" + picture.height()
                    + " pixels; variants are made of at most " + MOST_PIXELS + " in all");
        }
        return maker.make(picture, change);
    }

    /** One picture is passed over; if it is not the only one, viewers get the feed's own instead of none. */
    private void failed(Turn turn, Throwable why) {
        long before = failed; // which nobody else changes meanwhile
        failed = before + 1;
        if (++failures > 1 || newest.peek() == null || turn.last()) {
            newest.pass(turn);
        }
        long now = ticker.nanos();
        if (!told || now - toldAt > TELL_NANOS) {
            told = true;
            toldAt = now;
            LOG.log(
                    Level.WARNING,
                    "feed={0} variant={1} could not be made: {2}",
                    feed.name(),
                    rung,
                    SourceState.reason(why));
        }
    }

    // its end

    /** The last viewer has left: all memory goes back, that of a picture under way as soon as it is made. */
    void end() {
        gone = true;
        newest.drop();
        letGo();
    }

    private void letGo() {
        if (STATE.compareAndSet(this, IDLE, ENDED) && maker != null) {
            maker.close();
            maker = null;
        }
    }

    VariantStatus status() {
        Turn shown = newest.peek();
        return new VariantStatus(
                shown == null ? 0 : shown.width(),
                shown == null ? 0 : shown.height(),
                rung.quality(),
                rung.rotate(),
                viewers.size(),
                encoding,
                failed);
    }
}
