package dev.flipbook.it.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.ProcessFigures;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.it.kit.ScriptedSource;
import dev.flipbook.it.kit.Witness;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The path of a frame, station by station over a real socket: source, source thread, feed, viewers, wire. The same path
 * is described in docs/design/frame-path.md.
 */
@Timeout(300)
class FramePathIT {

    private static final FeedOptions SHORT = new FeedOptions(
            Duration.ofMillis(300), Duration.ofMillis(800), Duration.ofMinutes(5), Duration.ofMinutes(5), 64 << 20);

    /**
     * Options with which nothing happens by itself, even if a busy machine takes long from one step of a test to the
     * next.
     */
    private static final FeedOptions STILL = new FeedOptions(
            Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1), 64 << 20);

    private final ScriptedSource source = new ScriptedSource();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private Flipbook flipbook;
    private Feed feed;

    @BeforeEach
    void serveOneSource() throws IOException {
        serveOneSource(STILL);
    }

    private void serveOneSource(FeedOptions options) throws IOException {
        flipbook = Flipbook.start(ServerOptions.DEFAULT.withPort(0).withFeeds(options));
        toClose.add(flipbook);
        feed = flipbook.feed("cam", source);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : toClose.reversed()) {
            one.close();
        }
    }

    // source thread: FrameSource.next() -> SourceRunner

    @Test
    void nobodyWatchesAndTheSourceStaysClosed() {
        assertThat(feed.status().state()).isEqualTo(State.IDLE);
        assertThat(source.openings()).isZero();
        assertThat(sourceThreads()).isEmpty();
    }

    @Test
    void theFirstViewerOpensTheSourceOnAThreadOfItsOwn() throws IOException {
        RawConnection viewer = connect().ask("GET", "/feeds/cam.mjpg");
        await().until(source::isOpen);
        assertThat(sourceThreads()).containsExactly("flipbook-source-cam");
        assertThat(feed.status().state()).isEqualTo(State.STARTING);

        source.deliver(NumberedPicture.of(1));
        assertThat(PartReader.on(viewer).nextNumber()).isEqualTo(1);
        assertThat(feed.status().state()).isEqualTo(State.LIVE);
    }

    @Test
    void oneOpenSourceServesAllViewers() throws IOException {
        source.deliver(NumberedPicture.of(1));
        List<Witness> viewers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            viewers.add(watch("/feeds/cam.mjpg"));
        }
        for (int number = 2; number <= 30; number++) {
            source.deliver(NumberedPicture.of(number));
            for (Witness viewer : viewers) {
                viewer.awaits(number);
            }
        }
        viewers.forEach(viewer -> viewer.sawAllUpTo(30));
        assertThat(source.openings()).isEqualTo(1);
        assertThat(sourceThreads()).hasSize(1);
        assertThat(feed.status().viewers()).isEqualTo(20);
        assertThat(feed.status().frames()).isEqualTo(30);
    }

    @Test
    void theSourceClosesAfterTheLastViewerAndOpensForTheNext() throws Exception {
        serveOneSource(SHORT);
        source.deliver(NumberedPicture.of(1));
        watch("/feeds/cam.mjpg").close();
        await().until(() -> feed.status().state() == State.IDLE);
        await().until(() -> !source.isOpen() && sourceThreads().isEmpty());
        assertThat(source.closings()).isEqualTo(1);

        source.deliver(NumberedPicture.of(2));
        PartReader next = PartReader.of(connect(), "/feeds/cam.mjpg");
        assertThat(next.nextNumber())
                .as("the new picture, none of the time before")
                .isEqualTo(2);
        assertThat(source.openings()).isEqualTo(2);
    }

    // feed -> viewer: newest frame, shared block

    @Test
    void aNewViewerOfALiveFeedGetsTheNewestPictureAtOnce() throws IOException {
        source.deliver(NumberedPicture.of(1));
        Witness first = watch("/feeds/cam.mjpg");
        source.deliver(NumberedPicture.of(2));
        first.awaits(2);
        assertThat(PartReader.of(connect(), "/feeds/cam.mjpg").nextNumber()).isEqualTo(2);
    }

    @Test
    void aStillSceneIsSentAgain() throws IOException {
        serveOneSource(SHORT);
        source.deliver(NumberedPicture.of(1));
        PartReader viewer = PartReader.of(connect(), "/feeds/cam.mjpg");
        assertThat(List.of(viewer.nextNumber(), viewer.nextNumber(), viewer.nextNumber()))
                .containsExactly(1, 1, 1);
        assertThat(feed.status().frames()).as("no frame of its own").isEqualTo(1);
    }

    @Test
    void usedMemoryIsThatOfTheNewestFrameAlone() throws IOException {
        source.deliver(NumberedPicture.of(1, 100_000));
        Witness viewer = watch("/feeds/cam.mjpg");
        viewer.awaits(1);
        await().untilAsserted(() -> assertThat(flipbook.feeds().usedBytes()).isBetween(100_000L, 130_000L));
        for (int number = 2; number <= 20; number++) {
            source.deliver(NumberedPicture.of(number, 100_000));
            viewer.awaits(number);
        }
        await().untilAsserted(() -> assertThat(flipbook.feeds().usedBytes()).isBetween(100_000L, 130_000L));
    }

    // viewer -> socket: the wire

    @Test
    void theResponseHasExactlyTheseHeaders() throws IOException {
        source.deliver(NumberedPicture.of(1));
        for (String path : List.of("/feeds/cam.mjpg", "/video_feed/cam", "/video_feed")) {
            ResponseHead head =
                    connect().ask("GET", path + "?stream=mine-" + path.length()).head();
            assertThat(head.statusLine()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(head.without("Date"))
                    .as(path)
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "Content-Type", "multipart/x-mixed-replace; boundary=" + feed.boundary(),
                            "Connection", "close",
                            "Cache-Control", "no-store, no-transform",
                            "X-Accel-Buffering", "no",
                            "X-Content-Type-Options", "nosniff",
                            "X-Stream-Id", "mine-" + path.length(),
                            "Cross-Origin-Resource-Policy", "same-origin"));
        }
        assertThat(feed.boundary()).matches("[A-Za-z0-9]{20,70}");
    }

    @Test
    void strictFramingIsTheseBytes() throws IOException {
        byte[] one = NumberedPicture.of(1);
        byte[] two = NumberedPicture.of(2);
        source.deliver(one);
        RawConnection viewer = connect().ask("GET", "/feeds/cam.mjpg", "Accept: */*");
        viewer.head();
        String delimiter = "--" + feed.boundary() + "\r\n";
        assertBytes(viewer, delimiter);
        assertStrictPart(viewer, one, delimiter);
        source.deliver(two);
        assertStrictPart(viewer, two, delimiter);
    }

    private static void assertStrictPart(RawConnection viewer, byte[] picture, String delimiter) throws IOException {
        assertBytes(viewer, "Content-Type: image/jpeg\r\nContent-Length: " + picture.length + "\r\n");
        String timestamp = viewer.line();
        assertThat(timestamp).matches("X-Timestamp: \\d{10}\\.\\d{6}");
        double seconds = Double.parseDouble(timestamp.substring("X-Timestamp: ".length()));
        assertThat(seconds).isCloseTo(Instant.now().toEpochMilli() / 1000.0, within(20.0));
        assertBytes(viewer, "\r\n");
        assertThat(viewer.read(picture.length)).isEqualTo(picture);
        assertBytes(viewer, "\r\n" + delimiter);
    }

    @Test
    void browserFramingPutsTheNextHeaderAfterEachPicture() throws IOException {
        byte[] one = NumberedPicture.of(1);
        byte[] two = NumberedPicture.of(2);
        source.deliver(one);
        RawConnection viewer = connect().ask("GET", "/video_feed", "Accept: image/avif,image/webp,*/*;q=0.8");
        viewer.head();
        String delimiter = "--" + feed.boundary() + "\r\n";
        String nextHeader = "Content-Type: image/jpeg\r\n\r\n";
        assertBytes(viewer, delimiter + "Content-Type: image/jpeg\r\nContent-Length: " + one.length + "\r\n");
        assertThat(viewer.line()).startsWith("X-Timestamp: ");
        assertBytes(viewer, "\r\n");
        assertThat(viewer.read(one.length)).isEqualTo(one);
        assertBytes(viewer, "\r\n" + delimiter + nextHeader); // before there is a second picture
        source.deliver(two);
        assertThat(viewer.read(two.length)).isEqualTo(two);
        assertBytes(viewer, "\r\n" + delimiter + nextHeader);
    }

    @Test
    void whoAsksForPicturesOrPagesGetsBrowserFramingAndTheQueryOverrides() throws IOException {
        serveOneSource(SHORT);
        source.deliver(NumberedPicture.of(1));
        assertThat(secondPartHasALength("/video_feed", "Accept: image/*")).isFalse();
        assertThat(secondPartHasALength("/video_feed", "Accept: text/html,application/xhtml+xml,*/*;q=0.8"))
                .isFalse();
        assertThat(secondPartHasALength("/video_feed")).isTrue();
        assertThat(secondPartHasALength("/video_feed", "Accept: */*")).isTrue();
        assertThat(secondPartHasALength("/video_feed?framing=browser", "Accept: */*"))
                .isFalse();
        assertThat(secondPartHasALength("/video_feed?framing=strict", "Accept: image/*"))
                .isTrue();
        assertThat(secondPartHasALength("/video_feed?t=1&cacheBust=2&framing=strict"))
                .isTrue();
    }

    private boolean secondPartHasALength(String target, String... headers) throws IOException {
        PartReader parts = PartReader.of(connect(), target, headers);
        parts.next();
        source.deliver(NumberedPicture.of(2));
        return parts.next().orElseThrow().headers().containsKey("Content-Length");
    }

    @Test
    void theFirstPictureComesWithTheHeadWithoutWaitingForAnother() throws IOException {
        byte[] picture = NumberedPicture.of(1);
        source.deliver(picture);
        watch("/feeds/cam.mjpg");
        RawConnection viewer = connect().ask("GET", "/feeds/cam.mjpg");
        assertThat(viewer.head().statusLine()).isEqualTo("HTTP/1.1 200 OK");
        assertBytes(viewer, "--" + feed.boundary() + "\r\n");
        assertStrictPart(viewer, picture, "--" + feed.boundary() + "\r\n");
    }

    @Test
    void aViewerWhoWantsFewerFramesGetsThemWhenTheyAreDue() throws IOException {
        source.deliver(NumberedPicture.of(1));
        RawConnection viewer = connect();
        PartReader parts = PartReader.of(viewer, "/feeds/cam.mjpg?fps=0.3");
        assertThat(parts.nextNumber()).isEqualTo(1);
        for (int number = 2; number <= 4; number++) {
            source.deliver(NumberedPicture.of(number));
        }
        assertThat(parts.nextNumber())
                .as("the newest of those that came before it was due")
                .isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001", "x", "1e3", "0.05", "NaN", "10,5"})
    void aRateThatIsNoneIsRefusedByItsName(String fps) throws IOException {
        RawConnection client = connect().ask("GET", "/feeds/cam.mjpg?fps=" + fps);
        ResponseHead head = client.head();
        assertThat(head.status()).isEqualTo(400);
        assertThat(new String(client.read(Integer.parseInt(head.header("Content-Length"))), StandardCharsets.UTF_8))
                .isEqualTo("fps is a number from 0.1 to 1000, not '" + fps + "'\n");
    }

    @Test
    void anHttp10ClientGetsTheSameWithoutChunks() throws IOException {
        source.deliver(NumberedPicture.of(1));
        RawConnection viewer = connect().send("GET /video_feed HTTP/1.0\r\nHost: localhost\r\n\r\n");
        PartReader parts = PartReader.on(viewer);
        assertThat(parts.head().status()).isEqualTo(200);
        assertThat(parts.head().headers()).doesNotContainKey("Transfer-Encoding");
        assertThat(parts.nextNumber()).isEqualTo(1);
    }

    @Test
    void theHeadersAloneOfAStreamNameNoLength() throws IOException {
        RawConnection client = connect().ask("HEAD", "/feeds/cam.mjpg");
        ResponseHead head = client.head();
        assertThat(head.statusLine()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(head.header("Content-Type")).isEqualTo("multipart/x-mixed-replace; boundary=" + feed.boundary());
        assertThat(head.headers()).doesNotContainKeys("Content-Length", "Transfer-Encoding");
        assertThat(client.rest()).isEmpty();
        assertThat(source.openings()).isZero();
    }

    @Test
    void aSnapshotIsTheNewestPictureWithItsNumberAndAge() throws IOException {
        byte[] picture = NumberedPicture.of(1);
        long delivered = System.nanoTime();
        source.deliver(picture);
        watch("/feeds/cam.mjpg");
        RawConnection client = connect().ask("GET", "/feeds/cam.jpg");
        ResponseHead head = client.head();
        long most = Duration.ofNanos(System.nanoTime() - delivered).toMillis();
        assertThat(head.statusLine()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(head.header("Content-Type")).isEqualTo("image/jpeg");
        assertThat(head.header("X-Frame-Sequence")).isEqualTo("1");
        assertThat(Long.parseLong(head.header("X-Frame-Age-Ms"))).isBetween(0L, most);
        assertThat(head.header("X-Timestamp")).matches("\\d{10}\\.\\d{6}");
        assertThat(head.header("Cache-Control")).isEqualTo("no-store");
        assertThat(client.read(Integer.parseInt(head.header("Content-Length")))).isEqualTo(picture);
    }

    @Test
    void theAgeOfASnapshotIsThatOfItsFrame() throws IOException {
        long captured = System.nanoTime() - 1_500_000_000;
        flipbook.feed("aged").publish(Frame.ofJpeg(NumberedPicture.of(1)).capturedAt(captured));
        ResponseHead head = connect().ask("GET", "/feeds/aged.jpg").head();
        long most = Duration.ofNanos(System.nanoTime() - captured).toMillis();
        assertThat(Long.parseLong(head.header("X-Frame-Age-Ms"))).isBetween(1500L, most);
    }

    @Test
    void theStatusCountsTheFramesAtEachStep() throws IOException {
        source.deliver(NumberedPicture.of(1));
        Witness viewer = watch("/feeds/cam.mjpg");
        for (int number = 2; number <= 3; number++) {
            source.deliver(NumberedPicture.of(number));
            viewer.awaits(number);
        }
        assertThat(status("cam"))
                .contains("\"encoder\":\"none\",", "\"encoded\":0,", "\"encodeMs\":0.0,")
                .contains("\"captured\":3,", "\"frames\":3,", "\"skipped\":0,", "\"dropped\":0,");
    }

    @Test
    void theStatusReportsTheImagesOfAProgramThatWereEncoded() throws IOException {
        Feed drawn = flipbook.feed("drawn");
        drawn.publish(new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB)); // nobody sees this picture
        drawn.publish(new BufferedImage(1280, 720, BufferedImage.TYPE_INT_RGB));
        connect().ask("GET", "/feeds/drawn.mjpg").head();
        assertThat(status("drawn"))
                .contains("\"captured\":2,", "\"encoded\":1,", "\"frames\":1,")
                .containsPattern("\"encodeMs\":(0\\.0[1-9]|0\\.[1-9]|[1-9])");
    }

    private String status(String name) throws IOException {
        RawConnection client = connect().ask("GET", "/api/feeds/" + name);
        int length = Integer.parseInt(client.head().header("Content-Length"));
        return new String(client.read(length), StandardCharsets.UTF_8);
    }

    // inside

    private RawConnection connect() throws IOException {
        RawConnection connection = RawConnection.to(flipbook.port());
        toClose.add(connection);
        return connection;
    }

    private Witness watch(String target) throws IOException {
        Witness witness = Witness.of(flipbook.port(), target);
        toClose.add(witness);
        return witness;
    }

    private static void assertBytes(RawConnection viewer, String expected) throws IOException {
        assertThat(new String(viewer.read(expected.length()), StandardCharsets.ISO_8859_1))
                .isEqualTo(expected);
    }

    private static List<String> sourceThreads() {
        return ProcessFigures.now().threads().stream()
                .filter(name -> name.startsWith("flipbook-source"))
                .toList();
    }
}
