package dev.flipbook.folder;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.Ticker;
import dev.flipbook.picture.PictureFrames;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A source that shows the pictures of a folder, as a {@link Slideshow} or as the {@link NewestPicture}. Any thread may
 * close it.
 *
 * <p>When there is nothing to show, the first {@link #next()} fails at once, and each later one waits for a picture
 * before it fails with the same reason. So viewers know what is wrong, and see the first picture as soon as it comes
 * and not only at the next try.
 */
final class FolderSource implements FrameSource {

    /** Maximum wait for a picture in nanoseconds; shorter than the time in which a source has to start. */
    private static final long PICTURE_TIMEOUT = Duration.ofSeconds(20).toNanos();

    /** Minimum interval between two looks for a picture, in nanoseconds. */
    private static final long CHECK_INTERVAL = Duration.ofMillis(250).toNanos();

    private final PictureFolder folder;
    private final PictureFrames stills;
    private final Supplier<PictureChoice> choices;
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private @Nullable PictureChoice choice;
    private @Nullable String told;

    private volatile Encoding encoding = Encoding.NONE;
    private volatile long damaged;
    private volatile @Nullable Thread reading;
    private volatile boolean closing;

    /**
     * A source that is not opened yet.
     *
     * @param choices gives a new choice for each opening
     */
    FolderSource(PictureFolder folder, PictureFrames stills, Supplier<PictureChoice> choices, Ticker ticker) {
        this.folder = folder;
        this.stills = stills;
        this.choices = choices;
        this.ticker = ticker;
    }

    @Override
    public Frame next() throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            reading = Thread.currentThread();
            Frame frame = read();
            told = null;
            return frame;
        } catch (InterruptedException e) {
            told = null; // nobody waits any more, and a later viewer has to get the reason again
            throw e;
        } finally {
            reading = null;
            damaged = folder.damaged();
            encoding = stills.encoding();
            lock.unlock();
            free();
        }
    }

    private Frame read() throws IOException, InterruptedException {
        PictureChoice current = choice == null ? choices.get() : choice;
        choice = current;
        long began = ticker.nanos();
        while (true) {
            if (closing) {
                throw new InterruptedException();
            }
            long now = ticker.nanos();
            try {
                return current.next();
            } catch (IOException e) {
                if (!Objects.equals(e.getMessage(), told) || now - began >= PICTURE_TIMEOUT) {
                    told = e.getMessage();
                    throw e;
                }
            }
            ticker.sleepUntil(now + Math.max(CHECK_INTERVAL, 4 * (ticker.nanos() - now)));
        }
    }

    @Override
    public void close() {
        closing = true;
        Thread waiting = reading;
        if (waiting != null) {
            waiting.interrupt();
        }
        free();
    }

    /**
     * Frees everything when the source has to be closed. The thread that has the lock does this, and looks again after
     * it has unlocked.
     */
    private void free() {
        while (closing && lock.tryLock()) {
            try {
                closing = false;
                PictureChoice current = choice;
                choice = null;
                if (current != null) {
                    current.close();
                }
                stills.close();
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public String description() {
        return folder.title();
    }

    @Override
    public Encoding encoding() {
        return encoding;
    }

    @Override
    public long damaged() {
        return damaged;
    }
}
