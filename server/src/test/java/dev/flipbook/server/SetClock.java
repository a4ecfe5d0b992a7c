package dev.flipbook.server;

import dev.flipbook.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that the test sets; a thread that sleeps moves it to the end of its sleep. Thread-safe. */
public final class SetClock implements Ticker {

    private volatile long step;
    private final AtomicLong nanos =
            new AtomicLong(-5); // below zero: the machine's may begin there, and goes through it

    public void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /**
     * From now on the time advances by this much on each reading, as if the work between two readings took this long.
     */
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
