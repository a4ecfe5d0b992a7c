package dev.flipbook.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.LogWatch;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.ProcessFigures;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.server.Flipbook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one client may do beside others: it may slow down only itself, and must hold nothing when it has gone. */
@Timeout(180)
class SharedServerIT {

    private static final int TEXT = 0x81;
    private static final int PING = 0x89;
    private static final int EMPTY_PART = 0x00;

    private Flipbook flipbook;
    private Feed feed;

    @BeforeEach
    void serve() throws IOException {
        flipbook = Flipbook.start(0);
        feed = flipbook.feed("door");
    }

    @AfterEach
    void stop() {
        flipbook.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {TEXT, PING, EMPTY_PART})
    void floodOnOneWebSocketLeavesTheServerToOthers(int kind) throws Exception {
        String first = kind == EMPTY_PART ? frame(0x01, "") : "";
        String one = frame(kind, kind == TEXT ? "{\"ping\":1}" : "");
        AtomicLong sent = new AtomicLong();
        try (RawConnection flooding = webSocket()) {
            flooding.send(first);
            Thread reader = Thread.ofVirtual().start(flooding::ends);
            Thread writer = Thread.ofVirtual().start(() -> flood(flooding, one.repeat(1000), sent));
            await().until(() -> sent.get() > 2);

            for (int i = 0; i < 10; i++) {
                try (RawConnection other = RawConnection.to(flipbook.port())) {
                    assertThat(other.ask("GET", "/healthz").head().status()).isEqualTo(200);
                }
            }

            assertThat(writer.isAlive()).as("the flood goes on, or is held up").isTrue();
            flooding.abort();
            reader.join();
            writer.join();
        }
    }

    @Test
    void messagesAboveTheAllowanceAreHeardLaterAndNoneIsLost() throws Exception {
        try (RawConnection many = webSocket()) {
            long begin = System.nanoTime();
            many.send(frame(TEXT, "{\"ping\":1}").repeat(1000));

            int pongs = 0;
            while (pongs < 1000) {
                many.read(1);
                int length = many.read(1)[0];
                if (new String(many.read(length), StandardCharsets.UTF_8).startsWith("{\"pong\":1,")) {
                    pongs++;
                }
            }

            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .as("400 above those at once, 200 a second")
                    .isGreaterThan(Duration.ofMillis(1500));
        }
    }

    @Test
    void requestsThatWaitEndWithTheirConnections() throws IOException {
        try (RawConnection first = RawConnection.to(flipbook.port())) {
            assertThat(first.ask("GET", "/healthz").head().status()).isEqualTo(200);
        }
        ProcessFigures before = ProcessFigures.now();
        List<RawConnection> leaving = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            leaving.add(RawConnection.to(flipbook.port()).ask("GET", "/feeds/door.jpg?max_delay=60000"));
        }
        for (int i = 0; i < 20; i++) {
            leaving.add(RawConnection.to(flipbook.port())
                    .send("GET /feeds/door.jpg?max_delay=60000 HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"));
        }
        await().until(feed::watched);

        for (RawConnection connection : leaving.subList(0, 20)) {
            connection.abort();
        }
        for (RawConnection connection : leaving.subList(20, 60)) {
            connection.close();
        }

        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(
                        () -> assertThat(ProcessFigures.now().descriptors()).isLessThan(before.descriptors() + 10));
    }

    @Test
    void clientThatLeavesWhileItWaitsIsNotLogged() throws IOException {
        try (LogWatch log = new LogWatch()) {
            RawConnection leaving = RawConnection.to(flipbook.port()).ask("GET", "/feeds/door.jpg?max_delay=60000");
            await().until(feed::watched);

            leaving.abort();

            await().until(() -> !feed.watched());
            assertThat(log.traces()).isEmpty();
        }
    }

    @Test
    void clientOfHttp10ThatSendsALineTooManyIsAnswered() throws Exception {
        try (RawConnection old = RawConnection.to(flipbook.port())) {
            old.send("GET /feeds/door.jpg?max_delay=60000 HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n\r\n");
            await().until(feed::watched);
            Duration looks = Duration.ofMillis(2500); // the guard checks once a second
            await().pollDelay(looks).until(feed::watched);

            feed.publish(NumberedPicture.of(1));

            assertThat(old.head().status()).isEqualTo(200);
        }
    }

    @Test
    void clientThatHasOnlyEndedItsOutputIsAnswered() throws IOException {
        try (RawConnection half = RawConnection.to(flipbook.port())) {
            half.ask("GET", "/feeds/door.jpg?max_delay=60000");
            half.endOutput();

            assertThat(half.head().status()).as("whether it still reads").isEqualTo(100);
            feed.publish(NumberedPicture.of(1));
            ResponseHead head = half.head();
            while (head.status() == 100) {
                head = half.head();
            }

            assertThat(head.status()).isEqualTo(200);
        }
    }

    private RawConnection webSocket() throws IOException {
        RawConnection connection = RawConnection.to(flipbook.port());
        connection.ask(
                "GET",
                "/ws",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==");
        assertThat(connection.head().status()).isEqualTo(101);
        return connection;
    }

    private static void flood(RawConnection connection, String frames, AtomicLong sent) {
        try {
            while (true) {
                connection.send(frames);
                sent.incrementAndGet();
            }
        } catch (IOException e) {
            // the test has ended it
        }
    }

    /** A frame of a WebSocket, masked with zeros. */
    private static String frame(int kind, String text) {
        return "" + (char) kind + (char) (0x80 | text.length()) + "\0\0\0\0" + text;
    }
}
