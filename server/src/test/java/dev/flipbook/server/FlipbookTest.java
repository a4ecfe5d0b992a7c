package dev.flipbook.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.feed.Feed;
import dev.flipbook.server.generate.StreamedResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The server as a program sees it: where it listens, what it serves, what it says when it cannot start, and its end. */
@Timeout(120)
class FlipbookTest {

    private Flipbook flipbook;

    @BeforeEach
    void start() throws IOException {
        flipbook = Flipbook.start(0);
    }

    @AfterEach
    void close() {
        flipbook.close();
    }

    @Test
    void portInUseIsReported() {
        int port = flipbook.port();

        assertThatThrownBy(() -> Flipbook.start(port))
                .isInstanceOf(IOException.class)
                .hasMessage("port " + port + " on 127.0.0.1 is taken by another program; --port takes another, such as"
                        + " 8081, or 0 for a free one");
    }

    @Test
    void addressOfAnotherMachineIsRefusedWithThoseThatThereAre() {
        assertThatThrownBy(
                        () -> Flipbook.start(ServerOptions.DEFAULT.withPort(0).withHost("192.0.2.1", true)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("192.0.2.1 is not an address of this machine; --host takes one of ")
                .hasMessageEndingWith("127.0.0.1, or 0.0.0.0 for all");
    }

    @Test
    void addressIsThatOfThisMachine() {
        URI address = URI.create("http://127.0.0.1:" + flipbook.port() + "/");

        assertThat(flipbook.port()).isBetween(1, 65535);
        assertThat(flipbook.address()).isEqualTo(address);
        assertThat(flipbook.addresses()).containsExactly(address);
    }

    @Test
    void feedsAreMadeOnceAndServed() throws IOException {
        Feed feed = flipbook.feed("edges");
        Feed camera = flipbook.feed("camera", () -> {
            throw new IOException("not here");
        });

        assertThat(flipbook.feed("edges")).isSameAs(feed);
        assertThat(flipbook.feeds().list()).containsExactly(feed, camera);
        assertThat(get("/api/feeds/edges")).startsWith("HTTP/1.1 200 ");
        assertThat(get("/api/feeds/other")).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void pageOfTheProgramIsServedUntilItIsRemoved() throws IOException {
        flipbook.page("/table", StreamedResponse.html(out -> out.write("one row")));
        assertThat(flipbook.routes()).contains("/table", "/feeds/{name}.mjpg");
        assertThat(get("/table")).startsWith("HTTP/1.1 200 ").contains("one row");

        assertThat(flipbook.removePage("/table")).isTrue();

        assertThat(flipbook.removePage("/table")).isFalse();
        assertThat(flipbook.routes()).doesNotContain("/table");
        assertThat(get("/table")).startsWith("HTTP/1.1 404 ");
        assertThatThrownBy(() -> flipbook.page("table", StreamedResponse.html(out -> {})))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void headersOf8KibibytesAreTakenAndTheServerHidesItsName() throws IOException {
        assertThat(get("/healthz", "X: " + "x".repeat(8000)))
                .startsWith("HTTP/1.1 200 ")
                .doesNotContain("\r\nServer:");
        assertThat(get("/healthz", "X: " + "x".repeat(8200)))
                .startsWith("HTTP/1.1 431 ")
                .endsWith("\r\n\r\nthe headers are too large: at most 8 KiB are taken in all\n");
    }

    @Test
    void threadsOfTheServerHaveItsNameAndDoNotKeepTheProgramAlive() throws IOException {
        assertThat(get("/healthz")).startsWith("HTTP/1.1 200 ");

        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("flipbook-"))
                .toList();
        assertThat(threads)
                .extracting(Thread::getName)
                .anyMatch(name -> name.startsWith("flipbook-http-"))
                .contains("flipbook-connections");
        assertThat(threads).allMatch(Thread::isDaemon);
    }

    @Test
    void addressHasAsManyConnectionsAsTheOptionsSay() throws IOException {
        try (Flipbook other = Flipbook.start(ServerOptions.DEFAULT.withPort(0).withConnectionsPerAddress(1))) {
            try (Socket first = new Socket(InetAddress.getLoopbackAddress(), other.port())) {
                assertThat(status(first)).isEqualTo(200);
                try (Socket second = new Socket(InetAddress.getLoopbackAddress(), other.port())) {
                    assertThat(status(second)).as("the second connection").isEqualTo(503);
                }
            }
        }
    }

    @Test
    void nobodyIsLetInAfterTheEnd() {
        int port = flipbook.port();

        flipbook.close();

        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(IOException.class);
        flipbook.close(); // again, which does nothing
    }

    @Test
    void feedsEndWithTheServer() {
        flipbook.close();

        assertThatThrownBy(() -> flipbook.feed("late")).hasMessageContaining("the feeds are closed");
    }

    /** The status of an answer, after which the connection stays open. */
    private static int status(Socket socket) throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] line = socket.getInputStream().readNBytes(12);
        return Integer.parseInt(new String(line, StandardCharsets.US_ASCII).substring(9));
    }

    private String get(String path, String... headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), flipbook.port())) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                    + String.join("\r\n", headers) + (headers.length > 0 ? "\r\n\r\n" : "\r\n");
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
