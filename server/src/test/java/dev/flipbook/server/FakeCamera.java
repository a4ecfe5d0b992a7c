package dev.flipbook.server;

import dev.flipbook.FeedStatus.Control;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** A camera with one control, which may hang. It gives one picture each time it is opened, and then waits. */
public final class FakeCamera implements FrameSource {

    private final Semaphore due = new Semaphore(1);
    private volatile int brightness;
    private volatile CountDownLatch hanging = new CountDownLatch(0);

    /** What the server answers about the controls at this brightness. */
    public static String json(int brightness) {
        return "{\"controls\":[{\"name\":\"brightness\",\"kind\":\"integer\",\"least\":-64,\"most\":64,\"step\":1,"
                + "\"usual\":0,\"value\":" + brightness + ",\"choices\":[]}]}\n";
    }

    /** Lets the camera hang when a control is set. */
    public void hang() {
        hanging = new CountDownLatch(1);
    }

    public void goOn() {
        hanging.countDown();
    }

    public int value() {
        return brightness;
    }

    @Override
    public Frame next() throws InterruptedException {
        due.acquire();
        return Frame.ofJpeg(Pictures.ofBytes(100));
    }

    @Override
    public void close() {
        due.drainPermits();
        due.release();
    }

    @Override
    public List<Control> controls() {
        return List.of(new Control("brightness", "integer", -64, 64, 1, 0, brightness, List.of()));
    }

    @Override
    public void control(String name, int value) {
        try {
            hanging.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        brightness = value;
    }
}
