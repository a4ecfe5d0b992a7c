package dev.flipbook.testing;

import dev.flipbook.Frame;
import dev.flipbook.FrameSink;
import dev.flipbook.feed.Feed;
import dev.flipbook.mjpeg.Framing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A viewer for tests that keeps every picture it sees.
 *
 * {@snippet :
 * try (TestViewer viewer = TestViewer.of(feed)) {
 *     detector.step();
 *     Frame seen = viewer.next(Duration.ofSeconds(5));
 * }}
 *
 * <p>The viewer takes each picture at once, like one on a fast link. After {@link #stopReading} it takes nothing, and
 * after {@link #readOn} it gets the newest picture, as any viewer does. Thread-safe.
 */
public final class TestViewer implements FrameSink, AutoCloseable {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition came = lock.newCondition();

    // Guarded by lock.
    private final List<Frame> frames = new ArrayList<>();
    // number of pictures that next() has returned
    private int taken;
    private boolean reading = true;
    private boolean ended;
    private boolean left;
    // the completion of the picture that is not taken, while reading stands still
    private @Nullable Completion pending;

    private TestViewer() {}

    /** A viewer of this feed, which counts as watched from now on. */
    public static TestViewer of(Feed feed) {
        TestViewer viewer = new TestViewer();
        feed.watch(viewer, Framing.STRICT);
        return viewer;
    }

    /**
     * Waits for the next picture that has not been returned yet.
     *
     * @param patience maximum wait
     * @throws AssertionError when none comes in time, or the feed has ended
     * @throws InterruptedException when the thread was interrupted
     */
    public Frame next(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (taken == frames.size()) {
                if (ended || left <= 0) {
                    throw new AssertionError(
                            ended
                                    ? "the feed has ended after " + taken + " pictures"
                                    : "no picture came within " + patience.toMillis() + " ms, after " + taken);
                }
                left = came.awaitNanos(left);
            }
            return frames.get(taken++);
        } finally {
            lock.unlock();
        }
    }

    /** A copy of the list of all pictures that have come. */
    public List<Frame> frames() {
        lock.lock();
        try {
            return List.copyOf(frames);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the feed was closed and this viewer has seen its end. */
    public boolean ended() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** Stops taking pictures after the next one, like a peer on a link that stands still. */
    public void stopReading() {
        lock.lock();
        try {
            reading = false;
        } finally {
            lock.unlock();
        }
    }

    /** Goes on taking pictures. */
    public void readOn() {
        Completion done;
        lock.lock();
        try {
            reading = true;
            done = pending;
            pending = null;
        } finally {
            lock.unlock();
        }
        if (done != null) {
            done.drained();
        }
    }

    /** Keeps the picture, and completes the write at once unless reading stands still. */
    @Override
    public void write(ByteBuffer slice, boolean last, Completion completion) {
        boolean gone;
        lock.lock();
        try {
            gone = left;
            if (!gone) {
                keep(slice);
                ended = last;
                came.signalAll();
            }
            if (!gone && !reading) {
                pending = completion;
                return;
            }
        } finally {
            lock.unlock();
        }
        if (gone) {
            completion.failed(new IOException("the viewer has left"));
        } else {
            completion.drained();
        }
    }

    /** Takes the picture out of a part with a length. */
    private void keep(ByteBuffer slice) {
        String text = StandardCharsets.ISO_8859_1.decode(slice.duplicate()).toString();
        int blank = text.indexOf("\r\n\r\n");
        String header = blank < 0 ? "" : text.substring(0, blank).toLowerCase(Locale.ROOT);
        int length = header.indexOf("content-length: ");
        if (length >= 0) { // without a length it is the end
            int digits = length + "content-length: ".length();
            int line = header.indexOf('\r', digits);
            byte[] picture = new byte[Integer.parseInt(header.substring(digits, line < 0 ? header.length() : line))];
            slice.get(slice.position() + blank + 4, picture);
            frames.add(Frame.ofJpeg(picture));
        }
    }

    /** Leaves the feed, because the feed has ended this viewer's connection. */
    @Override
    public void cut() {
        close();
    }

    /** Leaves the feed. The feed notices when it sends the next picture, after five seconds at the latest. */
    @Override
    public void close() {
        Completion done;
        lock.lock();
        try {
            left = true;
            done = pending;
            pending = null;
        } finally {
            lock.unlock();
        }
        if (done != null) {
            done.failed(new IOException("the viewer has left"));
        }
    }
}
