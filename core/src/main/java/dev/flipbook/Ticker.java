package dev.flipbook;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The time, as it comes in from outside. Intervals are measured with {@link #nanos()}; the wall clock may step. */
public interface Ticker {

    /** As {@link System#nanoTime()}: only differences mean anything. */
    long nanos();

    /** The wall clock, for what people and other programs read. */
    Instant now();

    /** Waits on the calling thread until {@link #nanos()} has come to this. */
    void sleepUntil(long nanos) throws InterruptedException;

    /** The machine's own clocks. */
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
