package dev.flipbook.server;

import dev.flipbook.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;

/** A clock that only the test moves. Who sleeps by it sleeps until it is interrupted, so that nothing happens by itself. Thread-safe. */
final class StoppedTicker implements Ticker {

    private volatile long nanos = -5_000_000_000L; // System.nanoTime may be below zero
    private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");

    /** Moves both clocks on. */
    synchronized void advance(Duration by) {
        nanos += by.toNanos();
        now = now.plus(by);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public void sleepUntil(long until) throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
