package dev.flipbook.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.server.http.ConnectionGuard;
import dev.flipbook.server.http.EmbedPolicy;
import dev.flipbook.server.http.HostCheck;
import dev.flipbook.server.publish.RequestBody;
import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.LateTick;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The way of every request, rule by rule: each route with each method and each word of whence a request comes. */
@Timeout(120)
class RouterTest {

    private static final String HOST = "Host: 127.0.0.1:8080";

    private final FakeTicker clock = FakeTicker.movedBySleepers();
    private final Logger log = Logger.getLogger("dev.flipbook.server");
    private final Kept kept = new Kept();
    private Flipbook flipbook;
    private Router router;

    /** What is logged. */
    private static final class Kept extends Handler {

        private final List<LogRecord> records = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord line) {
            records.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void route() throws IOException {
        flipbook = Flipbook.start(0);
        flipbook.feeds().open("door");
        flipbook.feed("cam").publish(Pictures.ofBytes(100));
        router = router(new ConnectionGuard.Places(10, 10, 10));
        log.addHandler(kept);
    }

    private Router router(ConnectionGuard.Places places) {
        guard = new ConnectionGuard(Duration.ofSeconds(10), places, clock, new LateTick(clock));
        return new Router(
                flipbook.routes,
                new HostCheck("127.0.0.1", List.of(), name -> false),
                new EmbedPolicy(Set.of("http://wall.example")),
                guard,
                clock);
    }

    private ConnectionGuard guard;

    @AfterEach
    void close() {
        log.removeHandler(kept);
        flipbook.close();
    }

    // whence

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                               | true",
                "Sec-Fetch-Site: none           | true",
                "Sec-Fetch-Site: same-origin    | true",
                "Sec-Fetch-Site: same-site      | false",
                "Sec-Fetch-Site: cross-site     | false",
                "Origin: http://127.0.0.1:8080  | true",
                "Origin: http://127.0.0.1:1     | false",
                "Origin: http://evil            | false",
                "Origin: http://wall.example    | false",
                "Origin: null                   | false",
                "Referer: http://evil/          | false"
            })
    void pagesOfOtherOriginsChangeNothing(String header, boolean may) {
        for (String change : List.of("POST /feeds/door", "PUT /feeds/door", "DELETE /api/streams/a")) {
            String[] words = change.split(" ", -1);
            FakeRequest request = request(words[0], words[1], header);
            handle(request);

            int allowed = words[0].equals("DELETE") ? 404 : 411; // there is no such stream, and no body
            assertThat(request.response.getStatus()).as(change).isEqualTo(may ? allowed : 403);
        }
        for (String path : List.of("/api/streams", "/api/streams/a")) {
            FakeRequest request = request("GET", path, header);
            handle(request);
            assertThat(request.response.getStatus() == 403).as(path).isEqualTo(!may);
        }
        for (String path : List.of("/feeds/cam.jpg", "/api/feeds", "/healthz", "/")) {
            FakeRequest request = request("GET", path, header);
            handle(request);
            assertThat(request.response.getStatus()).as(path).isEqualTo(200);
            assertThat(request.response.header("Access-Control-Allow-Origin"))
                    .isEqualTo("Origin: http://wall.example".equals(header) ? "http://wall.example" : null);
            assertThat(request.response.header("Vary")).contains("Origin");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {HOST, "Origin: http://127.0.0.1:8080", "Sec-Fetch-Site: same-origin"})
    void headersThatNameTheOriginMayOccurOnce(String header) {
        FakeRequest request = new FakeRequest("GET", "/healthz", HOST, header, header);

        handle(request);

        assertThat(request.response.getStatus()).isEqualTo(400);
    }

    @Test
    void anotherNameIsRefusedOnEveryRoute() {
        for (Routes.Route route : flipbook.routes.list()) {
            for (String method : List.of("GET", "HEAD", "OPTIONS", "PUT", "POST", "DELETE")) {
                FakeRequest request = new FakeRequest(method, path(route), "Host: evil.example");
                handle(request);
                assertThat(request.response.getStatus())
                        .as(method + " " + path(route))
                        .isEqualTo(421);
            }
        }
    }

    // methods

    @Test
    void eachRouteHasItsMethodsAndSaysWhich() {
        for (Routes.Route route : flipbook.routes.list()) {
            FakeRequest options = request("OPTIONS", path(route), "Origin: http://evil.example");
            handle(options);
            assertThat(options.response.getStatus()).as(path(route)).isEqualTo(204);
            assertThat(options.response.header("Allow")).isEqualTo(route.methods());
            for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW", "get")) {
                if (!route.endpoints().containsKey(method)) {
                    FakeRequest request = request(method, path(route), "Origin: http://evil.example");
                    handle(request);
                    assertThat(request.response.getStatus()).isEqualTo(405);
                    assertThat(request.response.header("Allow")).isEqualTo(route.methods());
                    assertThat(request.response.text())
                            .isEqualTo(method + " is not allowed here; allowed: " + route.methods() + "\n");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/feeds/{name}, 'GET, HEAD, OPTIONS, POST, PUT'",
        "/api/streams/{id}, 'GET, HEAD, OPTIONS, DELETE'",
        "/api/feeds, 'GET, HEAD, OPTIONS, POST'",
        "/api/feeds/{name}, 'GET, HEAD, OPTIONS, DELETE, PATCH'",
        "/api/feeds/{name}/controls, 'GET, HEAD, OPTIONS, PATCH'",
        "/api/feeds/{name}/pause, 'OPTIONS, POST'",
        "/api/feeds/{name}/resume, 'OPTIONS, POST'",
        "/api/config, 'GET, HEAD, OPTIONS'",
        "/api/config/reload, 'OPTIONS, POST'",
        "/feeds/{name}.mjpg, 'GET, HEAD, OPTIONS'",
        "/feeds/{name}.jpg, 'GET, HEAD, OPTIONS'",
        "/api/streams, 'GET, HEAD, OPTIONS'",
        "/ws, 'GET, HEAD, OPTIONS'",
        "/healthz, 'GET, HEAD, OPTIONS'"
    })
    void methodsAreThoseThatAreDocumented(String path, String methods) {
        assertThat(flipbook.routes.list())
                .filteredOn(route -> route.path().equals(path))
                .singleElement()
                .satisfies(route -> assertThat(route.methods()).isEqualTo(methods));
    }

    @Test
    void invalidPathIsRefused() {
        FakeRequest request = request("GET", "/nothing/here", null);

        handle(request);

        assertThat(request.response.getStatus()).isEqualTo(404);
        assertThat(request.response.text()).isEqualTo("there is nothing at '/nothing/here'; / shows every feed\n");
        assertThat(request.response.header("X-Content-Type-Options")).isEqualTo("nosniff");
    }

    @Test
    void firstRouteThatMatchesHasThePath() {
        assertThat(text("/feeds/cam.jpg")).startsWith("\uFFFD\uFFFD\uFFFD");
        assertThat(text("/healthz")).isEqualTo("ok\n");
        assertThat(text("/api/feeds/cam")).startsWith("{\"name\":\"cam\",\"state\":\"live\"");
        assertThat(text("/api/feeds")).startsWith("{\"feeds\":[{\"name\":\"door\"");
        assertThat(text("/api/feeds/none")).isEqualTo("there is no feed 'none'; there are: door, cam\n");
        assertThat(text("/feeds/none.jpg")).isEqualTo("there is no feed 'none'; there are: door, cam\n");
    }

    private String text(String path) {
        FakeRequest request = request("GET", path, null);
        handle(request);
        assertThat(request.response.header("X-Content-Type-Options")).isEqualTo("nosniff");
        return request.response.text();
    }

    @Test
    void chunksAreNotKnownToHttp10() {
        for (HttpVersion version : List.of(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1)) {
            FakeRequest request = request("GET", "/healthz", "Transfer-Encoding: chunked");
            request.connection.version = version;
            handle(request);
            boolean old = version == HttpVersion.HTTP_1_0;
            assertThat(request.response.getStatus()).isEqualTo(old ? 400 : 200);
            assertThat(request.response.header("Connection")).isEqualTo(old ? "close" : null);
        }
    }

    // clients without a place, and the end

    @ParameterizedTest
    @CsvSource({"/, 503", "/feeds/cam.jpg, 503", "/healthzz, 503", "/healthz/, 503", "/healthz, 200"})
    void withoutAPlaceOnlyHealthIsServed(String path, int status) {
        router = router(new ConnectionGuard.Places(0, 0, 0));
        FakeRequest request = request("GET", path, null);
        guard.onOpened(request.connection);

        handle(request);

        assertThat(request.response.getStatus()).isEqualTo(status);
        if (status == 503) {
            assertThat(request.response.header("Connection")).isEqualTo("close");
            assertThat(request.response.header("Retry-After")).isEqualTo("1");
            assertThat(request.response.text())
                    .isEqualTo("there are too many connections, of your address or in all; close some of them, or try"
                            + " again later\n");
        }
    }

    @Test
    void fromItsEndOnEveryRequestIsRefused() throws InterruptedException {
        Thread end = Thread.ofPlatform().start(() -> {
            router.close();
            router.close();
        });
        end.join();
        FakeRequest request = request("GET", "/healthz", null);

        handle(request);

        assertThat(request.response.getStatus()).isEqualTo(503);
        assertThat(request.response.text()).isEqualTo("the server stops\n");
        assertThat(request.response.header("Retry-After")).isEqualTo("1");
    }

    // what fails

    @Test
    void failureInsideTheServerIsAnsweredWithoutItsWordsAndLogged() {
        flipbook.routes.add(new Routes.Route("/broken", exchange -> {
            throw new IllegalStateException("secret");
        }));
        FakeRequest request = request("GET", "/broken", null);

        handle(request);

        assertThat(request.response.getStatus()).isEqualTo(500);
        assertThat(request.response.text()).isEqualTo("this failed inside the server; its log says more\n");
        assertThat(kept.records).singleElement().satisfies(line -> {
            assertThat(line.getMessage()).isEqualTo("path=/broken failed");
            assertThat(line.getThrown()).hasMessage("secret");
        });
    }

    @Test
    void refusalOfTheCoreHasItsStatus() {
        flipbook.routes.add(new Routes.Route("/refused", exchange -> {
            throw new BadRequestException(429, "enough");
        }));
        FakeRequest request = request("GET", "/refused", null);

        handle(request);

        assertThat(request.response.getStatus()).isEqualTo(429);
        assertThat(request.response.text()).isEqualTo("enough\n");
        assertThat(kept.records).isEmpty();
    }

    @Test
    void shortageOfMemoryIsLoggedOnceInFiveSeconds() {
        flipbook.routes.add(new Routes.Route("/at-once", exchange -> {
            throw new OutOfMemoryError("Java heap space");
        }));
        assertShort();
        assertShort();
        clock.pass(Duration.ofSeconds(5));
        assertShort();
        assertThat(kept.records).as("within five seconds").hasSize(1);

        clock.pass(Duration.ofNanos(1));
        assertShort();

        assertThat(kept.records).hasSize(2);
        assertThat(kept.records.getFirst().getParameters()).containsExactly("/at-once", "Java heap space");
    }

    private void assertShort() {
        FakeRequest request = request("GET", "/at-once", null);
        handle(request);
        assertThat(request.response.getStatus()).isEqualTo(503);
        assertThat(request.response.header("Retry-After")).isEqualTo("1");
        assertThat(request.response.text())
                .isEqualTo("there is not enough memory for this now; try again in a second\n");
    }

    @Test
    void answerThatHasBegunIsBrokenOffWhenMemoryIsShort() {
        flipbook.routes.add(new Routes.Route("/begun", exchange -> {
            exchange.begin(200);
            throw new OutOfMemoryError("Java heap space");
        }));
        flipbook.routes.add(
                new Routes.Route("/broken-off", exchange -> exchange.callback().failed(new IOException("reset"))));
        FakeRequest begun = request("GET", "/begun", null);
        router.handle(begun, begun.response, begun.end);
        assertThat(begun.response.writes()).hasSize(1);
        assertThat(begun.response.ended()).isFalse();

        FakeRequest broken = request("GET", "/broken-off", null);
        router.handle(broken, broken.response, broken.end);
        assertThatThrownBy(() -> broken.end.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("reset");
        assertThat(broken.response.writes()).isEmpty();
    }

    // the rest of a body

    @Test
    void unreadBodyIsDiscardedAfterTheAnswer() {
        FakeRequest request = request("PUT", "/healthz", "Content-Length: 3").come(new byte[3], true);

        handle(request);

        assertThat(request.response.getStatus()).isEqualTo(405);
        assertThat(RequestBody.of(request).ended()).isTrue();
    }

    private FakeRequest request(String method, String target, @Nullable String header) {
        List<String> headers = new ArrayList<>(List.of(HOST));
        if (header != null) {
            headers.add(header);
        }
        return new FakeRequest(method, target, headers.toArray(String[]::new));
    }

    private static String path(Routes.Route route) {
        return route.path().replaceAll("\\{.*}", "cam");
    }

    /** And waits for its end. */
    private void handle(FakeRequest request) {
        assertThat(router.handle(request, request.response, request.end)).isTrue();
        assertThat(request.end).succeedsWithin(Duration.ofSeconds(60));
    }
}
