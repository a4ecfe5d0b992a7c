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
 * A connection that drains within its write, or when a trial says so, and that holds the feed to its promises: whole
 * pictures whose bytes stay until they have drained, one write at a time, none after the last.
 *
 * <p>Its fields are plain, so that it orders nothing between the threads of a trial but what a connection orders: a write,
 * and the completion of that write.
 */
final class Peer implements FrameSink {

    /** How often a write that lingers looks whether it has completed, at most. */
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

    /** Drains within its write. */
    static Peer quick() {
        return new Peer(Kind.QUICK);
    }

    /** Drains by {@link #drain}. */
    static Peer slow() {
        return new Peer(Kind.SLOW);
    }

    /** Drains by {@link #drain}, and its write comes back about when another thread is doing that. */
    static Peer lingering() {
        return new Peer(Kind.LINGERING);
    }

    /** Whether it wants frames. The thread that sets this to true wakes the viewer. */
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
            cameAfter = shown - 1; // as far as frames are published in the order of their numbers
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
        for (int i = ThreadLocalRandom.current().nextInt(16); i > 0; i--) { // the other one is reading meanwhile
            Thread.onSpinWait();
        }
    }

    private void taken() {
        brokenRules |= shown < 0 || Numbered.in(slice) != shown;
        writing = false;
    }

    /** Takes what was written, if there is something. */
    boolean drain() {
        Completion completion = pending.getAndSet(null);
        if (completion == null) {
            return false;
        }
        taken();
        completion.drained();
        return true;
    }

    /** Whether this many writes have come, or come within this many looks. Orders nothing else. */
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

    /** How many frames of the feed there were before the first that was sent. */
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
