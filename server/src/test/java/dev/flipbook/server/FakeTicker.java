package dev.flipbook.server;

import dev.flipbook.Ticker;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A clock that a test moves. A sleeping thread either waits for {@link #wake()}, so that nothing happens by itself, or
 * moves the clock to the end of its sleep. Thread-safe.
 */
public final class FakeTicker implements Ticker {

    private final boolean moves; // whether a thread that sleeps moves the clock

    // Guarded by this.
    private long nanos = -5_000_000_000L; // below zero: System.nanoTime may begin there, and goes through it
    private Instant now = Instant.parse("2026-03-01T12:00:00.250Z");
    private long wakes;
    private long step;
    private @Nullable Runnable atReadings;
    private @Nullable Runnable atNextReading;

    /** A clock at which threads sleep until the test wakes them. */
    public FakeTicker() {
        this(false);
    }

    private FakeTicker(boolean moves) {
        this.moves = moves;
    }

    /** A clock that each sleeping thread moves to the end of its sleep. */
    public static FakeTicker movedBySleepers() {
        return new FakeTicker(true);
    }

    @Override
    public long nanos() {
        Runnable always;
        Runnable once;
        long read;
        synchronized (this) {
            always = atReadings;
            once = atNextReading;
            atNextReading = null;
            nanos += step;
            read = nanos;
        }
        if (always != null) {
            always.run();
        }
        if (once != null) {
            once.run();
        }
        return read;
    }

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public synchronized void sleepUntil(long until) throws InterruptedException {
        if (moves) {
            nanos = Math.max(nanos, until);
            return;
        }
        long before = wakes;
        while (wakes == before) {
            wait();
        }
    }

    /** Wakes all threads that sleep. */
    public synchronized void wake() {
        wakes++;
        notifyAll();
    }

    /** Moves both clocks on. */
    public void pass(Duration time) {
        passNanos(time.toNanos());
    }

    public void passMillis(long millis) {
        passNanos(millis * 1_000_000);
    }

    public synchronized void passNanos(long more) {
        nanos += more;
        now = now.plusNanos(more);
    }

    /** Moves the clock on at each reading, so that this much time lies between two readings. */
    public synchronized void moveAtEachReading(Duration by) {
        step = by.toNanos();
    }

    /** Runs this at each reading of the time, to play another thread that acts at that moment. */
    public synchronized void atReadings(Runnable hook) {
        atReadings = hook;
    }

    /** Runs this at the next reading of the time, once. */
    public synchronized void atNextReading(Runnable hook) {
        atNextReading = hook;
    }
}
