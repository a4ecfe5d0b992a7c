package dev.flipbook.spring;

import dev.flipbook.FeedStatus;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Meters of each feed, tagged with its name. Whenever {@code flipbook.feeds} is read, meters of new feeds are added and
 * those of removed feeds are removed.
 */
final class FeedsMeters implements MeterBinder {

    private final Feeds feeds;

    FeedsMeters(Feeds feeds) {
        this.feeds = feeds;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Registered registered = new Registered(registry);
        Gauge.builder("flipbook.feeds", registered, all -> all.count(feeds.list()))
                .description("Feeds of this application")
                .strongReference(true)
                .register(registry);
        registered.count(feeds.list());
    }

    /** The meters in one registry. Thread-safe. */
    private static final class Registered {

        private final MeterRegistry registry;
        private final Map<Feed, List<Meter>> meters = new HashMap<>();

        Registered(MeterRegistry registry) {
            this.registry = registry;
        }

        synchronized int count(List<Feed> feeds) {
            Set<Feed> gone = new HashSet<>(meters.keySet());
            feeds.forEach(gone::remove);
            gone.forEach(feed -> meters.getOrDefault(feed, List.of()).forEach(registry::remove));
            meters.keySet().removeAll(gone);
            feeds.forEach(feed -> meters.computeIfAbsent(feed, this::register));
            return feeds.size();
        }

        private List<Meter> register(Feed feed) {
            return List.of(
                    Gauge.builder("flipbook.viewers", feed, of(FeedStatus::viewers))
                            .description("Viewers now")
                            .tag("feed", feed.name())
                            .register(registry),
                    Gauge.builder("flipbook.fps", feed, of(FeedStatus::fps))
                            .description("Recent frames a second")
                            .tag("feed", feed.name())
                            .register(registry),
                    counter(feed, "flipbook.frames", "Frames published", of(FeedStatus::frames)),
                    counter(
                            feed,
                            "flipbook.encoded",
                            "Frames encoded here",
                            of(one -> one.encoding().frames())),
                    counter(feed, "flipbook.delivered", "Frames handed to viewers", of(FeedStatus::delivered)),
                    counter(feed, "flipbook.delivered.bytes", "Bytes handed to viewers", of(FeedStatus::bytes)),
                    counter(feed, "flipbook.skipped", "Frames that busy viewers did not get", of(FeedStatus::skipped)),
                    counter(feed, "flipbook.dropped", "Frames that found no memory", of(FeedStatus::dropped)));
        }

        private Meter counter(Feed feed, String name, String description, ToDoubleFunction<Feed> value) {
            return FunctionCounter.builder(name, feed, value)
                    .description(description)
                    .tag("feed", feed.name())
                    .register(registry);
        }

        private static ToDoubleFunction<Feed> of(ToDoubleFunction<FeedStatus> figure) {
            return feed -> figure.applyAsDouble(feed.status());
        }
    }
}
