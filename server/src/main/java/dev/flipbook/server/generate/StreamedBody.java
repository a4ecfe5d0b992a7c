package dev.flipbook.server.generate;

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
 * The bytes that a generator has written and its reader has not taken yet.
 *
 * <p>What it is. Two buffers of 16 KiB: the generator fills one while the other is being written to the connection. If
 * both are full, the generator waits. So a generator is never ahead of its reader by more than these two buffers and
 * what the kernel holds.
 *
 * <p>What holds. A million small writes become a few hundred large ones, and still no byte stays here for long if the
 * generator pauses. For that, {@link #check} is called every {@value #CHECK_INTERVAL} ms and sends what it finds. If
 * nothing was written between two calls, the next bytes are sent at once. So a response needs neither a thread nor a
 * timer of its own, and reads no clock.
 *
 * <p>Threads. The generator's thread puts, flushes and finishes. Jetty's scheduler calls {@link #check}, and a thread
 * of Jetty's completes writes. At most one write is in progress, and only its owner writes: {@code writing} is set
 * before the lock is given up and cleared by the completion.
 *
 * <p>What may not happen. The lock is held while bytes are copied, but never while a thread waits or writes to the
 * connection, because the connection may complete a write on the calling thread and {@link #check} must never wait. So
 * {@link #write} gives the lock up, and a method that sends may only be called if the lock is held exactly once.
 */
final class StreamedBody implements Callback {

    /** Interval in milliseconds at which {@link #check} is called: the maximum time that bytes stay here. */
    static final int CHECK_INTERVAL = 50;

    /** Size of a buffer in bytes. This is the size of one TLS record; larger buffers were not measurably faster. */
    private static final int SIZE = 16 << 10;
    /** Number of idle checks after which a keep-alive is sent (15 s), so that proxies do not drop the connection. */
    private static final int SILENCE = 15_000 / CHECK_INTERVAL;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Response response;
    private final byte[] signOfLife;
    private final ReentrantLock lock;
    private final Condition changed;

    // Guarded by lock.
    private ByteBuffer filling = ByteBuffer.allocate(SIZE); // the buffer that the generator fills
    private ByteBuffer other = ByteBuffer.allocate(SIZE); // the buffer that is being written, or is empty
    private boolean writing; // whether a write is in progress; its thread writes without the lock
    private boolean begun; // whether the head of the response was sent
    private boolean touched; // whether something was put since the last check
    private boolean turnOver; // whether the generator must let other virtual threads run, once after each check
    private boolean quiet = true; // whether nothing was put between two checks; then the next bytes are sent at once
    private int silentLooks; // checks since the last write
    private long taken; // bytes that were given to the connection
    private @Nullable IOException lost; // why the reader has gone; null while it is there

    /**
     * @param signOfLife keep-alive that is sent after an idle time, and once at the beginning so that the reader gets
     *     the head of the response; empty to send nothing
     */
    StreamedBody(Response response, String signOfLife) {
        this(response, signOfLife, new ReentrantLock());
    }

    StreamedBody(Response response, String signOfLife, ReentrantLock lock) {
        this.lock = lock;
        this.changed = lock.newCondition();
        this.response = response;
        this.signOfLife = signOfLife.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Adds bytes. Waits while the reader is slow.
     *
     * @throws IOException if the reader has gone
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

    /** Sends now what was put, without waiting for more. */
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

    /** Sends the rest and ends the response. Returns when the connection has taken everything. */
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

    /** Waits until the connection has taken everything that was put, or has failed. */
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

    /** Sends what is here. Never waits. */
    void check() {
        if (!lock.tryLock()) {
            return; // the generator is writing at the moment
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
        } catch (IOException e) { // cannot happen: the reader was there a moment ago and nothing is being written
            throw new IllegalStateException(e);
        } finally {
            lock.unlock();
        }
    }

    /** Refuses everything that is put from now on, for this reason. */
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

    /** Why the reader has gone, or null if it is still there. */
    @Nullable
    IOException lost() {
        lock.lock();
        try {
            return lost;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the head of the response has been sent or is being sent. */
    boolean begun() {
        lock.lock();
        try {
            return begun;
        } finally {
            lock.unlock();
        }
    }

    /** Number of bytes that were given to the connection. */
    long taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends the filled buffer after the write in progress has ended. The lock must be held; it is given up for a while.
     */
    private void send(boolean last) throws IOException {
        awaitWritten();
        checkReader();
        ByteBuffer full = filling.flip();
        filling = other.clear();
        other = full;
        write(full, last);
    }

    /**
     * Sends bytes without copying them, under the same conditions as {@link #send}. The bytes belong to the caller, so
     * the method waits until they have been taken.
     */
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
        lock.unlock(); // no other thread writes while writing is set
        try {
            response.write(last, bytes.hasRemaining() ? bytes : NOTHING, this);
        } finally {
            lock.lock();
        }
    }

    /**
     * Lets other virtual threads run. A generator whose reader keeps up never waits, and would keep one of the few
     * carrier threads to itself. Yielding is not enough, because a carrier takes new threads only after all of its own
     * have parked.
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
            throw new IOException(lost.getMessage(), lost); // a new exception, so that the trace shows who wrote
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
