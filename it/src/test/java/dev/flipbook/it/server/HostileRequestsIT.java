package dev.flipbook.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.LogWatch;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.ProcessFigures;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.Witness;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that only hostile or broken clients send. After each request the server still answers, a viewer has lost no
 * frame, nothing is left of the connection, and the log has no stack trace.
 */
@Timeout(300)
class HostileRequestsIT {

    private static final String HOST = "Host: 127.0.0.1\r\n";
    /** Every address that may be asked for. */
    private static final List<String> ADDRESSES = List.of(
            "/",
            "/feeds/cam",
            "/feeds/cam.mjpg",
            "/feeds/cam.jpg",
            "/video_feed",
            "/video_feed/cam",
            "/api/feeds",
            "/api/feeds/cam",
            "/api/streams",
            "/page/page.css",
            "/healthz");

    private final LogWatch log = new LogWatch();
    private final List<RawConnection> connections = new ArrayList<>();
    private Flipbook flipbook;
    private Feed feed;
    private Witness witness;
    private ProcessFigures before;
    private int published;

    @BeforeEach
    void serve() throws IOException {
        Deadlines deadlines = new Deadlines(Duration.ofSeconds(5), Duration.ofSeconds(60));
        flipbook = Flipbook.start(ServerOptions.DEFAULT.withPort(0).withDeadlines(deadlines));
        feed = flipbook.feed("cam");
        flipbook.feed("door");
        publish();
        witness = Witness.of(flipbook.port(), "/feeds/cam.mjpg");
        answer("GET /healthz HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");
        before = ProcessFigures.now();
    }

    @AfterEach
    void everythingIsAsBefore() throws IOException {
        try (Flipbook served = flipbook;
                LogWatch watched = log;
                Witness watching = witness) {
            for (int i = 0; i < 5; i++) {
                publish();
                witness.awaits(published);
            }
            watching.sawAllUpTo(published);
            assertThat(served.feeds().viewers()).isPositive();
            assertThat(answer("GET /healthz HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("\r\n\r\nok\n");
            for (RawConnection connection : connections) {
                connection.close();
            }
            ProcessFigures.awaitAsBefore(before);
            await().pollDelay(Duration.ZERO).untilAsserted(() -> {
                publish(); // that a viewer has left is known by the next write to it
                assertThat(feed.status().viewers()).isEqualTo(1);
            });
            assertThat(watched.traces()).isEmpty();
        }
    }

    // H1: what is not a request

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET  HTTP/1.1\r\n" + HOST + "\r\n",
                "GET foo HTTP/1.1\r\n" + HOST + "\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/9.9\r\n" + HOST + "\r\n",
                "GET /\u0001 HTTP/1.1\r\n" + HOST + "\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "Bad Header: x\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "X: a\u0000b\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + " folded: x\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "no colon\r\n\r\n"
            })
    void whatIsNotARequestIsRefusedAndTheConnectionClosed(String request) throws IOException {
        assertRefused(answer(request), 400, 501, 505);
    }

    @Test
    void zerosOnesAndTwosAreRefused() throws IOException {
        byte[] junk = new byte[3 * (64 << 10)];
        for (int i = 0; i < junk.length; i++) {
            junk[i] = (byte) (i % 3);
        }
        assertClosed(junk);
    }

