package dev.flipbook.command;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.picture.PictureStream;
import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Takes frames out of a pipe on a thread of its own, because a read of a pipe cannot be interrupted and waiting for
 * this thread can.
 *
 * <p>Only one frame is handed out at a time: the thread reads on when the next one is requested. So a full pipe slows
 * down the program that writes into it. After {@link #rest} the thread reads on by itself and throws away what it
 * reads. Thread-safe, except {@link #next}, which one thread at a time may call.
 */
final class PipeFrames {

    /** The figures of all openings of a source so far. */
    record Counts(Encoding encoding, long damaged) {

        static final Counts NONE = new Counts(Encoding.NONE, 0);

        Counts plus(Encoding more, long moreDamaged) {
            return new Counts(encoding.then(more), damaged + moreDamaged);
        }
    }

    private final PictureStream pictures;
    private final Counts before;
    private final Thread reader;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private boolean wanted = true;
    private @Nullable Frame frame;
    private boolean taken;
    private @Nullable Throwable failure;

    private volatile Counts counts;

    /**
     * Begins to read.
     *
     * @param pictures closed by the thread when it ends
     * @param before figures of earlier openings of the source
     * @param name of the thread
     */
    PipeFrames(PictureStream pictures, Counts before, String name) {
        this.pictures = pictures;
        this.before = before;
        this.counts = before;
        this.reader = new Thread(this::read, name);
        reader.setDaemon(true); // it cannot be ended while another process holds the pipe open
        reader.start();
    }

    /**
     * Waits for the next frame. Its bytes are valid until the next call.
     *
     * @throws IOException as {@link PictureStream#next}; every later call throws the same
     * @throws InterruptedException when the thread was interrupted
     */
    Frame next() throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            wanted = true;
            if (taken) {
                release();
            }
            while (frame == null && failure == null) {
                changed.await();
            }
            if (frame != null) {
                taken = true;
                return frame;
            }
            if (failure instanceof IOException known) {
                throw known;
            }
            throw new IOException("the pictures cannot be read: " + failure, failure);
        } finally {
            lock.unlock();
        }
    }

    /** Under lock: notes that the frame is not used any more, so that the thread reads on. */
    private void release() {
        frame = null;
        taken = false;
        changed.signalAll();
    }

    /** Stops handing out frames. What comes is thrown away until {@link #next} is called again. */
    void rest() {
        lock.lock();
        try {
            wanted = false;
            release();
        } finally {
            lock.unlock();
        }
    }

    /** Ends for this reason, if it has not ended before. The thread ends when its read returns. */
    void end(Throwable why) {
        lock.lock();
        try {
            if (failure == null) {
                failure = why;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether no more frames will come. */
    boolean ended() {
        lock.lock();
        try {
            return failure != null;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the thread to end, at most for this time. */
    void join(long millis) throws InterruptedException {
        reader.join(Math.max(1, millis));
    }

    Counts counts() {
        return counts;
    }

    private void read() {
        try (pictures) {
            boolean more = true;
            while (more) {
                pictures.await();
                more = isWanted() ? hand(pictures.next()) : skip();
            }
            // errors as well: this thread is the only one that would report them
        } catch (IOException | RuntimeException | Error e) {
            count();
            end(e);
        }
    }

    private void count() {
        counts = before.plus(pictures.encoding(), pictures.damaged());
    }

    private boolean skip() throws IOException {
        pictures.skip();
        return !ended();
    }

    private boolean isWanted() {
        lock.lock();
        try {
            return wanted;
        } finally {
            lock.unlock();
        }
    }

    /** Hands out a frame and waits until the frame is not used any more. Returns false if it was the last frame. */
    private boolean hand(Frame next) {
        count();
        lock.lock();
        try {
            if (wanted && failure == null) {
                frame = next;
                changed.signalAll();
            }
            while (frame != null && failure == null) {
                changed.awaitUninterruptibly();
            }
            return failure == null;
        } finally {
            lock.unlock();
        }
    }
}
