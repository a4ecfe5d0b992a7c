package dev.flipbook.it.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.it.kit.LogWatch;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.generate.StreamedEvents;
import dev.flipbook.server.generate.StreamedParts;
import dev.flipbook.server.generate.StreamedResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Content that replaces itself, and server-sent events, from a generator. */
@Timeout(180)
class StreamedPartsIT {

    private final LogWatch log = new LogWatch();
    private final BlockingQueue<byte[]> parts = new LinkedBlockingQueue<>();
    private Flipbook flipbook;
    private RawConnection reader;

    @BeforeEach
    void serve() throws IOException {
        flipbook = Flipbook.start(0);
        flipbook.page("/parts", StreamedResponse.replacing("image/png", this::send));
        reader = RawConnection.to(flipbook.port());
    }

    @AfterEach
    void close() throws IOException {
        reader.close();
        flipbook.close();
        log.close();
    }

    /** Sends the parts in the queue; an empty part ends the response. */
    private void send(StreamedParts out) throws Exception {
        for (byte[] part = parts.take(); part.length > 0; part = parts.take()) {
            out.send(part);
        }
    }

    @Test
    void eachPartIsWholeWithTheDelimiterAfterItAlthoughTheGeneratorThenWaits() throws IOException {
        parts.add(new byte[9]);
        PartReader response = PartReader.of(reader, "/parts");
        assertThat(response.next().orElseThrow().picture()).hasSize(9);
        assertThat(response.head().without("Date", "Content-Type", "Cross-Origin-Resource-Policy"))
                .containsEntry("Connection", "close")
                .containsEntry("Cache-Control", "no-store, no-transform")
                .doesNotContainKeys("Transfer-Encoding", "Content-Length");
        for (int size : new int[] {1, 5000, 16_384, 3_000_000, 7}) {
            parts.add(new byte[size]);
            PartReader.Part part = response.next().orElseThrow();
            assertThat(part.picture()).hasSize(size);
            assertThat(part.headers())
                    .containsEntry("Content-Type", "image/png")
                    .containsEntry("Content-Length", Integer.toString(size));
        }
        parts.add(new byte[0]);
        assertThat(response.next().orElseThrow().picture()).hasSize(7); // the newest once more, as a feed ends
        assertThat(response.next()).isEmpty();
        assertThat(response.ended()).isTrue();
    }

    @Test
    void anImageElementHasTheNextHeaderAfterEachPart() throws IOException {
        parts.add(new byte[100]);
        PartReader response = PartReader.of(reader, "/parts", "Accept: image/avif,image/webp,*/*");
        assertThat(response.next().orElseThrow().picture()).hasSize(100);
        assertThat(response.nextHeaders()).containsOnlyKeys("Content-Type");
        parts.add(new byte[20_000]);
        assertThat(response.next().orElseThrow().picture()).hasSize(20_000);
        parts.add(new byte[0]);
        assertThat(response.next().orElseThrow().picture()).hasSize(20_000);
        assertThat(response.next()).isEmpty();
    }

    @Test
    void aGeneratorThatFailsLeavesNoHalfPartAndNoClosingDelimiter() throws IOException {
        flipbook.page("/fails", StreamedResponse.replacing("text/plain", out -> {
            out.send("one");
            throw new IOException("the hardware is gone");
        }));
        String strict = whole("GET", "/fails");
        assertThat(strict).contains("\r\n\r\none\r\n--").endsWith("\r\n").doesNotEndWith("--\r\n");
        String browser = whole("GET", "/fails?framing=browser");
        assertThat(browser).endsWith("Content-Type: text/plain\r\n\r\none");
        assertThat(whole("GET", "/fails?framing=none")).contains("framing is one of: strict, browser");
        await().untilAsserted(() -> assertThat(log.traces()).hasSize(2).allMatch(line -> line.contains("page=/fails")));
    }

    private String whole(String method, String target) throws IOException {
        try (RawConnection one = RawConnection.to(flipbook.port())) {
            return new String(one.ask(method, target, "Connection: close").rest(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void anEmptyPartIsRefused() throws IOException {
        flipbook.page("/empty", StreamedResponse.replacing("text/plain", out -> out.send("")));
        assertThat(whole("GET", "/empty")).startsWith("HTTP/1.1 500 ");
        await().untilAsserted(() ->
                assertThat(log.traces()).singleElement().asString().contains("a part is empty"));
    }

    @Test
    void eventsAreWrittenAsBrowsersReadThem() throws IOException {
        flipbook.page("/events", StreamedResponse.events(out -> {
            out.retry(Duration.ofSeconds(2));
            out.comment("a\nb");
            out.send("plain");
            out.send("named", "one\r\ntwo\rthree\n");
            out.send("named", "", "id 7");
            out.send("last: " + out.lastId().orElse("none"));
        }));
        ResponseHead head = reader.ask("GET", "/events", "Last-Event-ID: 6").head();
        assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
        reader.readChunks();
        assertThat(new String(reader.rest(), StandardCharsets.UTF_8)).isEqualTo("""
                        retry: 2000

                        : a
                        : b

                        data: plain

                        event: named
                        data: one
                        data: two
                        data: three
                        data:\040

                        id: id 7
                        event: named
                        data:\040

                        data: last: 6

                        """);
    }

    @Test
    void aReaderOfEventsIsConnectedBeforeTheFirstOne() throws IOException {
        flipbook.page(
                "/events", StreamedResponse.events(out -> out.send(new String(parts.take(), StandardCharsets.UTF_8))));
        long asked = System.nanoTime();
        assertThat(reader.ask("GET", "/events").head().status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - asked))
                .as("with the first look, and not with the first sign of life, which comes after 15 s")
                .isLessThan(Duration.ofSeconds(12));
        reader.readChunks();
        parts.add("first".getBytes(StandardCharsets.UTF_8));
        assertThat(new String(reader.rest(), StandardCharsets.UTF_8)).isEqualTo(":\n\ndata: first\n\n");
    }

    @Test
    void eventsOfSeveralThreadsDoNotMix() throws IOException {
        String data = "x".repeat(5000);
        flipbook.page("/events", StreamedResponse.events(out -> {
            Thread[] senders = new Thread[4];
            for (int i = 0; i < senders.length; i++) {
                senders[i] = Thread.ofVirtual().start(() -> sendHundred(out, data));
            }
            for (Thread sender : senders) {
                sender.join();
            }
        }));
        reader.ask("GET", "/events").head();
        reader.readChunks();
        String all = new String(reader.rest(), StandardCharsets.UTF_8);
        assertThat(all).isEqualTo(("data: " + data + "\n\n").repeat(400));
    }

    private static void sendHundred(StreamedEvents out, String data) {
        try {
            for (int i = 0; i < 100; i++) {
                out.send(data);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aNameOrIdOfSeveralLinesIsRefused() throws IOException {
        flipbook.page("/events", StreamedResponse.events(out -> {
            assertThatThrownBy(() -> out.send("a\nb", "data")).hasMessageContaining("the name of an event");
            assertThatThrownBy(() -> out.send("a", "data", "")).hasMessageContaining("the id of an event");
            assertThatThrownBy(() -> out.retry(Duration.ofSeconds(-1))).hasMessageContaining("0 or more");
            out.send("right");
        }));
        assertThat(whole("GET", "/events")).contains("data: right");
    }
}
