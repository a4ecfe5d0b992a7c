package dev.flipbook.server;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.Frame;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.web.FeedLookup;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.eclipse.jetty.io.EofException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One picture, with its number and its age to the millisecond; or why there is none. */
@Timeout(60)
class SnapshotEndpointTest {

    private final FakeTicker ticker = new FakeTicker();
    private final Feeds feeds = new Feeds(FeedOptions.DEFAULT, ticker);
    private final Feed feed = feeds.feed("cam");
    private final FakeClient client = new FakeClient(new SnapshotEndpoint(new FeedLookup(feeds)));
    private final byte[] picture = Pictures.jpeg(64, 48);

    @AfterEach
    void close() throws Exception {
        client.close();
        feeds.close();
    }

    private void publish() {
        feed.publish(Frame.ofJpeg(picture).capturedAt(ticker.nanos()));
    }

    @Test
    void pictureComesWithItsNumberItsAgeAndItsTimeInOneWrite() {
        publish();
        publish();
        ticker.pass(Duration.ofMillis(1500));
        Instant before = Instant.now();
        client.ask("GET", "/feeds/cam.jpg");
        Instant after = Instant.now();

        assertThat(client.socket.writes()).hasSize(1);
        assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
        Map<String, String> headers = client.headers();
        assertThat(headers)
                .contains(
                        entry("Content-Type", "image/jpeg"),
                        entry("Content-Length", Integer.toString(picture.length)),
                        entry("Cache-Control", "no-store"),
                        entry("X-Frame-Sequence", "2"),
                        entry("X-Frame-Age-Ms", "1500"));
        assertThat(headers.get("X-Timestamp")).matches("\\d{10}\\.\\d{6}");
        assertThat(new BigDecimal(headers.get("X-Timestamp")))
                .isBetween(seconds(before.minusMillis(1500)), seconds(after.minusMillis(1500)));
        assertThat(client.body().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(picture);
        assertThat(client.completed()).isEqualTo(1);
    }

    private static BigDecimal seconds(Instant time) {
        return new BigDecimal("%d.%06d".formatted(time.getEpochSecond(), time.getNano() / 1000));
    }

    @Test
    void pictureThatWasSentHoldsNoMemory() {
        publish();
        client.ask("GET", "/feeds/cam.jpg");
        await().until(() -> client.completed() == 1);

        feeds.remove("cam");

        await().untilAsserted(() -> assertThat(feeds.usedBytes()).isZero());
    }

    @Test
    void headersAloneAreThoseOfThePicture() {
        publish();
        client.ask("HEAD", "/feeds/cam.jpg");

        assertThat(client.headers())
                .contains(entry("Content-Length", Integer.toString(picture.length)), entry("X-Frame-Age-Ms", "0"));
        assertThat(client.body()).isEmpty();
        assertThat(client.completed()).isEqualTo(1);
    }

    @Test
    void pictureThatIsTooOldIsWaitedForUntilThereIsAYoungerOne() {
        publish();
        ticker.pass(Duration.ofMillis(800));
        client.ask("GET", "/feeds/cam.jpg?max_age=500");
        assertThat(client.socket.writes()).isEmpty();

        publish();

        await().until(() -> client.completed() == 1);
        assertThat(client.headers()).contains(entry("X-Frame-Sequence", "2"), entry("X-Frame-Age-Ms", "0"));
    }

    @Test
    void pictureThatIsJustYoungEnoughIsSent() {
        publish();
        ticker.pass(Duration.ofMillis(500));
        client.ask("GET", "/feeds/cam.jpg?max_age=500");

        assertThat(client.headers()).containsEntry("X-Frame-Age-Ms", "500");
    }

    @Test
    void feedWithoutAPictureIsARefusalThatSaysWhenToAskAgain() {
        client.ask("GET", "/feeds/cam.jpg?max_delay=0");

        await().until(() -> client.completed() == 1);
        assertThat(client.head()).startsWith("HTTP/1.1 503 ");
        assertThat(client.headers()).contains(entry("Retry-After", "1"), entry("Cache-Control", "no-store"));
        assertThat(client.body()).startsWith("the feed 'cam' has no picture: ").endsWith("\n");
    }

    @Test
    void feedWhoseLastPictureIsTooOldSaysWhatWasWished() {
        publish();
        ticker.pass(Duration.ofSeconds(2));
        client.ask("GET", "/feeds/cam.jpg?max_delay=0&max_age=700");

        await().until(() -> client.completed() == 1);
        assertThat(client.head()).startsWith("HTTP/1.1 503 ");
        assertThat(client.body()).startsWith("the feed 'cam' has no picture that is at most 700 ms old: ");
    }

    @Test
    void feedThatEndsWhileItIsWaitedForIsARefusal() {
        client.ask("GET", "/feeds/cam.jpg?max_delay=60000");
        assertThat(client.socket.writes()).isEmpty();

        feeds.remove("cam");

        await().until(() -> client.completed() == 1);
        assertThat(client.head()).startsWith("HTTP/1.1 503 ");
    }

    @Test
    void connectionOfAClientThatGoesWhileItWaitsIsClosed() {
        client.ask("GET", "/feeds/cam.jpg?max_delay=60000");
        assertThat(feed.watched()).isTrue();

        client.goes();

        await().until(() -> !feed.watched());
        await().until(() -> client.failures().size() == 1);
        assertThat(client.failures().getFirst())
                .isInstanceOf(EofException.class)
                .hasMessage("the client has gone");
        assertThat(client.socket.writes()).isEmpty();
    }

    @Test
    void memoryIsHeldUntilTheLastByteIsTaken() {
        publish();
        client.socket.takesNoMoreThan(100);
        client.ask("GET", "/feeds/cam.jpg");
        assertThat(client.completed()).isZero();

        client.takesOn(Integer.MAX_VALUE);

        assertThat(client.completed()).isEqualTo(1);
        assertThat(client.body().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(picture);
    }

    @Test
    void connectionThatBreaksFailsTheRequestOnce() {
        publish();
        client.socket.takesNoMoreThan(100);
        client.ask("GET", "/feeds/cam.jpg");

        client.goes();

        await().until(() -> client.failures().size() == 1);
        assertThat(client.completed()).isZero();
    }

    @Test
    void readerThatTakesNothingLosesItsConnectionWhenOthersNeedTheMemory() throws Exception {
        try (Feeds small = new Feeds(FeedOptions.DEFAULT.withBlockCeiling(128 << 10), ticker)) {
            FakeClient slow = new FakeClient(new SnapshotEndpoint(new FeedLookup(small)));
            Feed crowded = small.feed("cam");
            crowded.publish(picture);
            slow.socket.takesNoMoreThan(100);
            slow.ask("GET", "/feeds/cam.jpg");
            assertThat(slow.socket.isOpen()).isTrue();
            ticker.pass(Duration.ofMillis(1100));

            crowded.publish(Pictures.ofBytes(256 << 10)); // finds no memory

            await().until(() -> {
                ticker.wake();
                return !slow.socket.isOpen();
            });
            assertThat(slow.completed()).isZero();
            slow.close();
        }
    }
}
