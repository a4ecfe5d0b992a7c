package dev.flipbook;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * The clock, which all classes get from outside, so that tests can move it. Intervals are measured with
 * {@link #nanos()}, because the wall clock may be set. Thread-safe.
 */
public interface Ticker {

    /** The time as {@link System#nanoTime()} gives it: only differences have a meaning. */
    long nanos();

    /** The wall clock, for what people and other programs read. */
    Instant now();

    /**
     * Waits on the calling thread until {@link #nanos()} has reached this value; returns at once if it has.
     *
     * @throws InterruptedException when the thread was interrupted
     */
    void sleepUntil(long nanos) throws InterruptedException;

    /** The clocks of the machine. */
    static Ticker system() {
        return new Ticker() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public Instant now() {
                return Instant.now();
            }

            @Override
            public void sleepUntil(long nanos) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
            }
        };
    }
}
