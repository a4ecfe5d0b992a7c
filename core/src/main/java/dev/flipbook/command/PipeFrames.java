package dev.flipbook.command;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.picture.PictureStream;
import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Frames out of a pipe, read by a thread of its own: a read of a pipe cannot be interrupted, and waiting for this
 * thread can.
 *
 * <p>One frame is under way at a time, and the thread reads on when it is asked for the next one; so the pipe holds
 * back who writes into it. While the frames {@link #rest} it reads on by itself and throws away what it reads.
 * Thread-safe, but for {@link #next}, which is for one thread at a time.
 */
final class PipeFrames {

    /** What became of the frames of all openings of a source up to now. */
    record Counts(Encoding encoding, long damaged) {

        static final Counts NONE = new Counts(Encoding.NONE, 0);

        Counts plus(Encoding more, long moreDamaged) {
            long frames = encoding.frames() + more.frames();
            return new Counts(
                    more.frames() == 0 ? encoding : new Encoding(more.encoder(), frames, more.nanos()),
                    damaged + moreDamaged);
        }
    }

    private final PictureStream pictures;
    private final Counts before;
    private final Thread reader;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // guarded by lock
    private boolean wanted = true;
    private @Nullable Frame frame;
    private boolean taken;
    private @Nullable Throwable failure;

    private volatile Counts counts;

    /**
     * Begins to read.
     *
     * @param pictures closed by the thread when it ends
     * @param before what earlier openings of the source have counted
     * @param name of the thread
     */
    PipeFrames(PictureStream pictures, Counts before, String name) {
        this.pictures = pictures;
        this.before = before;
        this.counts = before;
        this.reader = new Thread(this::read, name);
        reader.setDaemon(true); // where a stranger holds the pipe open it cannot be ended
        reader.start();
    }

    /**
     * Waits for the next frame; its bytes are good until the next call.
     *
     * @throws IOException as {@link PictureStream#next}, from then on for ever
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

    /** The frame is done with: the thread reads on. */
    private void release() {
        frame = null;
        taken = false;
        changed.signalAll();
    }

    /** Nobody wants frames for now: what comes is thrown away. */
    void rest() {
        lock.lock();
        try {
            wanted = false;
            release();
        } finally {
            lock.unlock();
        }
    }

    /** Ends for this reason, if it has not ended before. The thread ends when its read comes back. */
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

    /** Whether no frame will come any more. */
    boolean ended() {
        lock.lock();
        try {
            return failure != null;
        } finally {
            lock.unlock();
        }
    }

    /** Waits so long for the thread to end. */
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
        } catch (IOException | RuntimeException | Error e) { // an error too: nobody else would notice the thread's end
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

    /** Waits until the frame is done with; false when it was the last. */
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
