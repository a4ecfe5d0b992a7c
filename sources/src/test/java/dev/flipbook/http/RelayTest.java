package dev.flipbook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A feed that shows a camera on the network: what its viewers see when the camera fails. */
@Timeout(300)
class RelayTest {

    /** Options with which a single picture is requested again at once. */
    private static final SourceOptions ASKED_AT_ONCE =
            new SourceOptions(0, 0, 0, 80, 0, false, false, Duration.ofMillis(1), "", Map.of());

    /** Cuts the answer at every byte, alternately with an end and with a reset. No viewer may see half a picture. */
    @ParameterizedTest
    @EnumSource(Dialect.class)
    void aStreamThatIsCutAtAnyByteTearsNoPicture(Dialect dialect) throws Exception {
        byte[] answer = answer(dialect, List.of(tiny(1), tiny(2), tiny(3)));
        try (FakeCamera camera = FakeCamera.of(request -> sendsUpTo(answer, request));
                FrameSource source = FrameSource.open(camera.url("/"), ASKED_AT_ONCE);
                Stage stage = Stage.forProgram()) {
            FakeSink viewer = stage.quickViewer();
            while (camera.requests().size() <= answer.length) {
                publishAll(source, stage.feed);
            }
            List<byte[]> whole =
                    List.of(Frame.ofJpeg(tiny(1)).bytes(), Frame.ofJpeg(tiny(2)).bytes());
            List<byte[]> seen = viewer.pictures(stage.feed);
            assertThat(seen).allMatch(picture -> whole.stream().anyMatch(one -> Arrays.equals(one, picture)));
            assertThat(whole).allMatch(one -> seen.stream().anyMatch(picture -> Arrays.equals(one, picture)));
        }
    }

    /** A picture of few bytes, because there are as many connections as bytes. */
    private static byte[] tiny(int number) {
        byte[] picture = Pictures.without(Pictures.grey(8, 8), 0xC4);
        return Pictures.insert(picture, 2, Pictures.segment(0xFE, (byte) number));
    }

    private static void publishAll(FrameSource source, Feed feed) throws InterruptedException {
        try {
            while (true) {
                feed.publish(source.next());
            }
        } catch (IOException e) {
            assertThat(e).hasMessageStartingWith("127.0.0.1 closed the connection");
        } finally {
            source.close();
        }
    }

    private static void sendsUpTo(byte[] answer, FakeCamera.Request request) throws IOException {
        request.send(Arrays.copyOf(answer, Math.min(answer.length, request.number() - 1)));
        if (request.number() % 2 == 0) {
            request.reset();
        }
    }

    /**
     * Cuts the answer of a supervised source at some bytes. The viewer must stay connected, and see why there is no
     * picture.
     */
    @Test
    void aViewerStaysWhereverTheStreamIsCut() throws Exception {
        byte[] answer = answer(
                Dialect.PROPER, List.of(Pictures.numbered(1, 0), Pictures.numbered(2, 0), Pictures.numbered(3, 0)));
        try (FakeCamera camera = FakeCamera.of(request ->
                        request.send(Arrays.copyOf(answer, Math.min(answer.length, request.number() * 31))));
                Stage stage = showing(camera.url("/"))) {
            FakeSink viewer = stage.quickViewer();
            soon(() -> {
                if (stage.sourceThreads() == 0) {
                    stage.ticker.advance(Duration.ofSeconds(20)); // more than any back-off
                    stage.tick();
                }
                return camera.requests().size() >= 60;
            });
            assertThat(whole(stage, viewer)).contains(1L, 2L).doesNotContain(3L);
            assertThat(viewer.ended()).isFalse();
        }
    }

