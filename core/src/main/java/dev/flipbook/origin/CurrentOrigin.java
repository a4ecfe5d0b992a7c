package dev.flipbook.origin;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The origin that a feed has now: stands in front of it, so that it can be exchanged for another one and paused while
 * the feed and its viewers stay.
 *
 * <p><b>Exchange.</b> The former origin is closed at once. The next one, if it is a source, is held until the former
 * has ended, because both may be the same device, for {@link #END_TIMEOUT} at most. Meanwhile the state is
 * {@link State#STARTING}. When exchanges come quickly one after the other, the sources between were never opened.
 *
 * <p><b>Pause.</b> The origin is held, and the feed takes no picture from anybody.
 *
 * <p>In both cases all pictures so far are forgotten before the next one can come. That needs an order: no frame of an
 * origin that is held or closed is published, see {@link Attempt}, then the feed forgets, then the next origin begins.
 * The lock is held over all three. It is never taken on the path of a frame, nor to read the state.
 *
 * <p>Thread-safe.
 */
public final class CurrentOrigin implements Origin {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /**
     * Time after which the next source begins although the former one has not ended: five times as long as a source may
     * ignore its interrupt before it is closed from another thread.
     */
    private static final Duration END_TIMEOUT = Duration.ofSeconds(5);

    private final Inlet inlet;
    private final Consumer<Boolean> forget;
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();

    /** Origins that were exchanged and have not ended. Changed under the lock. */
    private final List<Former> ending = new CopyOnWriteArrayList<>();

    // Changed under the lock, read without it.
    private volatile Counted now;
    private volatile @Nullable Report pause;
    /** What is reported while the former origin is waited for; null when it is not. */
    private volatile @Nullable Report waiting;

    // Guarded by lock.
    private boolean closed;

    /**
     * An origin with what the former ones have given.
     *
     * @param captured pictures of all former origins
     * @param damaged pictures of all former origins that could not be shown
     */
    private record Counted(Origin origin, long captured, long damaged) {}

    /**
     * An origin that was exchanged.
     *
     * @param deadline time at which it is not waited for any more, as the ticker counts
     */
    private record Former(Origin origin, long deadline) {}

    /**
     * The first origin of a feed.
     *
     * @param forget drops all pictures of the feed, which takes no others if it is given true; runs under the lock
     */
    public CurrentOrigin(Inlet inlet, Function<Inlet, Origin> first, Consumer<Boolean> forget) {
        this.inlet = inlet;
        this.forget = forget;
        this.ticker = inlet.ticker();
        this.now = new Counted(first.apply(inlet), 0, 0);
    }

    // Exchange and pause.

    /**
     * Exchanges the origin for this one, which has not begun. Returns at once. Does nothing after {@link #close}. The
     * numbers of captured and damaged pictures go on from those of the former origin, as they are at this moment; what
     * was encoded is counted from zero.
     */
    public void exchange(Function<Inlet, Origin> maker) {
        Origin next = maker.apply(inlet); // outside the lock, because it asks the driver what it is
        lock.lock();
        try {
            if (closed) {
                return;
            }
            Origin former = now.origin();
            String why = "the feed '" + inlet.feed() + "' shows something else now";
            former.hold(why);
            former.close();
            next.hold(pause == null ? why : sentence(pause)); // until the pictures so far are forgotten, or longer
            Figures given = former.figures();
            now = new Counted(next, now.captured() + given.captured(), now.damaged() + given.damaged());
            ending.add(new Former(former, ticker.nanos() + END_TIMEOUT.toNanos()));
            waiting = new Report(
                    State.STARTING,
                    "waiting for " + given.description() + " to close",
                    ticker.now(),
                    0,
                    Optional.empty());
            forget.accept(pause != null);
            settle();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Holds the origin, and has the feed forget its pictures and take none until {@link #unpause}. Returns at once.
     *
     * @param reason in words for people; may be empty
     */
    public void pause(String reason) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            Report before = pause;
            Report next = new Report(
                    State.PAUSED, reason, before == null ? ticker.now() : before.since(), 0, Optional.empty());
            pause = next;
            now.origin().hold(sentence(next));
            forget.accept(true);
        } finally {
            lock.unlock();
        }
        LOG.log(Level.INFO, "feed=" + inlet.feed() + " state=PAUSED reason=\"" + reason + "\"");
    }

    private String sentence(Report paused) {
        return "the feed '" + inlet.feed() + "' is " + paused.sentence();
    }

    /** Ends a pause. Returns false when there was none. */
    public boolean unpause() {
        lock.lock();
        try {
            if (pause == null) {
                return false;
            }
            pause = null;
            forget.accept(false); // what was published during the pause and waits
            settle();
        } finally {
            lock.unlock();
        }
        LOG.log(Level.INFO, "feed=" + inlet.feed() + " goes on after its pause");
        return true;
    }

    /** The reason of the pause; empty while there is none. */
    public Optional<String> paused() {
        return Optional.ofNullable(pause).map(Report::reason);
    }

    /** Under lock: lets the origin begin if nothing prevents that any more. */
    private void settle() {
        ending.removeIf(former -> former.origin().ended());
        Origin origin = now.origin();
        boolean early = !origin.isPushed() && ending.stream().anyMatch(former -> isAwaited(former, origin));
        if (!early) {
            waiting = null;
        }
        if (!early && pause == null && !closed) {
            origin.release();
        }
    }

    private boolean isAwaited(Former former, Origin next) {
        return ticker.nanos() - former.deadline() < 0 || next.excludes(former.origin());
    }

    /** The origin for publishers; empty when other programs may not publish. */
    public Optional<PublisherOrigin> publishers() {
        return now.origin() instanceof PublisherOrigin open ? Optional.of(open) : Optional.empty();
    }

    // What the origin does.

    @Override
    public Report report() {
        Report paused = pause;
        Report awaiting = waiting;
        return paused != null
                ? paused
                : awaiting != null ? awaiting : now.origin().report();
    }

    @Override
    public Figures figures() {
        Counted counted = now;
        Figures own = counted.origin().figures();
        return new Figures(
                own.description(),
                own.encoding(),
                counted.captured() + own.captured(),
                counted.damaged() + own.damaged(),
                own.controls());
    }

    @Override
    public void publish(Frame frame) {
        now.origin().publish(frame);
    }

    @Override
    public Drafts drafts() {
        return now.origin().drafts();
    }

    @Override
    public boolean isPushed() {
        return now.origin().isPushed();
    }

    @Override
    public List<Control> control(Map<String, Integer> values) {
        return now.origin().control(values);
    }

    @Override
    public void wanted(boolean hurry) {
        now.origin().wanted(hurry);
    }

    @Override
    public void tick(boolean watched, long unwatchedNanos) {
        if (!ending.isEmpty() && lock.tryLock()) { // an exchange that is under way does the same
            try {
                ending.forEach(former -> former.origin().tick(false, Long.MAX_VALUE));
                settle();
            } finally {
                lock.unlock();
            }
        }
        now.origin().tick(watched, unwatchedNanos);
    }

    @Override
    public void resume() {
        now.origin().resume();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            pause = null;
            waiting = null;
            now.origin().close();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void awaitEnd(Duration patience) throws InterruptedException {
        long end = ticker.nanos() + patience.toNanos();
        for (Former former : ending) {
            former.origin().awaitEnd(Duration.ofNanos(end - ticker.nanos()));
        }
        now.origin().awaitEnd(Duration.ofNanos(end - ticker.nanos()));
    }

    @Override
    public boolean ended() {
        return now.origin().ended()
                && ending.stream().allMatch(former -> former.origin().ended());
    }
}
