package dev.flipbook.server;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * What a generator has written and its reader has not taken yet: two pieces of memory of 16 KiB, of which one is filled while
 * the other is on its way. When both are full the generator waits, and so it never runs ahead of its reader by more than these
 * and what the kernel holds.
 *
 * <p>A million small writes are some hundred large ones to the kernel, and still nothing lies here for long although the
 * generator may pause at any place: {@link #look}, which somebody calls every {@value #LOOK} ms, sends what it finds. When it
 * finds that nothing was written since the last time, the next bytes leave at once. No thread and no timer of one's own is
 * needed for it, and no clock.
 *
 * <p>Thread-safe. The lock is held while bytes are copied, never while anybody waits or writes to the connection. No method
 * that sends may be called with it held, as {@link #write} gives it up once.
 */
final class StreamedBody implements Callback {

    /** How often {@link #look} is to be called, in milliseconds: what is written is on its way within that. */
    static final int LOOK = 50;

    /** In bytes. As large as one piece that TLS would make of it; larger ones measured no faster. */
    private static final int SIZE = 16 << 10;
    /** So many looks without a byte to send until the reader, and the proxies on the way, are shown that we live: 15 s. */
    private static final int SILENCE = 15_000 / LOOK;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Response response;
    private final byte[] signOfLife;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // guarded by lock
    private ByteBuffer filling = ByteBuffer.allocate(SIZE);
    private ByteBuffer other = ByteBuffer.allocate(SIZE);
    private boolean writing;
    private boolean begun;
    private boolean touched;
    private boolean turnOver;
    private boolean quiet = true;
    private int silentLooks;
    private long taken;
    private @Nullable IOException lost;

    /**
     * @param signOfLife what is sent when there is nothing else to send for long, and at the beginning, so that the reader has
     *     the head of the response; empty for nothing
     */
    StreamedBody(Response response, String signOfLife) {
        this.response = response;
        this.signOfLife = signOfLife.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Adds these bytes; waits while the reader is behind.
     *
     * @throws IOException when there is no reader any more
     */
    void put(byte[] bytes) throws IOException {
        boolean over;
        lock.lock();
        try {
            touched = true;
            int at = 0;
            while (at < bytes.length) {
                if (!filling.hasRemaining()) {
                    send(false);
                }
                checkReader();
                if (filling.position() == 0 && bytes.length - at >= SIZE) {
                    sendAsItIs(ByteBuffer.wrap(bytes, at, bytes.length - at));
                    return;
                }
                int count = Math.min(filling.remaining(), bytes.length - at);
                filling.put(bytes, at, count);
                at += count;
            }
            checkReader();
            if (quiet && !writing) {
                send(false);
            }
            quiet = false;
            over = turnOver;
            turnOver = false;
        } finally {
            lock.unlock();
        }
        if (over) {
            letOthersRun();
        }
    }

    /** Sends what was put now, and not when there is more. */
    void flush() throws IOException {
        lock.lock();
        try {
            if (filling.position() > 0) {
                send(false);
            }
            checkReader();
        } finally {
            lock.unlock();
        }
    }

    /** Sends what is left and ends the response; returns when the connection has taken all. */
    void finish() throws IOException {
        lock.lock();
        try {
            send(true);
            awaitWritten();
            checkReader();
            lost = new IOException("the response has ended");
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the connection has taken all that was put, or can take nothing. */
    void drain() throws IOException {
        lock.lock();
        try {
            if (filling.position() > 0) {
                send(false);
            }
            awaitWritten();
        } finally {
            lock.unlock();
        }
    }

    /** Sends what lies here. Never waits. */
    void look() {
        if (!lock.tryLock()) {
            return; // the generator is just writing
        }
        try {
            quiet |= !touched;
            touched = false;
            turnOver = true;
            silentLooks++;
            if (writing || lost != null) {
                return;
            }
            if (filling.position() == 0 && (!begun || silentLooks >= SILENCE)) {
                filling.put(signOfLife);
            }
            if (filling.position() > 0) {
                send(false);
            }
        } catch (IOException e) { // as checkReader() has said that there is one
            throw new IllegalStateException(e);
        } finally {
            lock.unlock();
        }
    }

    /** From here on everything that is put is refused with this. */
    void lose(IOException why) {
        lock.lock();
        try {
            if (lost == null) {
                lost = why;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Why there is no reader any more, if there is none. */
    @Nullable
    IOException lost() {
        lock.lock();
        try {
            return lost;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the head of the response has been sent, or is being. */
    boolean begun() {
        lock.lock();
        try {
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes the connection has taken. */
    long taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** With the lock held, which is given up for a while: sends what was filled, once what is under way has been taken. */
    private void send(boolean last) throws IOException {
        awaitWritten();
        checkReader();
        ByteBuffer full = filling.flip();
        filling = other.clear();
        other = full;
        write(full, last);
    }

    /** The same of bytes that are not worth to be copied; they are the caller's, so this waits until they are taken. */
    private void sendAsItIs(ByteBuffer bytes) throws IOException {
        awaitWritten();
        checkReader();
        write(bytes, false);
        awaitWritten();
        checkReader();
    }

    private void write(ByteBuffer bytes, boolean last) {
        begun = true;
        writing = true;
        silentLooks = 0;
        taken += bytes.remaining();
        lock.unlock(); // nobody else writes as long as writing is set
        try {
            response.write(last, bytes.hasRemaining() ? bytes : NOTHING, this);
        } finally {
            lock.lock();
        }
    }

    /**
     * A generator whose reader keeps up never waits, and would leave none of the few carriers to the others. To yield is not
     * enough: carriers look for new threads only when all of their own have parked.
     */
    private static void letOthersRun() {
        if (Thread.currentThread().isVirtual()) {
            LockSupport.parkNanos(1);
        }
    }

    private void awaitWritten() throws IOException {
        while (writing && lost == null) {
            try {
                changed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                InterruptedIOException ended = new InterruptedIOException("interrupted while the reader takes nothing");
                ended.initCause(e);
                throw ended;
            }
        }
    }

    private void checkReader() throws IOException {
        if (lost != null) {
            throw new IOException(lost.getMessage(), lost); // one's own, with the trace of who wrote
        }
    }

    @Override
    public void succeeded() {
        lock.lock();
        try {
            writing = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void failed(Throwable cause) {
        lock.lock();
        try {
            writing = false;
            if (lost == null) {
                lost = new IOException("the reader has left, or took nothing for too long", cause);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