    private static byte[] answer(Dialect dialect, List<byte[]> pictures) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes(dialect.head().getBytes(StandardCharsets.ISO_8859_1));
        answer.writeBytes(dialect.body(pictures));
        byte[] all = answer.toByteArray();
        int end = new String(all, StandardCharsets.ISO_8859_1).lastIndexOf("\u00FF\u00D8");
        return Arrays.copyOf(all, end); // including the bytes after the second picture, which some dialects need
    }

    /** The numbers of the camera's pictures. All other pictures must be whole placeholders. */
    private static List<Long> whole(Stage stage, FakeSink viewer) {
        List<Long> numbers = new ArrayList<>();
        for (byte[] picture : viewer.pictures(stage.feed)) {
            if (picture[3] == (byte) 0xFE) {
                numbers.add(Pictures.number(picture));
            } else {
                assertThat(Pictures.decode(picture)).isNotNull();
            }
        }
        return numbers;
    }

    @Test
    void allViewersShareOneConnection() throws Exception {
        try (FakeCamera camera = FakeCamera.of(RelayTest::sendsTwoAndStays);
                Stage stage = showing(camera.url("/"))) {
            List<FakeSink> viewers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                viewers.add(stage.quickViewer());
            }
            stage.awaitFrames(2);
            await().untilAsserted(() -> assertThat(viewers)
                    .allSatisfy(viewer -> assertThat(viewer.numbers(stage.feed)).endsWith(2L)));
            assertThat(camera.requests()).hasSize(1);
            for (FakeSink viewer : viewers) {
                assertThat(viewer.ended()).isFalse();
            }
        }
    }

    private static void sendsTwoAndStays(FakeCamera.Request request) throws IOException {
        request.send(Dialect.PROPER.head());
        request.send(Dialect.PROPER.body(List.of(Pictures.numbered(1, 0), Pictures.numbered(2, 0))));
        request.awaitGone();
    }

    @Test
    void whoFallsSilentIsStalledAndAskedAgainOnANewConnection() throws Exception {
        try (FakeCamera camera = FakeCamera.of(RelayTest::sendsTwoAndStays);
                Stage stage = showing(camera.url("/"))) {
            FakeSink viewer = stage.quickViewer();
            stage.awaitFrames(2);
            stage.pass(Duration.ofMillis(5200));
            assertThat(stage.feed.status().state()).isEqualTo(State.STALLED);
            assertThat(stage.feed.status().reason()).startsWith("no picture for 5 s");
            soon(() -> {
                stage.pass(Duration.ofMillis(100));
                return stage.feed.status().state() == State.LIVE
                        && camera.requests().size() == 2;
            });
            soon(() -> camera.open() == 1);
            assertThat(viewer.ended()).isFalse();
            assertThat(whole(stage, viewer)).isNotEmpty();
        }
    }

    @Test
    void whoClosesAtOnceIsAskedLessAndLess() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> request.send(Dialect.PROPER.head()));
                Stage stage = showing(camera.url("/"))) {
            stage.quickViewer();
            for (int i = 0; i < 300; i++) {
                soon(() -> stage.sourceThreads() == 0);
                stage.pass(Duration.ofMillis(100));
            }
            assertThat(camera.requests().size()).as("tries within 30 s").isBetween(5, 9);
            assertThat(stage.feed.status().reason()).isEqualTo("127.0.0.1 closed the connection");
        }
    }

    /** The log has the same reasons as the status. */
    @Test
    void noPasswordIsEverTold() throws Exception {
        List<String> answers = List.of(
                "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n",
                "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"x\", nonce=\"n\"\r\n\r\n",
                "HTTP/1.1 404 No\r\n\r\n",
                "HTTP/1.1 302 On\r\nLocation: http://%s@127.0.0.1:1/?%s\r\n\r\n".formatted("me:S3CR3T", "S3CR3T"),
                "HTTP/1.1 302 On\r\nLocation: S3CR3T:S3CR3T\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Type: S3CR3T\r\n\r\nS3CR3T S3CR3T",
                "S3CR3T",
                "");
        for (String answer : answers) {
            try (FakeCamera camera = FakeCamera.of(request -> request.send(answer));
                    Stage stage = showing("http://me:S3CR3T@" + camera.place() + "/a?password=S3CR3T#S3CR3T")) {
                stage.quickViewer();
                stage.awaitState(State.OFFLINE);
                assertThat(stage.feed.status().source()).isEqualTo(camera.url("/a"));
                assertThat(stage.feed.status().toString()).doesNotContain("S3CR3T");
            }
        }
    }

    private static Stage showing(String url) throws IOException {
        return Stage.showing(FrameSource.open(url));
    }

    /** Waits like await(), but checks more often, because this is done for every byte. */
    private static void soon(Callable<Boolean> condition) {
        await().pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(condition);
    }
}
