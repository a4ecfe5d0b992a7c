package dev.flipbook.spring;

import dev.flipbook.FeedStatus;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import java.util.Locale;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Reports the state of each feed as a detail. The health itself is always UP: otherwise a camera that is unplugged
 * would make an orchestrator restart the application, and everything else in it.
 */
final class FeedsHealth implements HealthIndicator {

    private final Feeds feeds;

    FeedsHealth(Feeds feeds) {
        this.feeds = feeds;
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up();
        for (Feed feed : feeds.list()) {
            FeedStatus status = feed.status();
            String state = status.state().name().toLowerCase(Locale.ROOT);
            health.withDetail(feed.name(), status.reason().isEmpty() ? state : state + ": " + status.reason());
        }
        return health.build();
    }
}
