package dev.flipbook.server;

import dev.flipbook.Ticker;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A clock that only the test moves. A thread that sleeps by this clock sleeps until the test moves it, so that nothing
 * happens by itself. Thread-safe.
 */
public final class StoppedTicker implements Ticker {

    // guarded by this
    private long nanos = -5_000_000_000L; // System.nanoTime may be below zero
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private long wakes;
    private @Nullable Runnable atReadings;

    /** Moves both clocks on. */
    public synchronized void advance(Duration by) {
        nanos += by.toNanos();
        now = now.plus(by);
    }

    /** Lets everybody that sleeps go on now. */
    synchronized void wake() {
        wakes++;
        notifyAll();
    }

    /** Runs this from now on before each reading of the time: what another thread might do just then. */
    public synchronized void atReadings(Runnable hook) {
        atReadings = hook;
    }

    @Override
    public long nanos() {
        Runnable hook;
        long read;
        synchronized (this) {
            hook = atReadings;
            read = nanos;
        }
        if (hook != null) {
            hook.run();
        }
        return read;
    }

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public synchronized void sleepUntil(long until) throws InterruptedException {
        long before = wakes;
        while (wakes == before) {
            wait();
        }
    }
}
