package dev.flipbook.server.generate;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.server.FakeClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many streamed responses there are, what their heads say, and how the server ends them. */
@Timeout(60)
class StreamedPagesTest {

    private static final int MOST = 3;

    private final StreamedPages pages = new StreamedPages(MOST);
    private final List<FakeClient> clients = new ArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void close() throws Exception {
        released.countDown();
        pages.close();
        for (FakeClient client : clients) {
            client.close();
        }
    }

    private FakeClient client(StreamedResponse response) {
        FakeClient client = new FakeClient(pages.endpoint("/page", response));
        clients.add(client);
        return client;
    }

    private StreamedResponse waiting() {
        return StreamedResponse.html(out -> {
            out.write("first");
            released.await();
        });
    }

    private static void awaitEnd(FakeClient client) {
        await().until(() -> client.completed() + client.failures().size() == 1);
    }

    @Test
    void headSaysHowTheBodyComes() {
        FakeClient client =
                client(StreamedResponse.html(out -> out.write("all")).withHeader("X-Mine", "1"));
        client.ask("GET", "/page");
        awaitEnd(client);

        assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
        assertThat(client.headers())
                .containsOnly(
                        entry("Content-Type", "text/html;charset=utf-8"),
                        entry("Cache-Control", "no-store, no-transform"),
                        entry("X-Accel-Buffering", "no"),
                        entry("X-Mine", "1"),
                        entry("Connection", "close"),
                        entry("Transfer-Encoding", "chunked"));
        assertThat(client.body()).isEqualTo("3\r\nall\r\n0\r\n\r\n");
    }

    @Test
    void headerOfTheProgramTakesThePlaceOfOurs() {
        FakeClient client =
                client(StreamedResponse.html(out -> out.write("all")).withHeader("Cache-Control", "max-age=5"));
        client.ask("GET", "/page");
        awaitEnd(client);

        assertThat(client.headers()).containsEntry("Cache-Control", "max-age=5");
    }

    @Test
    void partsThatReplaceEachOtherAreNotChunked() {
        FakeClient client = client(StreamedResponse.replacing("image/png", out -> out.send("one")));
        client.ask("GET", "/page");
        awaitEnd(client);

        assertThat(client.headers()).doesNotContainKeys("Transfer-Encoding", "Content-Length");
        assertThat(client.body()).startsWith("--").endsWith("--\r\n");
    }

    @Test
    void clientOfHttp10GetsNoChunks() {
        FakeClient client = client(StreamedResponse.html(out -> out.write("all")));
        client.socket.receives("GET /page HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
        client.reads();
        awaitEnd(client);

        assertThat(client.headers()).doesNotContainKey("Transfer-Encoding");
        assertThat(client.body()).isEqualTo("all");
    }

    @Test
    void headersAloneRunNoGeneratorAndTakeNoPlace() {
        AtomicInteger run = new AtomicInteger();
        StreamedResponse counts = StreamedResponse.html(out -> run.incrementAndGet());
        for (int i = 0; i < 2 * MOST; i++) {
            FakeClient client = client(counts);
            client.ask("HEAD", "/page");

            assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
            assertThat(client.headers())
                    .containsEntry("Content-Type", "text/html;charset=utf-8")
                    .doesNotContainKey("Content-Length");
            assertThat(client.body()).isEmpty();
            assertThat(client.completed()).isEqualTo(1);
        }
        assertThat(run).hasValue(0);
    }

    @Test
    void oneMoreThanTheMaximumIsRefusedUntilLater() {
        for (int i = 0; i < MOST; i++) {
            FakeClient client = client(waiting());
            client.ask("GET", "/page");
            await().until(() -> client.socket.written().contains("first"));
        }
        FakeClient refused = client(waiting());
        refused.ask("GET", "/page");

        assertThat(refused.head()).startsWith("HTTP/1.1 503 ");
        assertThat(refused.headers()).containsEntry("Retry-After", "5");
        assertThat(refused.body())
                .isEqualTo("there are 3 streamed responses under way, which is the maximum; try again later\n");
    }

    @Test
    void placeIsFreeAgainHoweverAResponseEnds() {
        for (int i = 0; i < 2 * MOST; i++) {
            FakeClient ends = client(StreamedResponse.html(out -> out.write("all")));
            ends.ask("GET", "/page");
            awaitEnd(ends);
            FakeClient fails = client(StreamedResponse.html(out -> {
                throw new IllegalStateException("broken");
            }));
            fails.ask("GET", "/page");
            awaitEnd(fails);
            assertThat(fails.head()).startsWith("HTTP/1.1 500 ");
        }
    }

    @Test
    void whatIsWrittenLeavesAlthoughTheGeneratorPauses() {
        awaitBothOfAGeneratorThatPauses();
    }

    @Test
    void laterResponsesAreLookedAfterToo() {
        FakeClient before = client(StreamedResponse.html(out -> out.write("all")));
        before.ask("GET", "/page");
        awaitEnd(before);

        awaitBothOfAGeneratorThatPauses();
    }

    private void awaitBothOfAGeneratorThatPauses() {
        FakeClient client = client(StreamedResponse.html(out -> {
            out.write("first");
            out.write("second");
            released.await();
        }));
        client.ask("GET", "/page");

        await().until(() -> client.socket.written().contains("second"));
    }

    @Test
    void readerThatLeavesInterruptsTheGenerator() {
        CountDownLatch interrupted = new CountDownLatch(1);
        FakeClient client = client(StreamedResponse.html(out -> {
            out.write("first");
            try {
                released.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        }));
        client.ask("GET", "/page");
        await().until(() -> client.socket.written().contains("first"));

        client.socket.receivesTheEnd();

        await().until(() -> interrupted.getCount() == 0);
    }

    @Test
    void closedServerEndsGeneratorsThatWriteAndThoseThatWait() {
        CountDownLatch interrupted = new CountDownLatch(1);
        FakeClient writes = client(StreamedResponse.html(out -> {
            while (true) {
                out.println("more");
                out.flush();
            }
        }));
        FakeClient waits = client(StreamedResponse.html(out -> {
            out.write("first");
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        }));
        writes.ask("GET", "/page");
        waits.ask("GET", "/page");
        await().until(() -> waits.socket.written().contains("first"));

        pages.close();

        assertThat(interrupted.getCount()).isZero();
        awaitEnd(writes);
        awaitEnd(waits);
        assertThat(List.of(writes.failures().getFirst(), waits.failures().getFirst()))
                .allSatisfy(why -> assertThat(why).hasMessage("the server is stopping"));
    }

    @Test
    void requestAfterTheCloseLearnsThatTheServerStops() {
        pages.close();
        FakeClient client = client(waiting());
        client.ask("GET", "/page");

        assertThat(client.head()).startsWith("HTTP/1.1 503 ");
        assertThat(client.headers()).doesNotContainKey("Transfer-Encoding");
        assertThat(client.body()).isEqualTo("the server is stopping\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/stock-table", "/a/b.html", "/a/", "/~me/(1)", "/...", "/.well-known", "/a..b/x.y"})
    void pathsThatClientsSendAsTheyAreAreTaken(String path) {
        assertThatCode(() -> StreamedPages.checkPath(path)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "a", "//", "/a//b", "/a b", "/a?b", "/a#b", "/%41", "/\u00e4", "/.", "/..", "/a/../b", "/a/./",
                "/a\n"
            })
    void pathsThatClientsWouldChangeAreRefused(String path) {
        assertThatThrownBy(() -> StreamedPages.checkPath(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a path for a page: it begins with /");
    }
}
