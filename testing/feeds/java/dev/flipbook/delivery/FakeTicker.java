package dev.flipbook.delivery;

import dev.flipbook.Ticker;
import java.time.Duration;
import java.time.Instant;

/**
 * A clock that a test moves. A thread that sleeps waits until {@link #advance} has come far enough; with {@link
 * #jumping()} a sleeper moves the time itself and returns at once, for tests on one thread. Thread-safe.
 */
public final class FakeTicker implements Ticker {

    private final boolean jumps;

    // guarded by this
    private long nanos = -5_000_000_000L; // below zero: System.nanoTime may begin there, and goes through it
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private long step;
    private int sleepers;

    public FakeTicker() {
        this(false);
    }

    private FakeTicker(boolean jumps) {
        this.jumps = jumps;
    }

    /** A clock that each sleeper moves to the end of its sleep. */
    public static FakeTicker jumping() {
        return new FakeTicker(true);
    }

    @Override
    public synchronized long nanos() {
        nanos += step;
        return nanos;
    }

    @Override
    public synchronized Instant now() {
        return now;
    }

    /** Moves both clocks on and wakes the sleepers whose time has come. */
    public synchronized void advance(Duration by) {
        nanos += by.toNanos();
        now = now.plus(by);
        notifyAll();
    }

    /**
     * From now on the time advances by this much on each reading, as if the work between two readings took this long.
     */
    public synchronized void moveAtEachReading(Duration by) {
        step = by.toNanos();
    }

    /** Moves only the wall clock, as a time server may do. */
    public synchronized void step(Duration by) {
        now = now.plus(by);
    }

    /** How many threads sleep now. */
    public synchronized int sleepers() {
        return sleepers;
    }

    @Override
    public synchronized void sleepUntil(long until) throws InterruptedException {
        if (jumps && until - nanos > 0) {
            advance(Duration.ofNanos(until - nanos));
        }
        sleepers++;
        try {
            while (until - nanos > 0) {
                wait();
            }
        } finally {
            sleepers--;
        }
    }
}
