package dev.flipbook.it.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.ProcessFigures;
import dev.flipbook.it.kit.Program;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.RtspServer;
import dev.flipbook.server.Flipbook;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cameras in the network, as GStreamer's RTSP server plays them. */
@Timeout(300)
class RtspIT {

    private static final String LOGIN = "me:s3cret%40home@";

    @ParameterizedTest
    @CsvSource({"/h264, false", "/jpeg, true"})
    void framesComeAndJpegsPassUntouched(String path, boolean untouched) throws Exception {
        try (RtspServer server = RtspServer.start(0);
                FrameSource source = FrameSource.open(server.url("", path))) {
            long begun = source.next().capturedNanos();
            Frame last = source.next();
            for (int i = 0; i < 50; i++) {
                last = source.next();
                assertThat(last.width()).isEqualTo(320);
            }
            assertThat(source.encoding().encoder().equals("none")).isEqualTo(untouched);
            assertThat(source.encoding().frames() == 0).isEqualTo(untouched);
            assertThat(last.capturedNanos() - begun)
                    .as("51 pictures, 25 a second")
                    .isGreaterThan(1_000_000_000L);
        }
    }

    @Test
    void wishesForRateAndSizeAreFollowed() throws Exception {
        try (RtspServer server = RtspServer.start(0);
                FrameSource source = FrameSource.open(server.url("", "/h264"), new SourceOptions(5, 160, 120, 60))) {
            source.next();
            source.next();
            long begun = source.next().capturedNanos();
            Frame last = source.next();
            for (int i = 0; i < 9; i++) {
                last = source.next();
            }
            assertThat(last.width()).isEqualTo(160);
            assertThat((last.capturedNanos() - begun) / 1e9)
                    .as("seconds of ten pictures; all that come would be 0.4")
                    .isGreaterThan(1.2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"basic", "digest"})
    void aGuardedStreamTakesTheRightPasswordAlone(String method) throws Exception {
        try (RtspServer server = RtspServer.start(0, method, "me", "s3cret@home")) {
            try (FrameSource source = FrameSource.open(server.url(LOGIN, "/jpeg"))) {
                assertThat(source.next().width()).isEqualTo(320);
                assertThat(source.description()).isEqualTo(server.url("", "/jpeg"));
            }
            try (FrameSource source = FrameSource.open(server.url("me:wr0ng@", "/jpeg"))) {
                assertThatThrownBy(source::next)
                        .isInstanceOf(IOException.class)
                        .hasMessage("wrong password for 127.0.0.1");
            }
            try (FrameSource source = FrameSource.open(server.url("", "/jpeg"))) {
                assertThatThrownBy(source::next)
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith("127.0.0.1 asks for a password");
            }
        }
    }

    @Test
    void aStreamThatIsNotThereIsNamed() throws Exception {
        try (RtspServer server = RtspServer.start(0);
                FrameSource source = FrameSource.open(server.url("", "/nothing"))) {
            assertThatThrownBy(source::next).hasMessage("127.0.0.1 has no stream /nothing (404)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/h264", "/jpeg"})
    void viewersStayWhileTheServerIsAway(String path) throws Exception {
        RtspServer server = RtspServer.start(0);
        int port = server.port();
        try (Flipbook flipbook = Flipbook.start(0)) {
            Feed feed = flipbook.feed("door", FrameSource.open(server.url("", path)));
            try (RawConnection connection = RawConnection.to(flipbook.port())) {
                PartReader viewer = PartReader.of(connection, "/video_feed");
                AtomicInteger shown = new AtomicInteger();
                CompletableFuture<Void> reading = new CompletableFuture<>(); // for as long as the viewer stays
                Thread.ofVirtual().start(() -> readOn(viewer, shown, reading));
                await().until(() -> feed.status().state() == State.LIVE);

                server.close();
                await().until(() -> feed.status().state() == State.OFFLINE); // with the third failure
                assertThat(feed.status().reason())
                        .isIn("the stream has ended", "connection refused by 127.0.0.1:" + port);
                await().untilAsserted(() ->
                        assertThat(feed.status().reason()).isEqualTo("connection refused by 127.0.0.1:" + port));

                server = RtspServer.start(port);
                await().until(() -> feed.status().state() == State.LIVE);
                int before = shown.get();
                await().until(() -> shown.get() > before + 10);
                assertThat(reading).isNotDone();
                assertThat(feed.status().viewers()).isEqualTo(1);
            }
        } finally {
            server.close();
        }
    }

    /** Counts the pictures, and says when and why there are no more. */
    private static void readOn(PartReader viewer, AtomicInteger shown, CompletableFuture<Void> reading) {
        try {
            while (viewer.next().isPresent()) {
                shown.incrementAndGet();
            }
            reading.complete(null);
        } catch (IOException | RuntimeException | AssertionError e) {
            reading.completeExceptionally(e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFrozenServerDoesNotHoldTheSource(boolean byClosing) throws Exception {
        try (RtspServer server = RtspServer.start(0)) {
            FrameSource source = FrameSource.open(server.url("", "/h264"));
            source.next();
            ProcessFigures before = ProcessFigures.now();
            server.signal("STOP");
            AtomicReference<Exception> thrown = new AtomicReference<>();
            AtomicLong latest = new AtomicLong(System.nanoTime());
            Thread thread = Thread.ofPlatform().start(() -> {
                try {
                    while (true) {
                        source.next();
                        latest.set(System.nanoTime());
                    }
                } catch (IOException | InterruptedException | RuntimeException e) {
                    thrown.set(e);
                }
            });
            // This waits for the decoder process, and not for a picture that was already on its way.
            await().until(() -> System.nanoTime() - latest.get() > 1_000_000_000L
                    && thread.getState() == Thread.State.TIMED_WAITING);
            if (byClosing) {
                source.close();
            } else {
                thread.interrupt();
            }
            assertThat(thread.join(Duration.ofSeconds(60))).as("it has ended").isTrue();
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            source.close();
            ProcessFigures.awaitAsBefore(before);
            server.signal("CONT");
        }
    }

    @Test
    void thePasswordIsNowhereInWhatTheProgramPrints() throws Exception {
        try (RtspServer server = RtspServer.start(0, "basic", "me", "s3cret@home");
                Program program =
                        Program.start("--port=0", "door=" + server.url("me:wr0ngs3cret@", "/h264?k=s3cret"))) {
            String line = program.line();
            int port = Integer.parseInt(line.replaceFirst("(?s).*127\\.0\\.0\\.1:(\\d+).*", "$1"));
            ask(port, "/feeds/door.jpg"); // for which the camera is asked
            String status = ask(port, "/api/feeds/door");
            assertThat(status).contains("wrong password for 127.0.0.1").doesNotContain("s3cret");
            assertThat(line + program.err()).doesNotContain("s3cret");
        }
    }

    private static String ask(int port, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .build();
            return client.send(request, BodyHandlers.ofString()).body();
        }
    }
}
