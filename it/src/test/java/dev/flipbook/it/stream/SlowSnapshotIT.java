package dev.flipbook.it.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.LogWatch;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.Program;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.it.kit.Witness;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that ask for a snapshot and do not read it. They hold no more than their share of the memory of frames. */
@Timeout(300)
class SlowSnapshotIT {

    /** Three times what the kernel takes for a connection. */
    private static final int PICTURE = 2_000_000;

    private static final int CLIENTS = 64;

    @Test
    void manyThatReadNothingGetTheirShareAndNobodyElseLosesAnything() throws Exception {
        List<RawConnection> greedy = new ArrayList<>();
        Map<String, String> smallHeap = Map.of("JAVA_TOOL_OPTIONS", "-Xmx48m");
        try (Program program = Program.start(smallHeap, "big=publish", "other=publish", "--port=0", "--memory=32")) {
            int port = program.port();
            put(port, "big", NumberedPicture.of(1, PICTURE));
            put(port, "other", NumberedPicture.of(1, 20_000));
            List<ResponseHead> answers = new ArrayList<>();
            try (Witness witness = Witness.of(port, "/feeds/other.mjpg")) {
                for (int i = 1; i <= CLIENTS; i++) {
                    RawConnection client = notReading(port, "/feeds/big.jpg");
                    greedy.add(client);
                    answers.add(client.head());
                    assertThat(answers.getLast().status()).isIn(200, 503);
                    put(port, "big", NumberedPicture.of(1 + i, PICTURE));
                    put(port, "other", NumberedPicture.of(1 + i, 20_000));
                    assertThat(snapshot(port, "other")).isEqualTo(NumberedPicture.of(1 + i, 20_000));
                    witness.awaits(1 + i);
                }
                witness.sawAllUpTo(1 + CLIENTS);
            }

            assertThat(answers).filteredOn(head -> head.status() == 200).isNotEmpty();
            assertThat(answers)
                    .filteredOn(head -> head.status() == 503)
                    .isNotEmpty()
                    .allSatisfy(head -> assertThat(head.header("Retry-After")).isEqualTo("1"));
            for (RawConnection client : greedy) {
                client.close();
            }
            await().until(() -> used(port) < 2 * PICTURE);
            assertThat(snapshot(port, "big")).isEqualTo(NumberedPicture.of(1 + CLIENTS, PICTURE));
            assertThat(program.err()).doesNotContain("OutOfMemoryError", "Exception", "WARN");
        }
    }

    @Test
    void oneThatTakesNoByteIsClosedAsAViewerIs() throws Exception {
        Deadlines deadlines = new Deadlines(Duration.ofSeconds(60), Duration.ofSeconds(4));
        try (LogWatch log = new LogWatch();
                Flipbook flipbook = start(deadlines)) {
            Feed feed = flipbook.feed("cam");
            feed.publish(NumberedPicture.of(1, 2 * PICTURE));
            try (RawConnection dead = notReading(flipbook.port(), "/feeds/cam.jpg")) {
                assertThat(dead.head().status()).isEqualTo(200);
                feed.publish(NumberedPicture.of(2, PICTURE));
                assertThat(flipbook.feeds().usedBytes()).as("held for it").isGreaterThan(3 * PICTURE);

                await().until(() -> flipbook.feeds().usedBytes() < 2 * PICTURE);

                assertThat(dead.ends()).as("its connection is closed").isTrue();
            }
            assertThat(log.traces()).isEmpty();
        }
    }

    @Test
    void oneThatGoesGivesBackWhatItHeldAtOnce() throws Exception {
        try (LogWatch log = new LogWatch();
                Flipbook flipbook = start(Deadlines.DEFAULT)) {
            Feed feed = flipbook.feed("cam");
            feed.publish(NumberedPicture.of(1, 2 * PICTURE));
            RawConnection dead = notReading(flipbook.port(), "/feeds/cam.jpg?rotate=90");
            assertThat(dead.head().status()).isEqualTo(200);
            feed.publish(NumberedPicture.of(2, PICTURE));

            dead.abort();

            await().until(() -> flipbook.feeds().usedBytes() < 2 * PICTURE);
            assertThat(log.traces()).isEmpty();
        }
    }

    @Test
    void oneThatReadsSlowlyGetsItsPictureWholeWhateverIsPublishedMeanwhile() throws Exception {
        try (Flipbook flipbook = start(Deadlines.DEFAULT)) {
            Feed feed = flipbook.feed("cam");
            byte[] picture = NumberedPicture.of(1, 2 * PICTURE);
            feed.publish(picture);
            try (RawConnection slow = notReading(flipbook.port(), "/feeds/cam.jpg")) {
                int length = Integer.parseInt(slow.head().header("Content-Length"));
                for (int i = 2; i < 20; i++) {
                    feed.publish(NumberedPicture.of(i, PICTURE)); // there is free memory for it
                }

                assertThat(slow.read(length)).isEqualTo(picture);
                slow.ask("GET", "/healthz");
                assertThat(slow.head().status()).as("the connection goes on").isEqualTo(200);
            }
        }
    }

    private static Flipbook start(Deadlines deadlines) throws IOException {
        return Flipbook.start(ServerOptions.DEFAULT.withPort(0).withDeadlines(deadlines));
    }

    private static RawConnection notReading(int port, String target) throws IOException {
        return RawConnection.withReceiveBuffer(port, 16 << 10).ask("GET", target);
    }

    private static void put(int port, String feed, byte[] picture) throws IOException {
        try (RawConnection publisher = RawConnection.to(port)) {
            publisher.ask("PUT", "/feeds/" + feed, "Content-Type: image/jpeg", "Content-Length: " + picture.length);
            publisher.send(picture);
            assertThat(publisher.head().status()).isEqualTo(200);
        }
    }

    private static byte[] snapshot(int port, String feed) throws IOException {
        try (RawConnection client = RawConnection.to(port).ask("GET", "/feeds/" + feed + ".jpg")) {
            ResponseHead head = client.head();
            assertThat(head.status()).as(feed).isEqualTo(200);
            return client.read(Integer.parseInt(head.header("Content-Length")));
        }
    }

    private static long used(int port) throws IOException {
        try (RawConnection client = RawConnection.to(port).ask("GET", "/api/feeds", "Connection: close")) {
            String json = new String(client.rest(), StandardCharsets.UTF_8);
            return Long.parseLong(json.replaceFirst("(?s).*\"used\": *(\\d+).*", "$1"));
        }
    }
}
