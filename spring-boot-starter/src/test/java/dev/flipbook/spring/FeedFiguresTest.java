package dev.flipbook.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus;
import dev.flipbook.FrameSink.Completion;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.mjpeg.Framing;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.awt.image.BufferedImage;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** What the actuator reports about feeds. */
@Timeout(180)
class FeedFiguresTest {

    private final Feeds feeds = new Feeds();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void end() {
        feeds.close();
    }

    @Test
    void eachFigureHasAMeterOfItsFeed() {
        Feed door = feeds.feed("door");
        feeds.feed("attic");
        AtomicReference<@Nullable Completion> held = new AtomicReference<>();
        door.watch(
                (slice, last, completion) -> {
                    if (!held.compareAndSet(null, completion)) {
                        completion.drained();
                    }
                },
                Framing.STRICT);
        door.publish(Numbered.picture(1));
        await().until(() -> held.get() != null);
        door.publish(Numbered.picture(2));
        door.publish(Numbered.picture(3));
        Objects.requireNonNull(held.get()).drained();
        await().until(() -> door.status().delivered() == 2 && door.status().skipped() == 1);
        new FeedsMeters(feeds).bindTo(registry);

        FeedStatus status = door.status();
        assertThat(gauge("flipbook.viewers", "door")).isEqualTo(1);
        assertThat(gauge("flipbook.fps", "door")).isPositive();
        assertThat(Map.of(
                        "frames", counter("flipbook.frames", "door"),
                        "encoded", counter("flipbook.encoded", "door"),
                        "delivered", counter("flipbook.delivered", "door"),
                        "bytes", counter("flipbook.delivered.bytes", "door"),
                        "skipped", counter("flipbook.skipped", "door"),
                        "dropped", counter("flipbook.dropped", "door")))
                .isEqualTo(Map.of(
                        "frames", 3.0,
                        "encoded", 0.0,
                        "delivered", 2.0,
                        "bytes", (double) status.bytes(),
                        "skipped", 1.0,
                        "dropped", (double) status.dropped()));
        assertThat(counter("flipbook.frames", "attic")).isZero();
        assertThat(gauge("flipbook.viewers", "attic")).isZero();
    }

    @Test
    void whatIsEncodedHereIsCounted() {
        Feed door = feeds.feed("door");
        door.watch((slice, last, completion) -> completion.drained(), Framing.STRICT);
        door.publish(new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB));
        new FeedsMeters(feeds).bindTo(registry);

        await().until(() -> counter("flipbook.encoded", "door") == 1);
    }

    @Test
    void theMetersOfAFeedThatIsGoneGoAndThoseOfOthersStay() {
        feeds.feed("door");
        new FeedsMeters(feeds).bindTo(registry);
        int perFeed = registry.getMeters().size() - 1;
        feeds.feed("attic");
        assertThat(registry.get("flipbook.feeds").gauge().value()).isEqualTo(2);
        assertThat(registry.getMeters()).hasSize(1 + 2 * perFeed);

        feeds.remove("door");

        assertThat(registry.get("flipbook.feeds").gauge().value()).isEqualTo(1);
        assertThat(registry.getMeters()).hasSize(1 + perFeed);
        assertThat(gauge("flipbook.viewers", "attic")).isZero();
    }

    @Test
    void theMetersOfAFeedStayTheSameWhileItIsThere() {
        feeds.feed("door");
        new FeedsMeters(feeds).bindTo(registry);
        Meter before = registry.get("flipbook.frames").tag("feed", "door").functionCounter();

        assertThat(registry.get("flipbook.feeds").gauge().value()).isEqualTo(1);

        assertThat(registry.get("flipbook.frames").tag("feed", "door").functionCounter())
                .isSameAs(before);
    }

    @Test
    void theHealthReportsEachFeedAndIsAlwaysUp() {
        feeds.feed("door");
        feeds.feed("attic").publish(Numbered.picture(1));

        Health health = new FeedsHealth(feeds).health();

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails())
                .isEqualTo(Map.of("door", "starting: nothing has been published yet", "attic", "live"));
    }

    private double gauge(String name, String feed) {
        return registry.get(name).tag("feed", feed).gauge().value();
    }

    private double counter(String name, String feed) {
        return registry.get(name).tag("feed", feed).functionCounter().count();
    }
}
