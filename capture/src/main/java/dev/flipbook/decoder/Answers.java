package dev.flipbook.decoder;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.web.Quote;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The answers of a decoder process for one feed or still picture.
 *
 * <p>There is room for one answer, and only an answer that was asked for is accepted. So the thread that reads the
 * process never waits for the thread that asked: it stores the answer and reads on. Nothing that the process sends is
 * trusted: the kind, length and size of each answer are checked before its body is read. Thread-safe.
 */
final class Answers {

    /** Number of bytes or pixels for which memory is allocated before any of them has arrived. */
    private static final int FIRST = 1 << 18;

    private final int id;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    // Guarded by lock.
    private boolean asked; // whether an answer is awaited
    private boolean closing; // whether the feed is being closed
    private @Nullable Message answer; // the answer that has arrived and was not taken yet
    private @Nullable DecoderEndedException death; // how the process has ended; null while it runs
    private String text = ""; // sentence of the last answer that had one
    private volatile String encoder = Encoding.NONE.encoder();

    // Owned by the reading thread while an answer is awaited, otherwise by the thread that asks.
    private byte[] bytes = new byte[0];
    private int[] pixels = new int[0];

    Answers(int id) {
        this.id = id;
    }

    /** Number under which the process knows this feed. */
    int id() {
        return id;
    }

    /**
     * Allows one answer.
     *
     * @return false if an answer was asked for or has arrived already
     */
    boolean ask() {
        lock.lock();
        try {
            boolean first = !asked && answer == null;
            asked |= first;
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Accepts only {@link Message.Type#CLOSED} from now on; other answers are skipped. */
    void closing() {
        lock.lock();
        try {
            closing = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for the answer and makes room for the next one.
     *
     * @param nanos maximum time to wait in nanoseconds
     * @return the answer, or null if none came in time
     * @throws DecoderEndedException if the process has ended
     */
    @Nullable
    Message await(long nanos) throws DecoderEndedException, InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (answer == null && death == null && left > 0) {
                left = arrived.awaitNanos(left);
            }
            Message taken = answer;
            if (taken == null && death != null) {
                throw new DecoderEndedException(String.valueOf(death.getMessage()), death.isBlamed());
            }
            answer = taken != null && taken.type() == Message.Type.CLOSED
                    ? taken
                    : null; // the thread that closes the feed waits for this answer as well
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the feed is closed or its process has ended.
     *
     * @param nanos maximum time to wait in nanoseconds
     * @return whether that came in time
     */
    boolean awaitClose(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (!isClosed() && left > 0) {
                left = arrived.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return isClosed();
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return death != null || (answer != null && answer.type() == Message.Type.CLOSED);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads the body of a message. Called by the thread that reads the process.
     *
     * @throws ProtocolException if no such message was asked for
     */
    void take(Message head, InputStream in) throws IOException {
        switch (head.type()) {
            case ENCODING -> encoder = clean(head.body(in));
            case FRAME, PIXELS, FAILED, UNKNOWN, CLOSED -> takeAnswer(head, in);
            default -> throw new ProtocolException("a decoder does not send " + head.type());
        }
    }

    private void takeAnswer(Message head, InputStream in) throws IOException {
        boolean expected;
        boolean passed;
        lock.lock();
        try {
            passed = closing && head.type() != Message.Type.CLOSED;
            expected = head.type() == Message.Type.CLOSED ? closing : asked || closing;
        } finally {
            lock.unlock();
        }
        if (!expected) {
            throw new ProtocolException("a message of type " + head.type() + " came that was not asked for");
        }
        if (passed) {
            in.skipNBytes(head.length());
            return;
        }
        String words = "";
        switch (head.type()) {
            case FRAME -> readBytes(head.length(), in);
            case PIXELS -> readPixels(head, in);
            default -> words = clean(head.body(in));
        }
        put(head, words);
    }

    private void put(Message head, String words) {
        lock.lock();
        try {
            answer = head;
            text = words;
            asked = false;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static String clean(byte[] text) {
        // Our sentences are longer than what Quote keeps, so the text is cleaned here in the same way.
        String line = new String(text, StandardCharsets.UTF_8).replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "?");
        return line.length() <= 1000 ? line : line.substring(0, 1000);
    }

    private void readBytes(int length, InputStream in) throws IOException {
        for (int read = 0; read < length; ) {
            if (read == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(length, Math.max(FIRST, 2L * read)));
            }
            int count = in.readNBytes(bytes, read, Math.min(length, bytes.length) - read);
            if (count == 0) {
                throw new EOFException("the stream ends within a frame");
            }
            read += count;
        }
    }

    private void readPixels(Message head, InputStream in) throws IOException {
        long width = head.value() >>> 32;
        long height = head.value() & 0xFFFFFFFFL;
        if (width < 1 || height < 1 || width > 8192 || height > 8192 || width * height * 4 != head.length()) {
            throw new ProtocolException(
                    "a picture of " + width + "x" + height + " comes as " + head.length() + " bytes");
        }
        int count = (int) (width * height);
        byte[] piece = new byte[Math.min(head.length(), 1 << 16)];
        for (int read = 0; read < count; ) {
            if (read == pixels.length) {
                pixels = Arrays.copyOf(pixels, (int) Math.min(count, Math.max(FIRST, 2L * read)));
            }
            int size = 4 * Math.min(Math.min(count, pixels.length) - read, piece.length / 4);
            if (in.readNBytes(piece, 0, size) < size) {
                throw new EOFException("the stream ends within a picture");
            }
            IntBuffer part = ByteBuffer.wrap(piece, 0, size).asIntBuffer();
            part.get(pixels, read, size / 4);
            read += size / 4;
        }
    }

    /**
     * Notes that the process has ended.
     *
     * @param blamed whether this feed may have caused the end
     */
    void died(String why, boolean blamed) {
        lock.lock();
        try {
            if (death == null) {
                death = new DecoderEndedException(why, blamed);
            }
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isDead() {
        lock.lock();
        try {
            return death != null;
        } finally {
            lock.unlock();
        }
    }

    /** The sentence of the last answer that had one. */
    String text() {
        lock.lock();
        try {
            return text;
        } finally {
            lock.unlock();
        }
    }

    String encoder() {
        return Quote.of(encoder);
    }

    /** The body of the last frame. Valid until the next frame is asked for. */
    ByteBuffer bytes(Message frame) {
        return ByteBuffer.wrap(bytes, 0, frame.length());
    }

    /** The pixels of the last picture. */
    int[] pixels() {
        return pixels;
    }
}
