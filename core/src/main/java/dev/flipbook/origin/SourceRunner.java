package dev.flipbook.origin;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Supervises one source: opens it when it is wanted, closes it when it is idle, notices failure and silence, and tries
 * again.
 *
 * <p><b>Threads.</b> Each try is an {@link Attempt} with a thread of its own, the source thread, which calls
 * {@code next()}, publishes the frame, and closes the source at the end. Between two tries there is no thread. Viewers,
 * snapshots and the status call in from any thread. Time passes only by {@link #tick}, which the timekeeper of all
 * feeds calls a few times a second; nothing here sleeps.
 *
 * <p><b>States.</b> The states are what viewers and the status see, and change only under the lock:
 *
 * <pre>
 * IDLE      a viewer or snapshot comes     → STARTING
 * STARTING  the first frame                → LIVE
 * STARTING  a failure                      → OFFLINE
 * LIVE      the third failure in a row     → OFFLINE
 * LIVE      a failure and then silence     → OFFLINE
 * OFFLINE   a try gives a frame            → LIVE
 * any       an open source is silent       → STALLED, then OFFLINE when its thread has ended
 * any       nobody watches for long enough → IDLE
 * </pre>
 *
 * <p><b>Retries.</b> A source that fails is tried again after the wait of {@link Backoff}, or earlier when a viewer
 * comes or the source itself says that it is {@linkplain FrameSource#isBack() back}. What failures and silence mean is
 * decided by {@link SourceHealth}: one failure is not an outage.
 *
 * <p><b>A source that does not come out</b> of {@code next()} is asked ever more firmly: it is interrupted after half a
 * second, and closed from another thread after one second. A driver may ignore both. There are never two attempts at
 * once, because two calls of one driver at the same time may crash it: no new try begins until the old thread has
 * ended.
 *
 * <p><b>Locks.</b> The lock guards the state for a few assignments at a time. No code of a source runs under it, and
 * nothing is logged under it: {@link SourceState#log} is called after each change, without the lock.
 *
 * <p>Thread-safe.
 */
public final class SourceRunner implements Origin {

    private final FrameSource source;
    private final Inlet inlet;
    private final Ticker ticker;
    private final SourceFigures figures;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Backoff backoff;
    private final SourceState state;
    private final SourceHealth health;
    /** The attempt whose thread runs now; null between two tries. Read without the lock, too. */
    private volatile @Nullable Attempt attempt;

    // a viewer came while an attempt was ending: the next try is brought forward
    private boolean hurry;
    /** Set by close(): no attempt begins any more. */
    private boolean closed;
    /** Why no attempt begins for now; null when the source may be opened. */
    private @Nullable String held;

    /** An idle source, not opened yet. */
    public SourceRunner(Inlet inlet, FrameSource source, Backoff backoff) {
        this.inlet = inlet;
        this.source = source;
        this.ticker = inlet.ticker();
        this.backoff = backoff;
        this.figures = new SourceFigures(source);
        this.state = new SourceState(inlet.feed(), ticker);
        this.health = new SourceHealth(state, backoff, inlet);
    }

    /** Takes a frame of this program as well. What the program and the source publish is shown in the order it comes. */
    @Override
    public void publish(Frame frame) {
        inlet.drafts().publish(frame);
    }

    @Override
    public Drafts drafts() {
        return inlet.drafts();
    }

    @Override
    public boolean isPushed() {
        return false;
    }

    /** Opens the source, or retries it earlier, at most once a second: of snapshots a page may ask for many. */
    @Override
    public void wanted(boolean hurry) {
        change(() -> begin(hurry));
    }

    /** Under lock: begins a try, or brings it forward. */
    private void begin(boolean hurried) {
        if (barred()) {
            return;
        }
        if (attempt != null) {
            hurry |= hurried && attempt.isEnding();
            if (state.is(State.IDLE)) {
                state.become(State.STARTING, "waiting for " + description() + " to close");
            }
        } else if (state.is(State.IDLE)) {
            begin();
        } else if (hurried) {
            long now = ticker.nanos();
            backoff.hurry(now);
            if (backoff.isDue(now)) {
                begin();
            }
        }
    }

    @Override
    public void tick(boolean watched, long unwatchedNanos) {
        boolean back = isBack();
        change(() -> {
            if (back) {
                backoff.hurry(ticker.nanos());
            }
            boolean unwanted =
                    !watched && unwatchedNanos >= inlet.options().idleStop().toNanos();
            boolean idle = held != null || unwanted;
            Attempt current = attempt;
            health.tick();
            if (current != null) {
                current.tick(idle);
            } else if (idle && !state.is(State.IDLE)) {
                state.become(State.IDLE, whyIdle());
            } else if (!barred() && due(watched, idle)) {
                begin();
            }
        });
    }

    @Override
    public void resume() {
        change(() -> {
            long now = ticker.nanos();
            health.resume(now);
            if (attempt != null) {
                attempt.resume(now);
            }
        });
    }

    /**
     * Whether the failed source says that another try is worth it. The source is asked without the lock, because its
     * code is not ours.
     */
    private boolean isBack() {
        lock.lock();
        try {
            if (barred() || attempt != null || state.is(State.IDLE)) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        return figures.isBack(source);
    }

    /** Whether to begin a try: the back-off is over, or a viewer came while the last try was ending. */
    private boolean due(boolean watched, boolean idle) {
        return state.is(State.IDLE) ? watched : !idle && backoff.isDue(ticker.nanos());
    }

    /**
     * Ends the source for good and returns at once. The source thread is interrupted now. A source that has not come
     * out after one second of ticks is closed from another thread. {@link #awaitEnd} waits for it.
     */
    @Override
    public void close() {
        change(() -> {
            closed = true;
            stop();
        });
    }

    @Override
    public void hold(String why) {
        change(() -> {
            held = why;
            stop();
        });
    }

    @Override
    public void release() {
        change(() -> {
            held = null;
            if (state.is(State.IDLE)) {
                state.become(State.IDLE, whyIdle());
            }
        });
    }

    /** Does this under the lock, and then logs what has changed. */
    private void change(Runnable what) {
        lock.lock();
        try {
            what.run();
        } finally {
            lock.unlock();
        }
        state.log();
    }

    /** Under lock: asks the source to stop now. */
    private void stop() {
        if (attempt != null) {
            attempt.stop(null);
            attempt.interrupt();
        } else {
            state.become(State.IDLE, whyIdle());
        }
    }

    @Override
    public boolean excludes(Origin other) {
        return other instanceof SourceRunner runner && runner.source.equals(source);
    }

    /** Under lock: whether no attempt may begin. */
    private boolean barred() {
        return closed || held != null;
    }

    @Override
    public void awaitEnd(Duration patience) throws InterruptedException {
        Attempt last = attempt;
        if (last != null) {
            last.thread().join(Math.max(1, patience.toMillis()));
        }
    }

    @Override
    public boolean ended() {
        return attempt == null;
    }

    @Override
    public Report report() {
        lock.lock();
        try {
            return health.report(!state.is(State.IDLE) && attempt == null);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Figures figures() {
        return figures.all();
    }

    @Override
    public List<Control> control(Map<String, Integer> values) {
        return figures.controls().set(source, description(), values);
    }

    private String description() {
        return figures.description();
    }

    // For the attempt.

    /** Counts what the source gives. */
    SourceFigures counts() {
        return figures;
    }

    /** Writes what has changed to the log. Never called under the lock. */
    void log() {
        state.log();
    }

    // The rest runs under the lock; the attempt has it too when it calls.

    /** Begins a try on a new thread. */
    private void begin() {
        if (state.is(State.IDLE)) {
            backoff.forget();
            state.become(State.STARTING, "starting " + description());
        }
        Attempt next = new Attempt(this, source, inlet, lock);
        try {
            next.thread().start();
            attempt = next;
        } catch (OutOfMemoryError e) { // the JVM's way to say that the system grants no more threads
            health.failed("there is no thread for the source: " + SourceState.reason(e), hurry);
            hurry = false;
        }
    }

    /** What failures mean, for the attempt to tell of a frame or a failure. */
    SourceHealth health() {
        return health;
    }

    /**
     * The attempt has been asked to stop.
     *
     * @param why what viewers see as the reason; null when nobody watches
     */
    void stopping(@Nullable String why) {
        if (why != null) {
            state.become(State.STALLED, why);
        } else { // also while closing takes long: the picture that was shown last is stale
            state.become(State.IDLE, whyIdle());
        }
    }

    /**
     * The attempt has ended and its source is closed: decides between idle and another try.
     *
     * @param why the failure; null when nobody watches
     */
    void ended(@Nullable String why) {
        attempt = null;
        if (why != null) {
            health.failed(why, hurry);
        } else {
            state.become(State.IDLE, whyIdle());
        }
        hurry = false;
    }

    private String whyIdle() {
        return closed ? "the feed was closed" : held != null ? held : "nobody watches";
    }
}
