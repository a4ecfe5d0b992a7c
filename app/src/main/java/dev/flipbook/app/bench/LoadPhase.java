package dev.flipbook.app.bench;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The phase of a {@link LoadRun}: viewers are let in, then a window of time is measured, then the run stops.
 * Thread-safe.
 */
final class LoadPhase {

    /** The time in which arrivals count, by {@code Ticker.nanos()}; {@code to} is exclusive. */
    record Window(long from, long to) {
        boolean holds(long nanos) {
            return nanos - from >= 0 && nanos - to < 0;
        }
    }

    private final AtomicInteger letIn = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private volatile Window window = new Window(0, 0);
    private volatile boolean doorShut;
    private volatile boolean stopped;

    void letIn() {
        letIn.incrementAndGet();
    }

    void failed() {
        failed.incrementAndGet();
    }

    /** Number of viewers that were let in, including those that are gone. */
    int allLetIn() {
        return letIn.get();
    }

    /** Number of viewers that were not let in. */
    int allFailed() {
        return failed.get();
    }

    /** Lets no more viewers in. */
    void shutDoor() {
        doorShut = true;
    }

    boolean doorShut() {
        return doorShut;
    }

    void measure(Window when) {
        window = when;
    }

    Window window() {
        return window;
    }

    void stop() {
        stopped = true;
    }

    boolean stopped() {
        return stopped;
    }
}
