package dev.flipbook.server.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.ViewerStatus;
import dev.flipbook.server.FakeRequest;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.web.BadRequestException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenStreamsTest {

    private final OpenStreams streams = new OpenStreams();

    /** A stream that reports that it has been watched for this long. */
    private static class Watched implements OpenStream {

        private final Label label;
        private final Duration watching;
        private final List<String> ended;

        Watched(String id, Duration watching, List<String> ended) {
            this(new Label(id, "door", "mjpeg", "127.0.0.1"), watching, ended);
        }

        Watched(Label label, Duration watching, List<String> ended) {
            this.label = label;
            this.watching = watching;
            this.ended = ended;
        }

        @Override
        public Label label() {
            return label;
        }

        @Override
        public ViewerStatus status() {
            return new ViewerStatus(watching, 0, 0, 0, 0, Duration.ZERO);
        }

        @Override
        public void end() {
            ended.add(label.id());
        }
    }

    @Test
    void streamsAreListedInTheOrderOfTheirArrival() {
        List<OpenStream> came = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            OpenStream one = new Watched("s" + i, Duration.ofNanos(i * 7 % 20), new ArrayList<>());
            streams.add(one);
            came.add(one);
        }

        assertThat(streams.list()).isEqualTo(came);
    }

    @Test
    void whoTakesAnIdEndsTheOlderOneAndComesLast() {
        List<String> ended = new ArrayList<>();
        OpenStream older = new Watched("a", Duration.ZERO, ended);
        OpenStream other = new Watched("b", Duration.ZERO, ended);
        OpenStream newer = new Watched("a", Duration.ofSeconds(1), ended);
        streams.add(older);
        streams.add(other);
        streams.add(newer);
        assertThat(ended).containsExactly("a");

        streams.remove(older); // the older stream has ended, and does not have this id any more

        assertThat(streams.list()).containsExactly(other, newer);
        streams.remove(newer);
        assertThat(streams.list()).containsExactly(other);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                              | true",
                "Sec-Fetch-Site: same-origin   | true",
                "Sec-Fetch-Site: none          | true",
                "Sec-Fetch-Site: same-site     | false",
                "Sec-Fetch-Site: cross-site    | false",
                "Origin: http://127.0.0.1:8080 | true",
                "Origin: http://evil.example   | false",
                "Origin: null                  | false",
                "Referer: http://evil.example/ | false"
            })
    void onlyProgramsAndPagesOfThisServerReadIdsAndTakeThemOver(String header, boolean may) {
        List<String> ended = new ArrayList<>();
        streams.add(new Watched("a", Duration.ofMillis(1500), ended));
        FakeRequest all = request("GET", "/api/streams", header);
        FakeRequest one = request("GET", "/api/streams/a", header);
        FakeRequest newer = request("GET", "/feeds/door.mjpg?stream=a", header);
        FakeRequest other = request("GET", "/feeds/door.mjpg?stream=b", header);

        if (may) {
            streams.all(all.exchange(""));
            streams.one(one.exchange("a"));
            streams.add(new Watched("a", Duration.ZERO, ended), newer);
            String json =
                    "{\"id\":\"a\",\"feed\":\"door\",\"kind\":\"mjpeg\",\"address\":\"127.0.0.1\",\"seconds\":1.5,"
                            + "\"sent\":0,\"skipped\":0,\"bytes\":0,\"fps\":0.0,\"ageMs\":0.0}";
            assertThat(all.response.text()).isEqualTo("{\"streams\":[" + json + "]}\n");
            assertThat(one.response.text()).isEqualTo(json + "\n");
            for (FakeRequest asked : List.of(all, one)) {
                assertThat(asked.response.getStatus()).isEqualTo(200);
                assertThat(asked.response.header("Cache-Control")).isEqualTo("no-store");
                assertThat(asked.response.header("Content-Type")).isEqualTo("application/json");
            }
            assertThat(ended).containsExactly("a");
        } else {
            assertThatThrownBy(() -> streams.all(all.exchange(""))).isInstanceOf(HttpError.class);
            assertThatThrownBy(() -> streams.one(one.exchange("a"))).isInstanceOf(HttpError.class);
            assertThatThrownBy(() -> streams.one(one.exchange("unknown")))
                    .as("nor whether there is one")
                    .hasMessageContaining("may not ask for this here");
            assertThatThrownBy(() -> streams.add(new Watched("a", Duration.ZERO, ended), newer))
                    .isInstanceOfSatisfying(
                            BadRequestException.class,
                            e -> assertThat(e.status()).isEqualTo(409))
                    .hasMessage("a stream 'a' is open, and only programs and pages of this server may end it;"
                            + " take another id");
            assertThat(ended).isEmpty();
        }
        streams.add(new Watched("b", Duration.ZERO, ended), other);
        assertThat(streams.list()).extracting(stream -> stream.label().id()).containsExactly("a", "b");
    }

    private static FakeRequest request(String method, String target, @Nullable String header) {
        return header == null
                ? new FakeRequest(method, target, "Host: 127.0.0.1:8080")
                : new FakeRequest(method, target, "Host: 127.0.0.1:8080", header);
    }

    @Test
    void streamIsEndedByItsId() {
        List<String> ended = new ArrayList<>();
        streams.add(new Watched("a", Duration.ZERO, ended));
        streams.add(new Watched("b", Duration.ZERO, ended));
        FakeRequest request = request("DELETE", "/api/streams/b", null);

        streams.end(request.exchange("b"));

        assertThat(ended).containsExactly("b");
        assertThat(request.response.getStatus()).isEqualTo(204);
        assertThat(request.response.text()).isEmpty();
        assertThatThrownBy(() -> streams.end(request.exchange("c")))
                .isInstanceOf(HttpError.class)
                .hasMessage("no stream 'c' is open; /api/streams lists those that are");
    }

    @Test
    void idOfAnotherKindOfStreamIsNotTaken() {
        List<String> ended = new ArrayList<>();
        streams.add(new Watched("a", Duration.ZERO, ended));
        OpenStream.Label label = new OpenStream.Label("a", "door", "websocket", "127.0.0.1");
        OpenStream socket = new Watched(label, Duration.ZERO, ended);

        assertThatThrownBy(() -> streams.add(socket))
                .isInstanceOfSatisfying(
                        BadRequestException.class, e -> assertThat(e.status()).isEqualTo(409))
                .hasMessage("another stream is called 'a'; take another name");
        assertThat(ended).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "wall-1_A", "0", "-", "_"})
    void idOfAStreamIsAsItIsAskedFor(String id) {
        assertThat(OpenStreams.id(
                        request("GET", "/feeds/door.mjpg?stream=" + id, null).exchange("door")))
                .isEqualTo(id);
        assertThat(id("a".repeat(64))).hasSize(64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a%20b", "a.b", "a/b", "%C3%A9", "a%0d", "'", "a%00"})
    void otherIdsAreRefused(String id) {
        assertThatThrownBy(() -> id(id))
                .isInstanceOfSatisfying(
                        BadRequestException.class, e -> assertThat(e.status()).isEqualTo(400))
                .hasMessageStartingWith("stream is a name of 1 to 64 of A-Z a-z 0-9 _ -, not '");
        assertThatThrownBy(() -> id("a".repeat(65))).isInstanceOf(BadRequestException.class);
    }

    private static String id(String asked) {
        return OpenStreams.id(
                request("GET", "/feeds/door.mjpg?stream=" + asked, null).exchange("door"));
    }

    @Test
    void streamWithoutANameGetsOneThatCannotBeGuessed() {
        FakeRequest request = request("GET", "/feeds/door.mjpg", null);

        assertThat(OpenStreams.id(request.exchange("door")))
                .matches("[0-9a-f-]{36}")
                .isNotEqualTo(OpenStreams.id(request.exchange("door")));
    }
}
