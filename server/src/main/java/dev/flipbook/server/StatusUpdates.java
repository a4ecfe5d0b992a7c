package dev.flipbook.server;

import dev.flipbook.FeedStatus;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.server.http.Heartbeat;
import dev.flipbook.web.Json;
import dev.flipbook.websocket.StatusSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Sends the status of all feeds to all listeners, once a second, and sooner if the state of a feed, its reason or a
 * control of its camera has changed or a feed was added or removed. The document is made once for all listeners, and only if there are any.
 * Thread-safe.
 */
final class StatusUpdates implements StatusSource {

    /** Interval in milliseconds at which changes are looked for; a change should be visible at once. */
    private static final long CHECK_INTERVAL = 250;
    /** Number of looks in a second. */
    private static final int CHECKS_A_SECOND = 4;

    private final Feeds feeds;
    private final StatusEndpoint status;
    private final Scheduler scheduler;
    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
    private final Heartbeat checks = new Heartbeat(CHECK_INTERVAL, this::check, () -> !listeners.isEmpty());

    // Used by one look at a time.
    private volatile List<String> seen = List.of();
    private volatile int count; // of looks since the document was sent last

    /** A listener, compared by identity because the same consumer may listen twice. */
    private static final class Listener {

        final Consumer<String> consumer;

        Listener(Consumer<String> consumer) {
            this.consumer = consumer;
        }
    }

    StatusUpdates(Feeds feeds, StatusEndpoint status, Scheduler scheduler) {
        this.feeds = feeds;
        this.status = status;
        this.scheduler = scheduler;
    }

    @Override
    public Runnable listen(Consumer<String> consumer) {
        Listener listener = new Listener(consumer);
        consumer.accept(document());
        listeners.add(listener);
        checks.start(scheduler);
        return () -> listeners.remove(listener);
    }

    private void check() {
        List<String> now = states();
        int checks = count + 1;
        if (checks >= CHECKS_A_SECOND || !now.equals(seen)) {
            checks = 0;
            String document = document();
            listeners.forEach(listener -> listener.consumer.accept(document));
        }
        seen = now;
        count = checks;
    }

    private List<String> states() {
        List<String> all = new ArrayList<>();
        for (Feed feed : feeds.list()) {
            FeedStatus now = feed.status();
            String reason = now.state() == FeedStatus.State.LIVE
                    ? ""
                    : now.reason(); // an interruption of a live feed is over within a second
            all.add(now.name() + ' ' + now.state() + ' ' + reason + values(now));
        }
        return all;
    }

    /** The settings of the camera: a slider that one client moves should move in the pages of all others. */
    private static List<Long> values(FeedStatus status) {
        return status.controls().stream().map(FeedStatus.Control::value).toList();
    }

    private String document() {
        return Json.of(status.all());
    }
}
