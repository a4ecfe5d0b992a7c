package dev.flipbook.it.kit;

import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A source that delivers the pictures that the test gives it, counts how often it was opened, and can fail.
 * Thread-safe.
 */
public final class ScriptedSource implements FrameSource {

    private final BlockingQueue<byte[]> pictures = new LinkedBlockingQueue<>();
    private final AtomicInteger openings = new AtomicInteger();
    private final AtomicInteger closings = new AtomicInteger();
    private volatile String fault = "";
    private volatile boolean open;

    /** The next picture. */
    public void deliver(byte[] picture) {
        pictures.add(picture);
    }

    /** From now on every call fails with this sentence, until it is {@link #mend}ed. */
    public void fail(String sentence) {
        fault = sentence;
        pictures.add(new byte[0]); // wakes the source thread
    }

    public void mend() {
        pictures.clear();
        fault = "";
    }

    @Override
    public Frame next() throws IOException, InterruptedException {
        if (!open) {
            open = true;
            openings.incrementAndGet();
        }
        byte[] picture = fault.isEmpty() ? pictures.take() : new byte[0];
        if (!fault.isEmpty()) {
            throw new IOException(fault);
        }
        return Frame.ofJpeg(picture);
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            closings.incrementAndGet();
        }
    }

    public boolean isOpen() {
        return open;
    }

    public int openings() {
        return openings.get();
    }

    public int closings() {
        return closings.get();
    }

    @Override
    public String description() {
        return "a scripted source";
    }
}
