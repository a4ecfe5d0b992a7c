package dev.flipbook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.FrameSink;
import dev.flipbook.Multipart;
import dev.flipbook.feed.Feed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection that drains when the test says so, or at once, and keeps what was written. The sink reads the bytes when
 * the write begins and again when it ends, because nobody may change them meanwhile. Thread-safe.
 */
public final class FakeSink implements FrameSink {

    private final boolean drainsAtOnce;

    private volatile boolean ready = true;
    private volatile boolean stuck;

    // guarded by this
    private final List<byte[]> writes = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private @Nullable ByteBuffer slice;
    private @Nullable Completion pending;
    private boolean ended;

    private FakeSink(boolean drainsAtOnce) {
        this.drainsAtOnce = drainsAtOnce;
    }

    /** A sink whose peer takes everything at once. */
    public static FakeSink quick() {
        return new FakeSink(true);
    }

    /** A sink whose peer takes a write when the test calls {@link #drain}. */
    public static FakeSink slow() {
        return new FakeSink(false);
    }

    /** Sets whether the peer wants a frame. A test that sets true must wake the viewer. */
    public void ready(boolean now) {
        ready = now;
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    /** Sets whether the peer acknowledges nothing. */
    public void stuck(boolean now) {
        stuck = now;
    }

    @Override
    public boolean isStuck(long nanos) {
        return stuck;
    }

    /** The announcement of each frame: its sequence, and whether it was a placeholder. */
    public synchronized List<String> told() {
        return List.copyOf(told);
    }

    @Override
    public synchronized void coming(long sequence, long capturedNanos, boolean placeholder) {
        told.add(sequence + (placeholder ? " placeholder" : ""));
    }

    @Override
    public void write(ByteBuffer part, boolean last, Completion completion) {
        synchronized (this) {
            assertThat(ended).as("written to after the end").isFalse();
            assertThat(pending).as("written to before it had drained").isNull();
            ended = last;
            writes.add(bytes(part));
            slice = part;
            pending = completion;
        }
        if (drainsAtOnce) {
            drain();
        }
    }

    /** Completes the write, as when the peer has taken it. */
    public void drain() {
        Completion done;
        synchronized (this) {
            assertThat(bytes(slice())).as("bytes under way").isEqualTo(writes.get(writes.size() - 1));
            done = taken();
        }
        done.drained();
    }

    @Override
    public void cut() {
        fail();
    }

    /** Fails the write, as when the peer goes in the middle of it. */
    public void fail() {
        taken().failed(new IOException("reset by peer"));
    }

    private synchronized Completion taken() {
        Completion done = pending;
        assertThat(done).as("nothing was written").isNotNull();
        pending = null;
        slice = null;
        return java.util.Objects.requireNonNull(done);
    }

    public synchronized boolean busy() {
        return pending != null;
    }

    public synchronized boolean ended() {
        return ended;
    }

    /** What is being written now. */
    public synchronized ByteBuffer slice() {
        return java.util.Objects.requireNonNull(slice, "nothing is being written");
    }

    public synchronized List<byte[]> writes() {
        return List.copyOf(writes);
    }

    public synchronized byte[] bytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        writes.forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** The pictures that were written, whole ones. */
    public List<byte[]> pictures(Feed feed) {
        return Multipart.read(bytes(), feed.boundary()).pictures();
    }

    /** The numbers of the pictures, which {@link Pictures#numbered} made. */
    public List<Long> numbers(Feed feed) {
        return pictures(feed).stream().map(Pictures::number).toList();
    }

    public static byte[] bytes(ByteBuffer buffer) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.duplicate().get(copy);
        return copy;
    }
}
