package dev.flipbook.spring;

import dev.flipbook.feed.Feed;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Publishes numbered pictures at a rate. */
final class Publishing implements AutoCloseable {

    private final AtomicInteger number = new AtomicInteger();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    Publishing(Feed feed, int fps) {
        var unused = clock.scheduleAtFixedRate(
                () -> feed.publish(Numbered.picture(number.incrementAndGet())),
                0,
                1_000_000_000 / fps,
                TimeUnit.NANOSECONDS);
    }

    /** Stops publishing, and returns the number of the last picture. */
    int stop() throws InterruptedException {
        clock.shutdown();
        clock.awaitTermination(60, TimeUnit.SECONDS);
        return number.get();
    }

    int number() {
        return number.get();
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
