package dev.flipbook.app;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where a {@link LoadRun} is: viewers are let in, then it is decided from when to when they are measured, then it stops.
 * Thread-safe.
 */
final class LoadPhase {

    /** From when, and until before when, arrivals count; as of {@code Ticker.nanos()}. */
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

    /** How many were let in, those that are gone again too. */
    int allLetIn() {
        return letIn.get();
    }

    /** How many were not let in. */
    int allFailed() {
        return failed.get();
    }

    /** From now on nobody is let in. */
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
