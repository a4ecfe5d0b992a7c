package dev.flipbook.server.stream;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FeedOptions;
import dev.flipbook.Frame;
import dev.flipbook.ViewerStatus;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.server.FakeClient;
import dev.flipbook.server.FakeTicker;
import dev.flipbook.server.Pictures;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.UnknownFeedException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A feed's stream from the request to its end: its head, each write, its entry among the streams. */
@Timeout(60)
class MjpegStreamTest {

    private final FakeTicker ticker = new FakeTicker();
    private final Feeds feeds = new Feeds(FeedOptions.DEFAULT, ticker);
    private final Feed feed = feeds.feed("cam");
    private final OpenStreams streams = new OpenStreams();
    private final FakeClient client = new FakeClient(new StreamEndpoint(new FeedLookup(feeds), streams));
    private final byte[] picture = Pictures.jpeg(64, 48);

    @AfterEach
    void close() throws Exception {
        client.close();
        feeds.close();
    }

    private void publish() {
        feed.publish(Frame.ofJpeg(picture).capturedAt(ticker.nanos()));
    }

    private String asText() {
        return new String(picture, StandardCharsets.ISO_8859_1);
    }

    private OpenStream stream() {
        assertThat(streams.list()).hasSize(1);
        return streams.list().getFirst();
    }

    @Test
    void firstPictureLeavesInTheSameWriteAsTheHeadAndEachOtherInOneOfItsOwn() {
        publish();
        client.ask("GET", "/feeds/cam.mjpg?stream=mine");

        assertThat(client.socket.writes()).hasSize(1);
        assertThat(client.head())
                .isEqualTo("HTTP/1.1 200 OK\r\n" + client.head().split("\r\n", 2)[1]);
        assertThat(client.headers())
                .containsOnly(
                        entry("Content-Type", "multipart/x-mixed-replace; boundary=" + feed.boundary()),
                        entry("Cache-Control", "no-store, no-transform"),
                        entry("X-Accel-Buffering", "no"),
                        entry("Connection", "close"),
                        entry("X-Stream-Id", "mine"));
        String delimiter = "--" + feed.boundary() + "\r\n";
        assertThat(client.body())
                .startsWith(delimiter + "Content-Type: image/jpeg\r\nContent-Length: " + picture.length + "\r\n")
                .endsWith("\r\n\r\n" + asText() + "\r\n" + delimiter);
        publish();
        publish();
        assertThat(client.socket.writes()).hasSize(3);
        assertThat(new String(client.socket.writes().getLast(), StandardCharsets.ISO_8859_1))
                .startsWith("Content-Type: image/jpeg\r\n")
                .endsWith(asText() + "\r\n" + delimiter);
    }

    @Test
    void browserGetsTheNextHeaderWithEachPicture() {
        publish();
        client.ask("GET", "/feeds/cam.mjpg", "Accept: image/avif,*/*");

        assertThat(client.body())
                .endsWith(asText() + "\r\n--" + feed.boundary() + "\r\nContent-Type: image/jpeg\r\n\r\n");
    }

    @Test
    void headersAloneTakeNoViewerAndNoStream() {
        publish();
        client.ask("HEAD", "/feeds/cam.mjpg");

        assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
        assertThat(client.headers())
                .containsEntry("Content-Type", "multipart/x-mixed-replace; boundary=" + feed.boundary())
                .containsEntry("Connection", "close")
                .doesNotContainKeys("Content-Length", "Transfer-Encoding", "X-Stream-Id");
        assertThat(client.body()).isEmpty();
        assertThat(client.completed()).isEqualTo(1);
        assertThat(streams.list()).isEmpty();
        assertThat(feed.status().viewers()).isZero();
    }

    @Test
    void queryIsFollowed() {
        publish();
        client.ask("GET", "/feeds/cam.mjpg?type=raw&fps=10");
        assertThat(client.headers()).containsEntry("Content-Type", "application/octet-stream");

        for (int i = 0; i < 9; i++) {
            ticker.pass(Duration.ofMillis(10));
            publish();
        }

        assertThat(client.socket.writes())
                .as("one each 100 ms, or half an interval sooner")
                .hasSizeBetween(1, 2);
    }

    @Test
    void streamIsListedWithItsViewer() {
        publish();
        client.ask("GET", "/feeds/cam.mjpg?stream=mine");

        assertThat(stream().label().id()).isEqualTo("mine");
        assertThat(stream().label().feed()).isEqualTo("cam");
        assertThat(stream().label().kind()).isEqualTo("mjpeg");
        assertThat(stream().label().address()).isEqualTo("127.0.0.1");
    }

