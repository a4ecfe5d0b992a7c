package dev.flipbook.it.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.BrowserSocket;
import dev.flipbook.it.kit.LogWatch;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Streams have ids: they are listed, and pages of this server and programs end them. */
@Timeout(180)
class StreamsIT {

    private record Answer(ResponseHead head, String body) {
        int status() {
            return head.status();
        }
    }

    private final LogWatch log = new LogWatch();
    private final List<RawConnection> connections = new ArrayList<>();
    private Flipbook flipbook;
    private Feed feed;

    @BeforeEach
    void serve() throws IOException {
        flipbook = Flipbook.start(new ServerOptions(
                "127.0.0.1",
                0,
                false,
                Set.of(),
                Set.of("http://wall.example"),
                FeedOptions.DEFAULT,
                Deadlines.DEFAULT));
        feed = flipbook.feed("cam");
        feed.publish(NumberedPicture.of(1));
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        try (LogWatch watched = log;
                Flipbook served = flipbook) {
            for (RawConnection connection : connections) {
                connection.close();
            }
            await().untilAsserted(() -> {
                feed.publish(NumberedPicture.of(99)); // at this write the server notices who has gone
                assertThat(streams()).isEmpty();
            });
            await().untilAsserted(() -> assertThat(served.feeds().viewers()).isZero());
            assertThat(watched.traces()).isEmpty();
        }
    }

    @Test
    void aStreamIsListedUnderTheIdThatItWasGiven() throws IOException {
        PartReader viewer = watch("/feeds/cam.mjpg?stream=wall-1_A");
        viewer.nextNumber();
        assertThat(viewer.head().header("X-Stream-Id")).isEqualTo("wall-1_A");

        await().until(() -> streams().getFirst().path("sent").asInt() == 1);
        JsonNode one = streams().getFirst();
        assertThat(one.propertyNames())
                .containsExactly(
                        "id", "feed", "kind", "address", "seconds", "sent", "skipped", "bytes", "fps", "ageMs");
        assertThat(one.path("id").asString()).isEqualTo("wall-1_A");
        assertThat(one.path("feed").asString()).isEqualTo("cam");
        assertThat(one.path("kind").asString()).isEqualTo("mjpeg");
        assertThat(one.path("address").asString()).isEqualTo("127.0.0.1");
        assertThat(one.path("bytes").asInt()).isGreaterThan(2000);
        Answer alone = ask("GET", "/api/streams/wall-1_A");
        assertThat(alone.status()).isEqualTo(200);
        assertThat(alone.head().header("Cache-Control")).isEqualTo("no-store");
        assertThat(json(alone).path("id").asString()).isEqualTo("wall-1_A");
    }

