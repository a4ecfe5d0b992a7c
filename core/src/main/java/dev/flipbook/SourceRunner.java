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
 * Supervises one source: opens it when it is wanted, closes it when nobody has watched for a while, notices failure and
 * silence, and tries again.
 *
 * <p>One failure is not an outage. A source that has given frames stays live while it is opened anew, until it has failed
 * {@link Backoff#OUTAGE three times in a row} or been without a frame for as long as a source may be silent. A source that
 * fails before its first frame is offline at once.
 *
 * <p>Each try is an {@link Attempt} with a thread of its own, the source thread; between tries there is none. Never are there
 * two at once: a source that does not come out of {@code next()} is interrupted, then closed from outside, and until both
 * have ended no new try begins. Time passes only by {@link #tick}. Thread-safe.
 */
final class SourceRunner implements Origin {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /** A source that was asked to stop is interrupted after this, and closed from outside after twice this. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final String feed;
    private final FrameSource source;
    private final Consumer<Frame> frames;
    private final FeedOptions options;
    private final Ticker ticker;
    private final ThreadFactory threads;
    private final String description;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private final Backoff backoff;
    private final SourceState state;
    private @Nullable Attempt attempt;
    private Pulse life; // since it became live, through all its attempts
    private @Nullable String hiccup; // why it failed after its latest frame, although it still counts as live
    private boolean hurry;
    private boolean closed;

    private final AtomicLong captured = new AtomicLong();
    private volatile Encoding encoding = Encoding.NONE;
    private volatile long damaged;
    private volatile List<Control> controls = List.of();

    /** @param frames takes what the source delivers, on the source thread */
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
        this.description = source.description(); // once: it is the driver's code, which may wait for its own next()
        this.state = new SourceState(feed, ticker);
        this.life = new Pulse(options, ticker.nanos());
    }

    /**
     * Somebody wants a picture: the source is opened.
     *
     * @param hurry whether it is tried again at once when it had failed: worth it for a viewer who comes, once a second, and
     *     not for each of the snapshots that a page asks for
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

    /** Does what is due. A few times a second. */
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

    /** Whether the source that has failed says that it is worth another try. It is asked outside the lock: it is others' code. */
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

    /** Whether a try is to begin: the back-off is over, or a viewer came while the last try was ending. */
    private boolean due(boolean watched, boolean idle) {
        return state.is(State.IDLE) ? watched : !idle && backoff.isDue(ticker.nanos());
    }

    /**
     * Ends for good. The source is interrupted, and closed from outside when it has not come out after a second of ticks;
     * {@link #awaitEnd} waits for it.
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

    /** Waits until the source thread has ended, or for so long. */
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

    /** Whether the source thread has ended, or there was none. */
    @Override
    public boolean ended() {
        lock.lock();
        try {
            return attempt == null;
        } finally {
            lock.unlock();
        }
    }

    /** The parts of a feed's status that are the source's. */
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

    /** As the source said with its latest frame. It is asked on its own thread: it may wait for its own next(). */
    @Override
    public Encoding encoding() {
        return encoding;
    }

    /** As {@link #encoding()}. */
    @Override
    public long damaged() {
        return damaged;
    }

    /** As {@link #encoding()}. */
    @Override
    public List<Control> controls() {
        return controls;
    }

    /** How many frames the source gave, those included that nobody wanted any more. */
    @Override
    public long captured() {
        return captured.get();
    }

    // the rest: under lock

    private void begin() {
        if (state.is(State.IDLE)) {
            backoff.forget();
            state.become(State.STARTING, "starting " + description);
        }
        Attempt next = new Attempt();
        try {
            next.thread.start();
            attempt = next;
        } catch (OutOfMemoryError e) { // so the JVM says that the system grants no more threads
            failed("there is no thread for the source: " + SourceState.reason(e));
        }
    }

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

    /** Whether a source that has now failed so many times in a row still counts as live. */
    private boolean isHiccup(int failures, long now) {
        return state.is(State.LIVE) && failures < Backoff.OUTAGE && life.silence(now) == null;
    }

    /** A source that has failed and is opened anew is live no longer than one that is merely silent. */
    private void checkHiccup() {
        String why = hiccup;
        if (why != null && state.is(State.LIVE) && life.silence(ticker.nanos()) != null) {
            state.become(State.OFFLINE, why);
        }
    }

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

    /** One opening of the source and the thread it runs on. */
    private final class Attempt implements Runnable {

        private final Thread thread;

        // guarded by lock
        private final Pulse pulse = new Pulse(options, ticker.nanos());
        private boolean stopping;
        private long stopAsked;
        private boolean interrupted;
        private boolean out;
        private @Nullable Thread closer;
        private @Nullable String complaint;

        Attempt() {
            thread = threads.newThread(this);
            thread.setName("flipbook-source-" + feed);
        }

        @Override
        public void run() {
            String failure = null;
            try {
                runOnce();
            } catch (InterruptedException e) {
                failure = "the source was interrupted";
            } catch (Exception | Error e) { // an error too: nobody else would notice that this thread has ended
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
         * From here on the source is left in peace; a close from outside that has begun is waited for. Why it failed is told
         * now, as closing it may take its time.
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
            // The interrupt was for next(); close() is to do its work undisturbed.
            Thread.interrupted();
        }

        private void closeSource() {
            try {
                source.close();
            } catch (Exception | Error e) {
                LOG.log(Level.WARNING, "feed={0} close failed: {1}", feed, SourceState.reason(e));
            }
        }

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

        private Frame next() throws IOException, InterruptedException {
            Frame frame;
            try {
                frame = source.next();
            } finally {
                damaged = source.damaged(); // also where no whole frame comes any more
            }
            if (frame == null) {
                throw new IOException("the source's next() returned null instead of a frame");
            }
            return frame;
        }

        /** Whether the frame that has just come is still wanted. */
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

        private void stop(@Nullable String why) {
            if (!stopping) {
                stopping = true;
                stopAsked = ticker.nanos();
                complaint = why;
                if (why != null) {
                    state.become(State.STALLED, why);
                } else { // also while it takes its time to close: what it showed last is none of now
                    state.become(State.IDLE, whyIdle());
                }
            }
        }

        private void interrupt() {
            if (!out) {
                thread.interrupt();
            }
        }

        private void urge(long waited) {
            if (!interrupted && waited > PATIENCE.toNanos()) {
                interrupted = true;
                interrupt();
            } else if (!out && closer == null && waited > 2 * PATIENCE.toNanos()) {
                // A thread of its own: a close that hangs too is not to hold up those who wake viewers.
                closer = threads.newThread(this::closeSource);
                closer.setName("flipbook-close-" + feed);
                closer.start();
            }
        }
    }
}
