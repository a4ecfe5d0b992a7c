package dev.flipbook.websocket;

import dev.flipbook.Ticker;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A clock that a test moves. Thread-safe. */
final class FakeTicker implements Ticker {

    private long nanos = -5_000_000_000L; // below zero: System.nanoTime may begin there, and goes through it
    private Instant now = Instant.parse("2026-03-01T12:00:00.250Z");
    private @Nullable Runnable atNextReading;

    @Override
    public long nanos() {
        Runnable hook;
        long read;
        synchronized (this) {
            hook = atNextReading;
            atNextReading = null;
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
    public void sleepUntil(long until) {
        throw new UnsupportedOperationException("nobody sleeps here");
    }

    public void pass(Duration time) {
        passNanos(time.toNanos());
    }

    void passMillis(long millis) {
        passNanos(millis * 1_000_000);
    }

    synchronized void passNanos(long more) {
        nanos += more;
        now = now.plusNanos(more);
    }

    /** Runs this, once, when the time is read the next time: what another thread might do just then. */
    synchronized void atNextReading(Runnable hook) {
        atNextReading = hook;
    }
}
