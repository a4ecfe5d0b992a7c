package dev.flipbook;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
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
 * comes or the source itself says that it is {@linkplain FrameSource#isBack() back}.
 *
 * <p><b>One failure is not an outage.</b> A source that has given frames stays live while it is opened again, until it
 * has failed {@link Backoff#OUTAGE three times in a row} or given no frame for as long as a source may be silent
 * ({@link Pulse}). Viewers see no placeholder meanwhile, and the status has the reason. A source that fails before its
 * first frame is offline at once.
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
final class SourceRunner implements Origin {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /**
     * Time after which a source that was asked to stop is interrupted; after twice this time it is closed from another
     * thread.
     */
    private static final Duration STOP_TIMEOUT = Duration.ofMillis(500);

    private final String feed;
    private final FrameSource source;
    private final Consumer<Frame> frames;
    private final FeedOptions options;
    private final Ticker ticker;
    private final ThreadFactory threads;
    /** What the source is, in its own words; asked once. */
    private final String description;

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final Backoff backoff;
    private final SourceState state;
    /** The attempt whose thread runs now; null between two tries. */
    private @Nullable Attempt attempt;

    private Pulse life; // since the source became live, through all its attempts
    private @Nullable String hiccup; // why it failed after its latest frame, while it still counts as live
    // a viewer came while an attempt was ending: the next try is brought forward
    private boolean hurry;
    /** Set by close(): no attempt begins any more. */
    private boolean closed;

    // What the source said of itself with its latest frame. The source was asked on its own thread; any thread reads.
    private final AtomicLong captured = new AtomicLong();
    private volatile Encoding encoding = Encoding.NONE;
    private volatile long damaged;
    private volatile List<Control> controls = List.of();

    /**
     * An idle source, not opened yet.
     *
     * @param frames takes what the source delivers, on the source thread
     */
    SourceRunner(
            String feed,
            FrameSource source,
            Consumer<Frame> frames,
            FeedOptions options,
            Ticker ticker,
            Backoff backoff,
            ThreadFactory threads) {
        this.feed = feed;
        this.source = source;
        this.frames = frames;
        this.options = options;
        this.ticker = ticker;
        this.backoff = backoff;
        this.threads = threads;
        // asked only once: it is the driver's code, which may wait for its own next()
        this.description = source.description();
        this.state = new SourceState(feed, ticker);
        this.life = new Pulse(options, ticker.nanos());
    }

    /**
     * A viewer or snapshot wants pictures: the source is opened if it is not.
     *
     * @param hurry whether to retry a failed source at once instead of after its back-off, at most once a second. True
     *     for a viewer; false for a snapshot, of which a page may ask for many
     */
    @Override
    public void wanted(boolean hurry) {
        lock.lock();
        try {
            if (attempt != null) {
                this.hurry |= hurry && (attempt.stopping || attempt.out);
                if (state.is(State.IDLE) && !closed) {
                    state.become(State.STARTING, "waiting for " + description + " to close");
                }
            } else if (!closed && state.is(State.IDLE)) {
                begin();
            } else if (!closed && hurry) {
                long now = ticker.nanos();
                backoff.hurry(now);
                if (backoff.isDue(now)) {
                    begin();
                }
            }
        } finally {
            lock.unlock();
        }
        state.log();
    }

    /**
     * Does what is due: opens, retries, stops, interrupts. Called a few times a second.
     *
     * @param watched whether there is a viewer or a waiting snapshot now
     * @param unwatchedNanos time since the last viewer or snapshot
     */
    @Override
    public void tick(boolean watched, long unwatchedNanos) {
        boolean back = isBack();
        lock.lock();
        try {
            if (back) {
                backoff.hurry(ticker.nanos());
            }
            boolean idle = !watched && unwatchedNanos >= options.idleStop().toNanos();
            Attempt current = attempt;
            checkHiccup();
            if (current != null) {
                current.tick(idle);
            } else if (idle && !state.is(State.IDLE)) {
                state.become(State.IDLE, "nobody watches");
            } else if (!closed && due(watched, idle)) {
                begin();
            }
        } finally {
            lock.unlock();
        }
        state.log();
    }

    @Override
    public void resume() {
        lock.lock();
        try {
            long now = ticker.nanos();
            life.resume(now);
            if (attempt != null) {
                attempt.pulse.resume(now);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether the failed source says that another try is worth it. The source is asked without the lock, because its
     * code is not ours.
     */
    private boolean isBack() {
        lock.lock();
        try {
            if (closed || attempt != null || state.is(State.IDLE)) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        try {
            return source.isBack();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "feed=" + feed, e);
            return false;
        }
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
        lock.lock();
        try {
            closed = true;
            if (attempt != null) {
                attempt.stop(null);
                attempt.interrupt();
            }
        } finally {
            lock.unlock();
        }
        state.log();
    }

    /** Waits until the source thread has ended, at most for this time. */
    @Override
    public void awaitEnd(Duration patience) throws InterruptedException {
        Thread last;
        lock.lock();
        try {
            last = attempt == null ? null : attempt.thread;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.join(Math.max(1, patience.toMillis()));
        }
    }

    /** Whether no source thread is running. */
    @Override
    public boolean ended() {
        lock.lock();
        try {
            return attempt == null;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The part of a feed's status that is about its source.
     *
     * @param reason why it is in this state, in words for users; while it is live, why it failed last, or empty
     * @param since when the state began
     * @param failures tries that failed in a row
     * @param nextTry when a failed source is tried again; empty while it is open or idle
     */
    record Report(State state, String reason, Instant since, int failures, Optional<Instant> nextTry) {}

    @Override
    public Report report() {
        lock.lock();
        try {
            boolean waiting = !state.is(State.IDLE) && attempt == null;
            return new Report(
                    state.state(),
                    hiccup != null && state.is(State.LIVE) ? hiccup : state.reason(),
                    state.since(),
                    backoff.failures(),
                    waiting ? Optional.of(ticker.now().plusNanos(backoff.next() - ticker.nanos())) : Optional.empty());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String description() {
        return description;
    }

    /**
     * What the source has encoded, as it said with its latest frame. The source is asked on its own thread only,
     * because it may wait for its own next().
     */
    @Override
    public Encoding encoding() {
        return encoding;
    }

    /** Frames that could not be shown, as the source said with its latest frame. */
    @Override
    public long damaged() {
        return damaged;
    }

    /** The camera's controls, as the source said with its latest frame. */
    @Override
    public List<Control> controls() {
        return controls;
    }

    /** Number of frames that the source gave, including those that came after it was asked to stop. */
    @Override
    public long captured() {
        return captured.get();
    }

    // The rest runs under the lock.

    /** Begins a try on a new thread. */
    private void begin() {
        if (state.is(State.IDLE)) {
            backoff.forget();
            state.become(State.STARTING, "starting " + description);
        }
        Attempt next = new Attempt();
        try {
            next.thread.start();
            attempt = next;
        } catch (OutOfMemoryError e) { // the JVM's way to say that the system grants no more threads
            failed("there is no thread for the source: " + SourceState.reason(e));
        }
    }

    /** Notes a failed try and sets the time of the next one. */
    private void failed(String why) {
        long now = ticker.nanos();
        Duration wait = backoff.failed(now);
        if (hurry) {
            backoff.hurry(now);
        }
        hurry = false;
        if (isHiccup(backoff.failures(), now)) {
            hiccup = why;
            state.bear(why, backoff.failures(), wait);
        } else {
            state.fail(why, backoff.failures(), wait);
        }
    }

    /** Whether a source with this number of failures in a row still counts as live. */
    private boolean isHiccup(int failures, long now) {
        return state.is(State.LIVE) && failures < Backoff.OUTAGE && life.silence(now) == null;
    }

    /**
     * Ends the grace of a source that failed and was opened again: it stays live no longer than a source that is merely
     * silent.
     */
    private void checkHiccup() {
        String why = hiccup;
        if (why != null && state.is(State.LIVE) && life.silence(ticker.nanos()) != null) {
            state.become(State.OFFLINE, why);
        }
    }

    /** The source is live; its failures are forgotten. */
    private void frameCame(long now) {
        if (!state.is(State.LIVE)) {
            life = new Pulse(options, now);
        }
        life.beat(now);
        hiccup = null;
        backoff.forget();
        state.become(State.LIVE, "");
    }

    private String whyIdle() {
        return closed ? "the feed was closed" : "nobody watches";
    }

    /**
     * One opening of the source, and the thread that it runs on. Its fields and its methods from {@link #tick} on need
     * the lock of the runner; the methods that call the source must not have it.
     */
    private final class Attempt implements Runnable {

        private final Thread thread;

        // Guarded by lock.
        private final Pulse pulse = new Pulse(options, ticker.nanos());
        /** The source has been asked to stop; its frames are not wanted any more. */
        private boolean stopping;

        private long stopAsked;
        private boolean interrupted;
        // next() has returned or thrown for the last time: the thread is closing the source
        private boolean out;
        /** The thread that closes the source from outside; null while that was not necessary. */
        private @Nullable Thread closer;
        // why the attempt was stopped; null when nobody watches
        private @Nullable String complaint;

        /** Makes the source thread, which the caller starts. */
        Attempt() {
            thread = threads.newThread(this);
            thread.setName("flipbook-source-" + feed);
        }

        /**
         * The source thread: takes frames until the source fails or is asked to stop, reports a failure, closes the
         * source, and leaves the decision about the next try to the runner.
         */
        @Override
        public void run() {
            String failure = null;
            try {
                runOnce();
            } catch (InterruptedException e) {
                failure = "the source was interrupted";
            } catch (Exception | Error e) { // errors as well: this thread is the only one that would report them
                failure = SourceState.reason(e);
                if (!(e instanceof IOException)) {
                    LOG.log(Level.DEBUG, "feed=" + feed, e);
                }
            }
            comeOut(failure);
            state.log();
            closeSource();
            ended(failure);
        }

        /**
         * The source has come out of next(). The source is not interrupted from here on, and a close from outside that
         * has begun is waited for. The failure is reported now, before the source is closed, because closing may take
         * long.
         */
        private void comeOut(@Nullable String failure) {
            @Nullable Thread outside;
            lock.lock();
            try {
                out = true;
                outside = closer;
                if (failure != null && !stopping) {
                    if (isHiccup(backoff.failures() + 1, ticker.nanos())) {
                        hiccup = failure;
                    } else {
                        state.become(State.OFFLINE, failure);
                    }
                }
            } finally {
                lock.unlock();
            }
            while (outside != null) {
                try {
                    outside.join();
                    outside = null;
                } catch (InterruptedException e) {
                    LOG.log(Level.DEBUG, "feed={0} is interrupted while its source is closed", feed);
                }
            }
            // The interrupt was meant for next(); close() runs without it.
            Thread.interrupted();
        }

        /** Closes the source. A failure is only logged, because the source is given up anyway. */
        private void closeSource() {
            try {
                source.close();
            } catch (Exception | Error e) {
                LOG.log(Level.WARNING, "feed={0} close failed: {1}", feed, SourceState.reason(e));
            }
        }

        /** Takes frames from the source until it throws or is asked to stop. */
        private void runOnce() throws IOException, InterruptedException {
            while (true) {
                Frame frame = next();
                captured.incrementAndGet();
                encoding = source.encoding();
                controls = source.controls();
                if (!arrived()) {
                    return;
                }
                frames.accept(frame);
            }
        }

        /** Waits for the next frame. */
        private Frame next() throws IOException, InterruptedException {
            Frame frame;
            try {
                frame = source.next();
            } finally {
                damaged = source.damaged(); // also when it threw: a source of damaged pictures has no frame to return
            }
            if (frame == null) {
                throw new IOException("the source's next() returned null instead of a frame");
            }
            return frame;
        }

        /** Counts a frame; false when the attempt has been asked to stop and the frame is not wanted. */
        private boolean arrived() {
            lock.lock();
            try {
                if (stopping) {
                    return false;
                }
                long now = ticker.nanos();
                pulse.beat(now);
                frameCame(now);
            } finally {
                lock.unlock();
            }
            state.log();
            return true;
        }

        /** The source is closed: decides between idle and another try. */
        private void ended(@Nullable String failure) {
            lock.lock();
            try {
                attempt = null;
                String why = stopping ? complaint : failure;
                if (why != null) {
                    failed(why);
                } else {
                    state.become(State.IDLE, whyIdle());
                }
                hurry = false;
            } finally {
                lock.unlock();
            }
            state.log();
        }

        /** Stops the attempt when it is silent or idle, and goes on stopping one that has been asked. */
        private void tick(boolean idle) {
            long now = ticker.nanos();
            String silence = pulse.silence(now);
            if (stopping) {
                urge(now - stopAsked);
            } else if (idle) {
                stop(null);
            } else if (silence != null && !out) {
                stop(silence);
            }
        }

        /**
         * Asks the source to stop.
         *
         * @param why what viewers see as the reason; null when nobody watches
         */
        private void stop(@Nullable String why) {
            if (!stopping) {
                stopping = true;
                stopAsked = ticker.nanos();
                complaint = why;
                if (why != null) {
                    state.become(State.STALLED, why);
                } else { // also while closing takes long: the picture that was shown last is stale
                    state.become(State.IDLE, whyIdle());
                }
            }
        }

        /** Interrupts next(); not close(), which runs after it. */
        private void interrupt() {
            if (!out) {
                thread.interrupt();
            }
        }

        /** Interrupts a source that does not stop, and then closes it from another thread. */
        private void urge(long waited) {
            if (!interrupted && waited > STOP_TIMEOUT.toNanos()) {
                interrupted = true;
                interrupt();
            } else if (!out && closer == null && waited > 2 * STOP_TIMEOUT.toNanos()) {
                // On a thread of its own: a close that hangs must not stop the timekeeper of all feeds.
                closer = threads.newThread(this::closeSource);
                closer.setName("flipbook-close-" + feed);
                closer.start();
            }
        }
    }
}
