package dev.flipbook.server.http;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Runs a task at an interval for as long as somebody needs it, so that an idle server does nothing. {@link #start} must
 * be called whenever somebody begins to need the task; the beats stop by themselves. Beats never overlap. Thread-safe.
 */
public final class Heartbeat {

    private final long intervalMillis;
    private final Runnable beat;
    private final BooleanSupplier isNeeded;
    private final AtomicBoolean planned = new AtomicBoolean(); // whether the next beat is planned or runs

    /**
     * Creates a heartbeat that does not beat yet.
     *
     * @param intervalMillis time from the end of one beat to the next, in milliseconds
     * @param beat the task; a failure of the task does not end the beats
     * @param isNeeded whether anybody needs a further beat, asked after each one
     */
    public Heartbeat(long intervalMillis, Runnable beat, BooleanSupplier isNeeded) {
        this.intervalMillis = intervalMillis;
        this.beat = beat;
        this.isNeeded = isNeeded;
    }

    /** Starts the beats if they have stopped. The first one comes after one interval. */
    public void start(Scheduler scheduler) {
        start(scheduler, () -> {});
    }

    /**
     * Starts the beats if they have stopped.
     *
     * @param whenStarted run before the first beat, and only if the beats had stopped
     */
    public void start(Scheduler scheduler, Runnable whenStarted) {
        if (!planned.getAndSet(true)) {
            whenStarted.run();
            scheduler.schedule(() -> beat(scheduler), intervalMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void beat(Scheduler scheduler) {
        try {
            beat.run();
        } finally {
            planned.set(false);
            if (isNeeded.getAsBoolean()) { // after the set, because a start() before it was ignored
                start(scheduler);
            }
        }
    }
}
