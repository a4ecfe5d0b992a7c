package dev.flipbook.server;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.websocket.StatusSource;
import java.io.IOException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One listener's response: each document is an event, unless the one before is still on its way. */
@Timeout(60)
class EventsEndpointTest {

    private final FakeNews news = new FakeNews();
    private final FakeClient client = new FakeClient(new EventsEndpoint(news));

    /** A status source with one listener, which gets the first document at once. */
    private static final class FakeNews implements StatusSource {

        private Consumer<String> listener = document -> {};
        private int listened;
        private int ended;

        @Override
        public Runnable listen(Consumer<String> consumer) {
            listened++;
            listener = consumer;
            consumer.accept("{\"n\":0}");
            return () -> ended++;
        }
    }

    private static String event(String document) {
        return "event: feeds\ndata: " + document + "\n\n";
    }

    @AfterEach
    void close() throws Exception {
        client.close();
    }

    @Test
    void firstDocumentComesWithTheHeadInOneWrite() {
        client.ask("GET", "/api/events");

        assertThat(client.socket.writes()).hasSize(1);
        assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
        assertThat(client.headers())
                .containsOnly(
                        entry("Content-Type", "text/event-stream"),
                        entry("Cache-Control", "no-store, no-transform"),
                        entry("Connection", "close"),
                        entry("X-Accel-Buffering", "no"));
        assertThat(client.body()).isEqualTo("event: feeds\ndata: {\"n\":0}\n\n");
    }

    @Test
    void eachDocumentIsAnEvent() {
        client.ask("GET", "/api/events");
        news.listener.accept("{\"\u00e4\":1}");
        news.listener.accept("{\"n\":2}");

        assertThat(client.body())
                .as("in UTF-8")
                .isEqualTo(event("{\"n\":0}") + event("{\"\u00c3\u00a4\":1}") + event("{\"n\":2}"));
        assertThat(client.completed()).isZero();
    }

    @Test
    void whoHasNotTakenTheLastEventGetsNoneUntilThen() {
        client.ask("GET", "/api/events");
        client.socket.takesNoMoreThan(10);
        news.listener.accept("{\"n\":1}");
        news.listener.accept("{\"n\":2}");
        client.takesOn(Integer.MAX_VALUE);
        news.listener.accept("{\"n\":3}");

        assertThat(client.body())
                .isEqualTo(
                        "event: feeds\ndata: {\"n\":0}\n\nevent: feeds\ndata: {\"n\":1}\n\nevent: feeds\ndata: {\"n\":3}\n\n");
    }

    @Test
    void listenerThatHasGoneIsTakenFromTheNews() {
        client.ask("GET", "/api/events");
        assertThat(news.ended).isZero();
        client.socket.breaks(new IOException("connection reset"));

        news.listener.accept("{\"n\":1}");

        assertThat(news.ended).isEqualTo(1);
        assertThat(client.failures()).hasSize(1);
    }

    @Test
    void listenerThatHasGoneBeforeItsFirstEventIsTakenFromTheNewsToo() {
        client.socket.receives("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        client.socket.breaksWrites(new IOException("connection reset"));

        client.reads();

        assertThat(news.listened).isEqualTo(1);
        assertThat(news.ended).isEqualTo(1);
        assertThat(client.failures()).hasSize(1);
    }

    @Test
    void headersAloneListenToNothing() {
        client.ask("HEAD", "/api/events");

        assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
        assertThat(client.headers())
                .containsEntry("Content-Type", "text/event-stream")
                .doesNotContainKey("Content-Length");
        assertThat(client.body()).isEmpty();
        assertThat(client.completed()).isEqualTo(1);
        assertThat(news.listened).isZero();
    }
}
