package dev.flipbook.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.Feed;
import dev.flipbook.FeedOptions;
import dev.flipbook.Feeds;
import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.UnknownFeedException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EofException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One picture of a feed, asked for over HTTP. */
@Timeout(60)
class SnapshotEndpointTest {

    private final SetClock clock = new SetClock();
    private final Feeds feeds = new Feeds(FeedOptions.DEFAULT, clock);
    private final Feed door = feeds.feed("door");
    private final SnapshotEndpoint endpoint = new SnapshotEndpoint(new FeedLookup(feeds));
    private final byte[] picture = new TestPictures().ofBytes(1000);

    @AfterEach
    void close() {
        feeds.close();
    }

    @Test
    void pictureIsAnsweredWithItsNumberAndItsAge() throws Exception {
        door.publish(picture);
        door.publish(picture);
        clock.pass(Duration.ofMillis(1500));

        FakeRequest request = handle("GET", "/feeds/door.jpg");

        assertThat(request.response.getStatus()).isEqualTo(200);
        assertThat(request.response.bytes()).isEqualTo(picture);
        assertThat(request.response.header("Content-Type")).isEqualTo("image/jpeg");
        assertThat(request.response.header("Content-Length")).isEqualTo(String.valueOf(picture.length));
        assertThat(request.response.header("Cache-Control")).isEqualTo("no-store");
        assertThat(request.response.header("X-Frame-Sequence")).isEqualTo("2");
        assertThat(request.response.header("X-Frame-Age-Ms")).isEqualTo("1500");
        assertThat(request.response.hasLastWrite()).isTrue();
    }

    @Test
    void whoAsksForHeadersAloneGetsThoseOfThePicture() throws Exception {
        door.publish(picture);

        FakeRequest request = handle("HEAD", "/feeds/door.jpg");

        assertThat(request.response.getStatus()).isEqualTo(200);
        assertThat(request.response.header("Content-Length")).isEqualTo(String.valueOf(picture.length));
        assertThat(request.response.bytes()).isEmpty();
        assertThat(request.response.hasLastWrite()).isTrue();
    }

    @Test
    void pictureThatIsTooOldIsNoneAndTheClientMayComeAgain() throws Exception {
        door.publish(picture);
        clock.pass(Duration.ofMillis(900));

        FakeRequest request = handle("GET", "/feeds/door.jpg?max_age=250&max_delay=0");

        assertThat(request.response.getStatus()).isEqualTo(503);
        assertThat(request.response.header("Retry-After")).isEqualTo("1");
        assertThat(request.response.text()).startsWith("the feed 'door' has no picture that is at most 250 ms old: ");
        assertThat(request.response.header("X-Frame-Sequence")).isNull();
    }

    @Test
    void wrongRequestsAreRefused() {
        assertThatThrownBy(() -> handle("GET", "/feeds/door.jpg?width=15")).isInstanceOf(BadRequestException.class);
        assertThatThrownBy(() -> endpoint.handle(new FakeRequest("GET", "/").exchange("none")))
                .isInstanceOf(UnknownFeedException.class);
    }

    @Test
    void clientThatGoesIsWaitedForNoLonger() {
        FakeRequest request = new FakeRequest("GET", "/feeds/door.jpg", "Host: a");
        endpoint.handle(request.exchange("door"));
        assertThat(request.end).isNotDone();

        request.goes(new IOException("reset"));

        assertThatThrownBy(() -> request.end.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(EofException.class);
        assertThat(request.response.writes).isEmpty();
    }

    private FakeRequest handle(String method, String target) throws Exception {
        FakeRequest request = new FakeRequest(method, target, "Host: a");
        endpoint.handle(request.exchange("door"));
        request.end.get(30, TimeUnit.SECONDS);
        return request;
    }
}
