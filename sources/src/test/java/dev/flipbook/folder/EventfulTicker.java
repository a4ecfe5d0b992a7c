package dev.flipbook.folder;

import dev.flipbook.Ticker;
import dev.flipbook.delivery.FakeTicker;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;

/**
 * A clock that a sleeping thread moves to the end of its sleep. Events whose time passes meanwhile are run. For one
 * thread.
 */
final class EventfulTicker implements Ticker {

    /** What happens. */
    interface Event {
        void happen() throws Exception;
    }

    private final FakeTicker clock = FakeTicker.jumping();
    private final long began = clock.nanos();
    private final TreeMap<Long, Event> events = new TreeMap<>();

    /** @param millis time since the beginning; there is at most one event at each time */
    void at(long millis, Event event) {
        events.put(millis, event);
    }

    /** Milliseconds since the beginning. */
    long millis() {
        return Duration.ofNanos(clock.nanos() - began).toMillis();
    }

    /** A capture time as milliseconds since the beginning. */
    long millis(long nanos) {
        return Duration.ofNanos(nanos - began).toMillis();
    }

    @Override
    public long nanos() {
        return clock.nanos();
    }

    @Override
    public Instant now() {
        return clock.now();
    }

    @Override
    public void sleepUntil(long nanos) throws InterruptedException {
        while (!events.isEmpty() && events.firstKey() * 1_000_000 <= nanos - began) {
            var next = events.pollFirstEntry();
            clock.sleepUntil(began + next.getKey() * 1_000_000);
            try {
                next.getValue().happen();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        clock.sleepUntil(nanos);
    }
}
