package dev.flipbook.feed;

import dev.flipbook.FrameSink;
import dev.flipbook.mjpeg.Numbered;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A connection that drains inside its write call, or when a trial calls {@link #drain}. The connection checks what a
 * feed guarantees: pictures are whole, their bytes do not change until they have drained, writes do not overlap, and no
 * write follows the last one.
 *
 * <p>Most fields are plain, so that they add no memory ordering between the threads of a trial. Only a write and its
 * completion are ordered, as with a real connection.
 */
final class Peer implements FrameSink {

    /** Maximum number of times that a lingering write looks whether it has been completed. */
    private static final int LOOKS = 500;

    private enum Kind {
        QUICK,
        SLOW,
        LINGERING
    }

    private final Kind kind;
    private final AtomicReference<@Nullable Completion> pending = new AtomicReference<>();
    private final AtomicInteger writes = new AtomicInteger();
    private ByteBuffer slice = ByteBuffer.allocate(0);
    private int shown;
    private int sent;
    private int ends;
    private boolean brokenRules;
    private boolean writing;
    private int cameAfter;
    private volatile boolean ready = true;

    private Peer(Kind kind) {
        this.kind = kind;
    }

    /** Drains inside the write call. */
    static Peer quick() {
        return new Peer(Kind.QUICK);
    }

    /** Drains by {@link #drain}. */
    static Peer slow() {
        return new Peer(Kind.SLOW);
    }

    /** Drains by {@link #drain}; the write call returns at about the time when another thread calls that method. */
    static Peer lingering() {
        return new Peer(Kind.LINGERING);
    }

    /** Sets whether the peer wants frames. A thread that sets true must wake the viewer afterwards. */
    void ready(boolean now) {
        ready = now;
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public void write(ByteBuffer part, boolean last, Completion completion) {
        brokenRules |= writing || ends > 0;
        writing = true;
        slice = part;
        shown = Numbered.in(part);
        if (sent == 0) {
            cameAfter = shown - 1; // correct if frames are published in the order of their numbers
        }
        sent = sent * 10 + shown;
        writes.setOpaque(writes.getPlain() + 1);
        if (last) {
            ends++;
        }
        if (kind == Kind.QUICK) {
            taken();
            completion.drained();
            return;
        }
        pending.set(completion);
        if (kind == Kind.LINGERING) {
            linger();
        }
    }

    private void linger() {
        for (int i = 0; i < LOOKS && pending.get() != null; i++) {
            Thread.onSpinWait();
        }
        for (int i = ThreadLocalRandom.current().nextInt(16); i > 0; i--) { // the other thread reads meanwhile
            Thread.onSpinWait();
        }
    }

    private void taken() {
        brokenRules |= shown < 0 || Numbered.in(slice) != shown;
        writing = false;
    }

    /** Takes what was written, and completes the write. Returns false if nothing was written. */
    boolean drain() {
        Completion completion = pending.getAndSet(null);
        if (completion == null) {
            return false;
        }
        taken();
        completion.drained();
        return true;
    }

    /**
     * Waits for this number of writes, for at most this number of looks. Returns whether they have come. Adds no memory
     * ordering.
     */
    boolean awaitWrites(int count, int looks) {
        for (int i = 0; i < looks; i++) {
            if (writes.getOpaque() >= count) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** Leaves in the middle of a write. */
    void leave() {
        Completion completion = pending.getAndSet(null);
        if (completion != null) {
            taken();
            completion.failed(new IOException("gone"));
        }
    }

    /** The picture that was sent last. */
    int shown() {
        return shown;
    }

    /** All pictures, as digits. */
    int sent() {
        return sent;
    }

    /** Number of frames of the feed before the first one that was sent. */
    int cameAfter() {
        return cameAfter;
    }

    int ends() {
        return ends;
    }

    boolean brokenRules() {
        return brokenRules;
    }
}