    @Test
    void aTlsHelloOnThePlainPortIsRefused() throws IOException {
        byte[] hello = new byte[517];
        System.arraycopy(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xFC, 3, 3}, 0, hello, 0, 11);
        assertClosed(hello);
    }

    // H2: too large

    @Test
    void aHeaderOf64KiBIsRefused() throws IOException {
        assertTooLarge("GET / HTTP/1.1\r\n" + HOST + "X: " + "a".repeat(64 << 10) + "\r\n\r\n", 431);
    }

    @Test
    void tenThousandHeadersAreRefused() throws IOException {
        assertTooLarge("GET / HTTP/1.1\r\n" + HOST + "X: a\r\n".repeat(10_000) + "\r\n", 431);
    }

    @Test
    void aMebibyteOfHeadersIsRefused() throws IOException {
        assertTooLarge("GET / HTTP/1.1\r\n" + HOST + ("X: " + "a".repeat(1000) + "\r\n").repeat(1000), 431);
    }

    @Test
    void anAddressOf64KiBIsRefused() throws IOException {
        assertTooLarge("GET /" + "a".repeat(64 << 10) + " HTTP/1.1\r\n" + HOST + "\r\n", 414, 431);
    }

    // H4: requests whose end is ambiguous

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: -1\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: 12345678901234567890\r\n",
                "Content-Length: 5, 5, 6\r\n",
                "Content-Length: five\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"
            })
    void aDoubtfulLengthIsRefusedAndNoSecondRequestIsServed(String headers) throws IOException {
        String smuggled = "GET /healthz HTTP/1.1\r\n" + HOST + "\r\n";
        assertRefused(answer("GET /healthz HTTP/1.1\r\n" + HOST + headers + "\r\n0\r\n\r\n" + smuggled), 400, 501);
    }

    @Test
    void chunksInHttp10AreRefused() throws IOException {
        assertRefused(
                answer("GET /healthz HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                        + "GET /healthz HTTP/1.1\r\n" + HOST + "\r\n"),
                400);
    }

    // H6, H7: connections that ask for nothing

    @Test
    void headersThatDoNotEndAreCutOffAtTheDeadlineAndWhoeverWasAnsweredMayAskAgainLater() throws Exception {
        RawConnection kept = connect().ask("GET", "/healthz");
        assertThat(kept.head().status()).isEqualTo(200);
        kept.read(3);
        List<RawConnection> slow = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            slow.add(connect().send("GET / HTTP/1.1\r\nX: "));
        }
        slow.add(connect()); // not a byte
        RawConnection dripping = connect().send("GET / HTTP/1.1\r\nX: ");
        await().until(() -> !takes(dripping)); // one byte after the other
        for (RawConnection one : slow) {
            assertThat(one.ends()).isTrue();
        }
        assertThat(kept.ask("GET", "/healthz").head().status())
                .as("after the deadline")
                .isEqualTo(200);
        publish();
        witness.awaits(published);
        assertThat(answer("GET /feeds/cam.jpg HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n");
    }

    private static boolean takes(RawConnection connection) {
        try {
            connection.send("a");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Each of these connections has been answered and is idle, so no deadline ends it. Only their number does: those
     * above a thousand are closed.
     */
    @Test
    void idleConnectionsOfOneAddressDoNotShutOutAnother() throws Exception {
        int more = 20;
        for (int i = 0; i < 1000 + more; i++) {
            try {
                RawConnection idle = connect().ask("GET", "/healthz");
                assertThat(idle.head().status()).isEqualTo(200);
                idle.read(3);
            } catch (IOException e) {
                // closed meanwhile, as others wait too
            }
        }
        try (RawConnection other = RawConnection.from("127.0.0.2", flipbook.port())) {
            assertThat(other.ask("GET", "/healthz").head().status()).isEqualTo(200);
        }
        await().until(() -> connections.stream().filter(RawConnection::hasEnded).count() >= more);
        for (RawConnection connection : connections) {
            connection.close();
        }
        await().untilAsserted(() -> assertThat(answer("GET /healthz HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200"));
    }

    // H8: paths that lead elsewhere

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../etc/passwd",
                "/%2e%2e/",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/..%2f",
                "/%252e%252e/",
                "//",
                "//healthz",
                "/page/..;/",
                "/page/../page/page.css",
                "/page/%2e%2e/Page.class",
                "/page/..%2fPage.class",
                "/page/Page.class",
                "/page/",
                "/page/.",
                "/page/page.css%00.js",
                "/%00",
                "/%c0%ae%c0%ae/",
                "/%ff",
                "/\\..\\..\\etc\\passwd",
                "/feeds/..mjpg",
                "/feeds/%63am.mjpg",
                "/feeds/cam.mjpg/",
                "/feeds/cam/../cam.mjpg",
                "/feeds/cam%2emjpg",
                "/healthz;x=y",
                "/HEALTHZ",
                "/feeds/.mjpg",
                "*",
                "/video_feed/",
                "/api/feeds/"
            })
    void aPathThatLeadsElsewhereIsNotFound(String path) throws IOException {
        assertRefused(answer("GET " + path + " HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n"), 400, 404);
        for (String good : List.of("/", "/page/page.css")) {
            assertThat(answer("GET " + good + " HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    // H9: text that is shown back

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%0d%0aX-Injected:%20yes",
                "%1b%5b31m",
                "<script>alert(1)</script>",
                "%3Cscript%3Ealert(1)%3C/script%3E",
                "..%0d%0a%0d%0a<html>"
            })
    void whatIsShownBackIsTextOnOneLine(String name) throws IOException {
        for (String path : List.of("/feeds/" + name + ".mjpg", "/feeds/" + name + ".jpg", "/api/feeds/" + name)) {
            String answer = answer("GET " + path + " HTTP/1.1\r\n" + HOST + "User-Agent: \u001b[31m<script>\r\n"
                    + "Connection: close\r\n\r\n");
            assertRefused(answer, 400, 404);
            assertThat(answer).doesNotContain("\nX-Injected", "\u001b");
            assertThat(answer).contains("Content-Type: text/plain;charset=utf-8\r\n");
        }
    }

    @Test
    void aNameOf6KiBIsCutInTheAnswer() throws IOException {
        String answer =
                answer("GET /feeds/" + "a".repeat(6000) + ".mjpg HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");
        assertRefused(answer, 404);
        assertThat(answer.length()).isLessThan(1000);
    }

    // H12: bytes after a request

    @Test
    void junkAfterAStreamRequestIsNotRead() throws Exception {
        RawConnection connection = connect().ask("GET", "/feeds/cam.mjpg");
        PartReader parts = PartReader.on(connection);
        parts.next();
        byte[] junk = new byte[1 << 20];
        Thread flood = Thread.ofPlatform().daemon().start(() -> {
            try {
                for (int i = 0; i < 1000; i++) {
                    connection.send(junk);
                }
            } catch (IOException e) {
                // the server has closed, or the test has ended
            }
        });
        for (int i = 0; i < 20; i++) {
            publish();
            witness.awaits(published);
        }
        assertThat(flood.isAlive())
                .as("the server takes no more than its buffers hold")
                .isTrue();
        for (int number = 0; number < published; ) {
            int next = parts.nextNumber();
            assertThat(next).isGreaterThanOrEqualTo(number);
            number = next;
        }
        connection.close();
        flood.join();
    }

    // A5: a name that is not ours

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: evil.example\r\n",
                "Host: 127.0.0.1.nip.io\r\n",
                "Host: localhost.evil.example:8080\r\n",
                "Host: 127.0.0.1@evil.example\r\n",
                "Host: evil.example:80\r\n",
                "Host: \r\n",
                "",
                "Host: 127.0.0.1\r\nHost: evil.example\r\n"
            })
    void aRequestForAnotherNameIsRefusedOnEveryRoute(String host) throws IOException {
        for (String path : ADDRESSES) {
            String answer = answer("GET " + path + " HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n");
            assertRefused(answer, 400, 421);
        }
    }

    @Test
    void anAbsoluteAddressWithAnotherNameIsRefused() throws IOException {
        for (String path : ADDRESSES) {
            assertRefused(
                    answer("GET http://evil.example" + path + " HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n"),
                    400,
                    421);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.1:8080",
                "localhost",
                "LocalHost:9",
                "[::1]",
                "[::1]:8080",
                "192.168.1.7",
                "[fe80::1]:80"
            })
    void addressesAndLocalhostAreOurs(String host) throws IOException {
        assertThat(answer("GET /healthz HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n");
    }

    // methods

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW", "get"})
    void anotherMethodIsRefusedWithThoseThatAreAllowed(String method) throws IOException {
        for (String path : ADDRESSES) {
            String answer = answer(method + " " + path + " HTTP/1.1\r\n" + HOST + "Origin: http://evil.example\r\n"
                    + "Content-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
            if (allowed(path).contains(method)) { // allowed, but not to a page from elsewhere
                assertRefused(answer, 403);
            } else {
                assertRefused(answer, 405);
                assertThat(answer).contains("\r\nAllow: " + allowed(path) + "\r\n");
            }
        }
    }

    private static String allowed(String path) {
        return "GET, HEAD, OPTIONS"
                + switch (path) {
                    case "/feeds/cam" -> ", POST, PUT";
                    case "/api/feeds" -> ", POST";
                    case "/api/feeds/cam" -> ", DELETE, PATCH";
                    default -> "";
                };
    }

    @Test
    void connectIsRefused() throws IOException {
        assertRefused(answer("CONNECT 127.0.0.1:22 HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n"), 400, 404, 405);
    }

    @Test
    void headIsAnsweredAtOnceWithHeadersAlone() throws IOException {
        for (String path : ADDRESSES) {
            String get = "GET " + path;
            String answer = answer("HEAD " + path + " HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");
            assertThat(answer).as(get).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n");
            assertThat(answer.indexOf("\r\n\r\n")).as(get + " has no body").isEqualTo(answer.length() - 4);
        }
    }

    @Test
    void optionsIsAnsweredAtOnceWithTheMethods() throws IOException {
        for (String path : ADDRESSES) {
            assertThat(answer("OPTIONS " + path + " HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 204 No Content\r\n")
                    .contains("\r\nAllow: " + allowed(path) + "\r\n")
                    .endsWith("\r\n\r\n");
        }
    }

    @Test
    void http10IsAnsweredAndClosed() throws IOException {
        assertThat(answer("GET /healthz HTTP/1.0\r\n" + HOST + "\r\n"))
                .startsWith("HTTP/1.")
                .contains(" 200 OK\r\n")
                .endsWith("\r\n\r\nok\n");
    }

    // errors say what would be right

    @Test
    void aWrongFramingIsRefusedWithTheValuesThatExist() throws IOException {
        String answer = get("/feeds/cam.mjpg?framing=x", "");
        assertRefused(answer, 400);
        assertThat(answer).endsWith("framing is one of: strict, browser, not 'x'\n");
    }

    @Test
    void unknownQueryKeysAreIgnored() throws IOException {
        RawConnection viewer = connect();
        PartReader parts = PartReader.of(viewer, "/feeds/cam.mjpg?timestamp=1&bypassCache=2&_=3&nocache&t=4&=5&");
        assertThat(parts.nextNumber()).isEqualTo(published);
    }

    @ParameterizedTest
    @ValueSource(strings = {"%zz", "%", "framing=%ff", "framing=%c0%ae", "a=%u1234"})
    void aQueryThatCannotBeReadIsRefused(String query) throws IOException {
        assertRefused(get("/feeds/cam.mjpg?" + query, ""), 400);
    }

    @Test
    void aQueryOfThousandsOfKeysHarmsNobody() throws IOException {
        PartReader parts = PartReader.of(connect(), "/feeds/cam.mjpg?" + "a&".repeat(3000) + "framing=strict");
        assertThat(parts.nextNumber()).isEqualTo(published);
    }

    @Test
    void thePageOfAnUnknownFeedIsThePageButNotFound() throws IOException {
        assertThat(get("/feeds/none", "Accept: text/html\r\n"))
                .startsWith("HTTP/1.1 404 Not Found\r\n")
                .contains("\r\nContent-Type: text/html;charset=utf-8\r\n", "<!DOCTYPE html>");
    }

    @Test
    void anUnknownFeedIsRefusedWithThoseThatExist() throws IOException {
        for (String path :
                List.of("/feeds/none.mjpg", "/feeds/none.jpg", "/video_feed/none", "/api/feeds/none", "/feeds/none")) {
            String answer = get(path, "");
            assertRefused(answer, 404);
            assertThat(answer).endsWith("there is no feed 'none'; there are: cam, door\n");
        }
    }

    @Test
    void whoAsksForJsonGetsTheErrorAsProblemJson() throws IOException {
        String answer = get("/api/feeds/none", "Accept: application/json\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 404 Not Found\r\n")
                .contains("\r\nContent-Type: application/problem+json\r\n")
                .contains("\"status\":404", "\"title\":\"Not Found\"")
                .contains("\"detail\":\"there is no feed 'none'; there are: cam, door\"");
    }

    @Test
    void whatTheServerRefusesByItselfIsPlainTextToo() throws IOException {
        String answer = answer("GET / HTTP/1.1\r\n" + HOST + "no colon\r\n\r\n");
        assertRefused(answer, 400);
        assertThat(answer).contains("\r\nContent-Type: text/plain;charset=utf-8\r\n");
    }

    // inside

    private void publish() {
        feed.publish(NumberedPicture.of(++published));
    }

    private RawConnection connect() throws IOException {
        RawConnection connection = RawConnection.to(flipbook.port());
        connections.add(connection);
        return connection;
    }

    private String get(String path, String headers) throws IOException {
        return answer("GET " + path + " HTTP/1.1\r\n" + HOST + headers + "Connection: close\r\n\r\n");
    }

    /** Everything that comes back until the server closes. */
    private String answer(String request) throws IOException {
        try (RawConnection connection = RawConnection.to(flipbook.port())) {
            return new String(connection.send(request).rest(), StandardCharsets.ISO_8859_1);
        }
    }

    /** Checks that there is one response, an error whose body is one line. */
    private static void assertRefused(String answer, Integer... statuses) {
        assertThat(answer).startsWith("HTTP/1.1 ");
        assertThat(Integer.valueOf(answer.substring(9, 12))).as(answer).isIn((Object[]) statuses);
        assertThat(answer.split("HTTP/1\\.1 \\d{3} ", -1))
                .as("responses in " + answer)
                .hasSize(2);
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        assertThat(body).as(answer).matches("[^\\n\\r]+\\n").doesNotContain("Exception", "jetty");
    }

    /**
     * Checks that the request is refused: with a status, or with the reset that a client gets that continues to send.
     */
    private void assertTooLarge(String request, Integer... statuses) throws IOException {
        try {
            String answer = answer(request);
            if (!answer.isEmpty()) {
                assertRefused(answer, statuses);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe|abort).*");
        }
    }

    /** Checks that the connection is closed, with or without an answer, because a reset may overtake the answer. */
    private void assertClosed(byte[] bytes) throws IOException {
        try (RawConnection connection = RawConnection.to(flipbook.port())) {
            try {
                connection.send(bytes);
            } catch (IOException e) {
                assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe|abort).*");
            }
            assertThat(connection.ends()).isTrue();
        }
    }
}
