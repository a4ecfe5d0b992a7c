package dev.flipbook.server;

import dev.flipbook.Feed;
import dev.flipbook.FeedStatus;
import dev.flipbook.Feeds;
import dev.flipbook.websocket.News;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * How the feeds are, for all who listen: the document of the status once a second, and sooner when a state or its reason has
 * changed or a feed has come or gone. It is made once for all of them, and only while somebody listens. Thread-safe.
 */
final class StatusNews implements News {

    /** Often enough that a change is seen at once, in milliseconds. */
    private static final long LOOK = 250;
    /** So many looks make a second. */
    private static final int LOOKS = 4;

    private final Feeds feeds;
    private final StatusEndpoint status;
    private final Scheduler scheduler;
    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean looking = new AtomicBoolean();

    // of the one look that is planned or under way
    private volatile List<String> seen = List.of();
    private volatile int looks;

    /** Compared by what it is: the same consumer may listen twice. */
    private static final class Listener {

        final Consumer<String> consumer;

        Listener(Consumer<String> consumer) {
            this.consumer = consumer;
        }
    }

    StatusNews(Feeds feeds, StatusEndpoint status, Scheduler scheduler) {
        this.feeds = feeds;
        this.status = status;
        this.scheduler = scheduler;
    }

    @Override
    public Runnable listen(Consumer<String> consumer) {
        Listener listener = new Listener(consumer);
        consumer.accept(document());
        listeners.add(listener);
        if (!looking.getAndSet(true)) {
            plan();
        }
        return () -> listeners.remove(listener);
    }

    private void plan() {
        scheduler.schedule(this::look, LOOK, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            tell();
        } finally { // whatever fails is not to end it for all
            looking.set(false);
            if (!listeners.isEmpty() && !looking.getAndSet(true)) {
                plan();
            }
        }
    }

    private void tell() {
        List<String> now = states();
        int count = looks + 1;
        if (count >= LOOKS || !now.equals(seen)) {
            count = 0;
            String document = document();
            listeners.forEach(listener -> listener.consumer.accept(document));
        }
        seen = now;
        looks = count;
    }

    private List<String> states() {
        List<String> all = new ArrayList<>();
        for (Feed feed : feeds.list()) {
            FeedStatus now = feed.status();
            String reason =
                    now.state() == FeedStatus.State.LIVE ? "" : now.reason(); // a hiccup is over within a second
            all.add(now.name() + ' ' + now.state() + ' ' + reason);
        }
        return all;
    }

    private String document() {
        return Json.write(status.all());
    }
}
