package dev.flipbook.server;

import dev.flipbook.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that the test sets; whoever sleeps moves it to where it wants to be. Thread-safe. */
public final class SetClock implements Ticker {

    private volatile long step;
    private final AtomicLong nanos =
            new AtomicLong(-5); // below zero: the machine's may begin there, and goes through it

    public void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** From now on it moves on by so much whenever it is read, so that what lies between two readings took so long. */
    public void moveAtEachReading(Duration by) {
        step = by.toNanos();
    }

    @Override
    public long nanos() {
        return nanos.addAndGet(step);
    }

    @Override
    public Instant now() {
        return Instant.EPOCH;
    }

    @Override
    public void sleepUntil(long until) {
        nanos.accumulateAndGet(until, Math::max);
    }
}
