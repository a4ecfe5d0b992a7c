package dev.flipbook.decoder;

import dev.flipbook.image.Canvas;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The pipe from a decoder process to the server. Each message is written completely before the next one. Thread-safe.
 */
final class Answering {

    private static final int MAX_TEXT = 1000;

    private final FileOutputStream pipe;
    private final ReentrantLock lock = new ReentrantLock();

    Answering(FileOutputStream pipe) {
        this.pipe = pipe;
    }

    void send(Message head, byte[] body) {
        byte[] all = head.with(body);
        write(all, all.length);
    }

    void text(Message.Type type, int feed, String text) {
        byte[] body = bytes(text);
        send(Message.of(type, feed, body.length), body);
    }

    /**
     * Sends the reason why there is no picture.
     *
     * @param waiting whether the source is waiting for a sender
     */
    void failed(int feed, String why, boolean waiting) {
        byte[] body = bytes(why);
        send(new Message(Message.Type.FAILED, waiting ? 1 : 0, feed, body.length, 0, 0), body);
    }

    private static byte[] bytes(String text) {
        String cut = text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
        return cut.getBytes(StandardCharsets.UTF_8);
    }

    void write(byte[] message, int length) {
        lock.lock();
        try {
            pipe.write(message, 0, length);
        } catch (IOException e) {
            DecoderMain.leave(); // the server does not read any more
        } finally {
            lock.unlock();
        }
    }

    /** Sends a picture row by row, so that a second copy of it is never in memory. */
    void pixels(Message head, Canvas picture) {
        ByteBuffer row = ByteBuffer.allocate(4 * picture.width());
        int[] pixels = new int[picture.width()];
        lock.lock();
        try {
            pipe.write(head.with(new byte[0]));
            for (int y = 0; y < picture.height(); y++) {
                picture.copyRow(y, pixels);
                row.asIntBuffer().put(pixels);
                pipe.write(row.array());
            }
        } catch (IOException e) {
            DecoderMain.leave(); // the server does not read any more
        } finally {
            lock.unlock();
        }
    }
}