    @Test
    void statusHasTheAgeAndTheNumberOfSentPictures() {
        publish();
        ticker.pass(Duration.ofMillis(1500));
        client.ask("GET", "/feeds/cam.mjpg");
        ticker.pass(Duration.ofMillis(500));

        ViewerStatus status = stream().status();

        assertThat(status.age()).as("when it was handed over").isEqualTo(Duration.ofMillis(1500));
        assertThat(status.watching()).isEqualTo(Duration.ofMillis(500));
        assertThat(status.sent()).isEqualTo(1);
        assertThat(status.skipped()).isZero();
        assertThat(status.bytes()).isEqualTo(client.body().length());
        assertThat(status.fps()).isEqualTo(2.0);
    }

    @Test
    void viewerThatTakesNothingSkipsToTheNewestPicture() {
        publish();
        client.ask("GET", "/feeds/cam.mjpg");
        client.socket.takesNoMoreThan(10);
        publish();
        publish();
        publish();
        assertThat(client.socket.writes()).hasSize(2);

        client.takesOn(Integer.MAX_VALUE);

        assertThat(client.socket.writes())
                .as("the rest of the second, and the fourth")
                .hasSize(4);
        assertThat(stream().status().skipped()).isEqualTo(1);
        assertThat(stream().status().sent()).isEqualTo(3);
    }

    @Test
    void streamThatIsEndedLeavesTheFeedAndResetsItsConnection() {
        publish();
        client.ask("GET", "/feeds/cam.mjpg?stream=mine");

        stream().end();

        assertThat(client.socket.isOpen()).isFalse();
        assertThat(client.socket.options).containsEntry(StandardSocketOptions.SO_LINGER, 0);
        assertThat(streams.list()).isEmpty();
        assertThat(feed.status().viewers()).isZero();
        assertThat(client.failures())
                .singleElement()
                .satisfies(why -> assertThat(why).hasMessage("stream mine was ended"));
    }

    @Test
    void streamThatIsEndedWhileAPictureIsUnderWayLeavesTooAndItsRequestEndsOnce() {
        publish();
        client.ask("GET", "/feeds/cam.mjpg?stream=mine");
        client.socket.takesNoMoreThan(10);
        publish();

        stream().end();

        assertThat(client.socket.isOpen()).isFalse();
        assertThat(streams.list()).isEmpty();
        assertThat(feed.status().viewers()).isZero();
        assertThat(client.failures()).hasSize(1);
    }

    @Test
    void streamThatIsEndedBeforeItsViewerIsThereLeavesTheFeedToo() {
        ticker.atReadings(() -> streams.list().forEach(OpenStream::end)); // while the feed makes the viewer

        client.ask("GET", "/feeds/cam.mjpg");

        assertThat(client.socket.isOpen()).isFalse();
        assertThat(streams.list()).isEmpty();
        assertThat(feed.status().viewers()).isZero();
        assertThat(client.failures()).hasSize(1);
    }

    @Test
    void streamOfAFeedThatEndsIsOverWithItsClosingDelimiter() {
        publish();
        client.ask("GET", "/feeds/cam.mjpg");

        feeds.remove("cam");

        assertThat(client.body()).endsWith("\r\n--" + feed.boundary() + "--\r\n");
        assertThat(streams.list()).isEmpty();
        assertThat(client.completed()).isEqualTo(1);
        assertThat(client.failures()).isEmpty();
    }

    @Test
    void streamOfAClientThatHasGoneIsOverWithTheNextPicture() {
        publish();
        client.ask("GET", "/feeds/cam.mjpg");
        client.socket.breaks(new IOException("connection reset"));

        publish();

        assertThat(streams.list()).isEmpty();
        assertThat(feed.status().viewers()).isZero();
        assertThat(client.failures()).hasSize(1);
    }

    @Test
    void requestThatIsRefusedLeavesNoStream() {
        assertThatThrownBy(() -> open("cam", "/feeds/cam.mjpg?fps=x")).isInstanceOf(BadRequestException.class);
        assertThatThrownBy(() -> open("none", "/feeds/none.mjpg")).isInstanceOf(UnknownFeedException.class);

        assertThat(streams.list()).isEmpty();
        assertThat(feed.status().viewers()).isZero();
    }

    @Test
    void feedThatHasEndedLeavesNoStream() {
        feeds.close();
        client.ask("GET", "/feeds/cam.mjpg");

        assertThat(streams.list()).isEmpty();
    }

    private void open(String name, String target) throws Exception {
        FakeClient asking = new FakeClient(exchange -> {});
        try {
            Exchange exchange = asking.ask("GET", target).exchange();
            new StreamEndpoint(new FeedLookup(feeds), streams)
                    .handle(new Exchange(exchange.request(), exchange.response(), exchange.callback(), name));
        } finally {
            asking.close();
        }
    }
}
