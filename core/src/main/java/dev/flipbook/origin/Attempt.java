package dev.flipbook.origin;

import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.Ticker;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One opening of a source, and the thread that it runs on. Its fields and its methods from {@link #tick} on are guarded
 * by the lock of its runner; the methods that call the source must not have that lock.
 *
 * <p>A source that does not come out of {@code next()} is asked ever more firmly, see {@link #urge}.
 */
final class Attempt implements Runnable {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /**
     * Time after which a source that was asked to stop is interrupted; after twice this time it is closed from another
     * thread.
     */
    private static final Duration STOP_TIMEOUT = Duration.ofMillis(500);

    private final SourceRunner runner;
    private final FrameSource source;
    private final Inlet inlet;
    private final Ticker ticker;
    private final ThreadFactory threads;
    private final ReentrantLock lock;
    private final Thread thread;
    private final BooleanSupplier wanted = this::isWanted;

    // Guarded by lock.
    private final Pulse pulse;
    /** The source has been asked to stop; its frames are not wanted any more. Read without the lock, too. */
    private volatile boolean stopping;

    private long stopAsked;
    private boolean interrupted;
    // next() has returned or thrown for the last time: the thread is closing the source
    private boolean out;
    /** The thread that closes the source from outside; null while that was not necessary. */
    private @Nullable Thread closer;
    // why the attempt was stopped; null when nobody watches
    private @Nullable String complaint;

    /**
     * Makes the source thread, which the caller starts.
     *
     * @param lock of the runner
     */
    Attempt(SourceRunner runner, FrameSource source, Inlet inlet, ReentrantLock lock) {
        this.runner = runner;
        this.source = source;
        this.inlet = inlet;
        this.ticker = inlet.ticker();
        this.threads = inlet.machinery().threads();
        this.lock = lock;
        this.pulse = new Pulse(inlet.timeouts(), ticker.nanos());
        this.thread = threads.newThread(this);
        thread.setName("flipbook-source-" + inlet.feed());
    }

    Thread thread() {
        return thread;
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
                LOG.log(Level.DEBUG, "feed=" + inlet.feed(), e);
            }
        }
        comeOut(failure);
        runner.log();
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
                runner.health().failing(failure);
            }
        } finally {
            lock.unlock();
        }
        while (outside != null) {
            try {
                outside.join();
                outside = null;
            } catch (InterruptedException e) {
                LOG.log(Level.DEBUG, "feed={0} is interrupted while its source is closed", inlet.feed());
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
            LOG.log(Level.WARNING, "feed={0} close failed: {1}", inlet.feed(), SourceState.reason(e));
        }
    }

    /** Takes frames from the source until it throws or is asked to stop. */
    private void runOnce() throws IOException, InterruptedException {
        while (true) {
            Frame frame = next();
            runner.counts().frame(source);
            if (!arrived()) {
                return;
            }
            inlet.broadcast().publish(frame, wanted); // the attempt may have been asked to stop meanwhile
        }
    }

    /** Waits for the next frame. */
    private Frame next() throws IOException, InterruptedException {
        Frame frame;
        try {
            frame = source.next();
        } finally {
            runner.counts().damage(source);
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
            runner.health().frameCame(now);
        } finally {
            lock.unlock();
        }
        runner.log();
        return true;
    }

    private boolean isWanted() {
        return !stopping;
    }

    /** The source is closed: the runner decides between idle and another try. */
    private void ended(@Nullable String failure) {
        lock.lock();
        try {
            runner.ended(stopping ? complaint : failure);
        } finally {
            lock.unlock();
        }
        runner.log();
    }

    /** Stops the attempt when it is silent or idle, and goes on stopping one that has been asked. */
    void tick(boolean idle) {
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
    void stop(@Nullable String why) {
        if (!stopping) {
            stopping = true;
            stopAsked = ticker.nanos();
            complaint = why;
            runner.stopping(why);
        }
    }

    /** Interrupts next(); not close(), which runs after it. */
    void interrupt() {
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
            closer.setName("flipbook-close-" + inlet.feed());
            closer.start();
        }
    }

    /** Whether no frame of this attempt is wanted any more: a viewer that comes now needs another one. */
    boolean isEnding() {
        return stopping || out;
    }

    /** The process did not run for a while, up to now. */
    void resume(long now) {
        pulse.resume(now);
    }
}
