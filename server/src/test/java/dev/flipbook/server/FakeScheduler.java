package dev.flipbook.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/** A scheduler that keeps the last task until the test says that its time has come. Thread-safe. */
public final class FakeScheduler extends AbstractLifeCycle implements Scheduler {

    private record Planned(Runnable task, long millis) {}

    private final AtomicInteger count = new AtomicInteger();
    private final AtomicReference<Planned> planned = new AtomicReference<>(new Planned(() -> {}, -1));

    public long delayMillis() {
        return planned.get().millis();
    }

    /** How many tasks were planned, including those that have run. */
    public int planned() {
        return count.get();
    }

    public void run() {
        planned.get().task().run();
    }

    @Override
    public Task schedule(Runnable task, long delay, TimeUnit unit) {
        count.incrementAndGet();
        planned.set(new Planned(task, unit.toMillis(delay)));
        return () -> false;
    }
}