    @Test
    void aStreamWithoutANameGetsOneThatNobodyGuesses() throws IOException {
        List<String> ids = new ArrayList<>();
        for (String target : List.of("/feeds/cam.mjpg", "/video_feed?type=raw", "/video_feed/cam?width=16")) {
            ids.add(watch(target).head().header("X-Stream-Id"));
        }
        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[A-Za-z0-9_-]{20,64}"));
        assertThat(listed()).as("the oldest first").isEqualTo(ids);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a%20b",
                "a.b",
                "%2e%2e",
                "a/b",
                "%C3%A9",
                "a%00",
                "a%0d%0aSet-Cookie:x",
                "<b>",
                "'",
                "a+b",
                "%7B%7D"
            })
    void anIdOfOtherCharactersIsRefused(String id) throws IOException {
        Answer answer = ask("GET", "/feeds/cam.mjpg?stream=" + id);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).startsWith("stream is a name of 1 to 64 of A-Z a-z 0-9 _ -, not '");
        assertThat(answer.head().headers()).doesNotContainKeys("X-Stream-Id", "Set-Cookie");
        assertThat(streams()).isEmpty();
    }

    @Test
    void anIdHasAtMost64Characters() throws IOException {
        assertThat(ask("GET", "/feeds/cam.mjpg?stream=" + "a".repeat(65)).status())
                .isEqualTo(400);
        watch("/feeds/cam.mjpg?stream=" + "a".repeat(64));
        assertThat(listed()).containsExactly("a".repeat(64));
    }

    @Test
    void onlyHeadersOpenNoStream() throws IOException {
        RawConnection connection = connect().ask("HEAD", "/feeds/cam.mjpg?stream=a");
        assertThat(connection.head().status()).isEqualTo(200);
        assertThat(ask("GET", "/feeds/none.mjpg?stream=a").status()).isEqualTo(404);
        assertThat(ask("GET", "/feeds/cam.mjpg?stream=a&fps=x").status()).isEqualTo(400);
        assertThat(streams()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&fps=0.1", "&width=160", "&type=raw"})
    void anEndedStreamIsClosedAndItsViewerGoneAtOnceThoughNoPictureComes(String more) throws IOException {
        RawConnection connection = connect();
        PartReader viewer = PartReader.of(connection, "/feeds/cam.mjpg?stream=a" + more);
        viewer.next();
        PartReader other = watch("/feeds/cam.mjpg?stream=b");

        assertThat(ask("DELETE", "/api/streams/a").status()).isEqualTo(204);
        await().atMost(Duration.ofSeconds(4)) // sooner than the newest picture is sent once more
                .untilAsserted(() -> assertThat(feed.status().viewers())
                        .as("after the answer has come")
                        .isEqualTo(1));
        assertThat(listed()).containsExactly("b");
        assertThatThrownBy(connection::rest)
                .as("reset, as WebKit keeps what is closed in order")
                .isInstanceOf(SocketException.class);

        Answer again = ask("DELETE", "/api/streams/a");
        assertThat(again.status()).isEqualTo(404);
        assertThat(again.body()).isEqualTo("no stream 'a' is open; /api/streams lists those that are\n");
        feed.publish(NumberedPicture.of(2));
        assertThat(List.of(other.nextNumber(), other.nextNumber())).containsExactly(1, 2);
    }

    @Test
    void aStreamWhosePeerDoesNotReadIsEndedToo() throws IOException {
        RawConnection connection = RawConnection.withReceiveBuffer(flipbook.port(), 4096);
        connections.add(connection);
        feed.publish(NumberedPicture.of(2, 8 << 20));
        connection.ask("GET", "/feeds/cam.mjpg?stream=a").head();
        assertThat(feed.status().viewers()).isEqualTo(1);

        assertThat(ask("DELETE", "/api/streams/a").status()).isEqualTo(204);
        await().untilAsserted(() -> assertThat(feed.status().viewers()).isZero());
        assertThat(connection.ends()).isTrue();
        feed.publish(NumberedPicture.of(3));
        await().untilAsserted(() -> assertThat(flipbook.feeds().usedBytes())
                .as("of the large one nothing is held")
                .isLessThan(1 << 20));
    }

    @Test
    void whoTakesAnIdEndsTheOlderStream() throws IOException {
        RawConnection older = connect().ask("GET", "/feeds/cam.mjpg?stream=a");
        older.head();
        Feed door = flipbook.feed("door");
        door.publish(NumberedPicture.of(7));
        PartReader newer = watch("/feeds/door.mjpg?stream=a");

        assertThat(newer.nextNumber()).isEqualTo(7);
        assertThat(older.ends()).isTrue();
        await().untilAsserted(() -> assertThat(feed.status().viewers()).isZero());
        assertThat(streams())
                .singleElement()
                .satisfies(one -> assertThat(one.path("feed").asString()).isEqualTo("door"));
        door.publish(NumberedPicture.of(8));
        assertThat(newer.nextNumber()).isEqualTo(8);
        assertThat(ask("DELETE", "/api/streams/a").status()).isEqualTo(204);
        await().untilAsserted(() -> assertThat(door.status().viewers()).isZero());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://evil.example",
                "Origin: null",
                "Origin: http://wall.example", // may watch
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site"
            })
    void aPageOfAnotherOriginEndsNothing(String header) throws IOException {
        PartReader viewer = watch("/feeds/cam.mjpg?stream=a");
        Answer answer = ask("DELETE", "/api/streams/a", header);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("may not change anything here");
        for (String path : List.of("/api/streams", "/api/streams/a")) {
            assertThat(ask("GET", path, header).status()).as(path).isEqualTo(403);
        }
        Answer takeover = ask("GET", "/feeds/cam.mjpg?stream=a", header);
        assertThat(takeover.status()).isEqualTo(409);
        assertThat(takeover.body()).contains("a stream 'a' is open", "take another id");
        assertThat(listed()).containsExactly("a");
        assertThat(viewer.nextNumber()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Origin: http://127.0.0.1", "Sec-Fetch-Site: same-origin", "Host: 127.0.0.1"})
    void aHeaderThatSaysWhereARequestComesFromStandsOnce(String header) throws IOException {
        assertThat(ask("GET", "/api/streams", header, header).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, /api/streams/a, 'GET, HEAD, OPTIONS, DELETE'",
        "POST, /api/streams/a, 'GET, HEAD, OPTIONS, DELETE'",
        "DELETE, /api/streams, 'GET, HEAD, OPTIONS'",
        "DELETE, /feeds/cam.mjpg, 'GET, HEAD, OPTIONS'"
    })
    void otherMethodsAreNotAllowed(String method, String target, String allowed) throws IOException {
        Answer answer = ask(method, target, "Content-Length: 0");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.head().header("Allow")).isEqualTo(allowed);
    }

    @Test
    void whatIsNoIdIsNoStream() throws IOException {
        for (String id : List.of("none", "a".repeat(2000), "%3Cb%3E", "{id}", "..", "a;b")) {
            assertThat(ask("DELETE", "/api/streams/" + id).status()).as(id).isBetween(400, 404);
        }
    }

    @Test
    void aListedOriginMayReadTheId() throws IOException {
        RawConnection connection =
                connect().ask("GET", "/feeds/cam.mjpg?stream=a&type=mixed", "Origin: http://wall.example");
        assertThat(connection.head().header("Access-Control-Expose-Headers")).contains("X-Stream-Id");
    }

    @ParameterizedTest
    @CsvSource({"mixed, multipart/mixed; boundary=[A-Za-z0-9]{30}", "raw, application/octet-stream"})
    void otherTypesHaveTheSameParts(String type, String mediaType) throws IOException {
        PartReader parts = PartReader.of(
                connect(), "/feeds/cam.mjpg?type=" + type, "Accept: image/webp,*/*", "Sec-Fetch-Dest: image");
        assertThat(parts.head().header("Content-Type")).matches(mediaType);
        assertThat(parts.head().header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(parts.nextNumber()).isEqualTo(1);
        feed.publish(NumberedPicture.of(2));
        assertThat(parts.nextHeaders()).containsKeys("Content-Type", "Content-Length", "X-Timestamp");
        assertThat(parts.nextNumber()).isEqualTo(2);
    }

    @Test
    void aTypeThatThereIsNoneOfIsRefused() throws IOException {
        Answer answer = ask("GET", "/feeds/cam.mjpg?type=jpeg");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("type is one of: mixed, raw, not 'jpeg'\n");
    }

    /**
     * Ids are taken over, streams are ended, and clients leave, all while pictures come. One stream of each id must be
     * left.
     */
    @Test
    void oneStreamOfEachIdIsLeftWhateverHappensAtOnce() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                int own = thread;
                all.add(threads.submit(() -> {
                    for (int i = 0; i < 60; i++) {
                        String id = "s" + i % 3;
                        try (RawConnection connection = RawConnection.to(flipbook.port())) {
                            read(connection.ask("GET", "/feeds/cam.mjpg?stream=" + id));
                            if ((i + own) % 3 == 0) {
                                ask("DELETE", "/api/streams/" + id);
                            }
                        }
                    }
                    return null;
                }));
            }
            all.add(threads.submit(() -> IntStream.range(2, 400).forEach(i -> feed.publish(NumberedPicture.of(i)))));
            for (Future<?> one : all) {
                assertThatCode(one::get).doesNotThrowAnyException();
            }
        }
        feed.publish(NumberedPicture.of(500));
        watch("/feeds/cam.mjpg?stream=s0").nextNumber();
        await().untilAsserted(() -> {
            feed.publish(NumberedPicture.of(501));
            assertThat(listed()).containsExactly("s0");
        });
        await().untilAsserted(() -> assertThat(feed.status().viewers()).isEqualTo(1));
    }

    /** Reads a little. Meanwhile another client may end the stream with a reset. */
    private static void read(RawConnection connection) {
        try {
            connection.readOnce();
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PartReader watch(String target) throws IOException {
        return PartReader.of(connect(), target);
    }

    private RawConnection connect() throws IOException {
        RawConnection connection = RawConnection.to(flipbook.port());
        connections.add(connection);
        return connection;
    }

    private List<JsonNode> streams() throws IOException {
        return json(ask("GET", "/api/streams")).path("streams").values().stream()
                .toList();
    }

    private List<String> listed() throws IOException {
        return streams().stream().map(one -> one.path("id").asString()).toList();
    }

    private static JsonNode json(Answer answer) {
        return BrowserSocket.JSON.readTree(answer.body());
    }

    private Answer ask(String method, String target, String... headers) throws IOException {
        try (RawConnection connection = RawConnection.to(flipbook.port())) {
            ResponseHead head = connection.ask(method, target, headers).head();
            int length = head.status() == 204 ? 0 : Integer.parseInt(head.header("Content-Length"));
            return new Answer(head, new String(connection.read(length), StandardCharsets.UTF_8));
        }
    }
}
