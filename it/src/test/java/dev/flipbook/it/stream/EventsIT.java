package dev.flipbook.it.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.ProcessFigures;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.it.kit.ScriptedSource;
import dev.flipbook.server.Flipbook;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The status as it changes, pushed to the clients that listen. */
@Timeout(180)
class EventsIT {

    private final ScriptedSource source = new ScriptedSource();
    private Flipbook flipbook;
    private Feed feed;
    private RawConnection listener;

    @BeforeEach
    void listen() throws IOException {
        flipbook = Flipbook.start(0);
        feed = flipbook.feed("cam", source);
        listener = RawConnection.to(flipbook.port());
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
        flipbook.close();
    }

    @Test
    void theFirstEventComesAtOnceWithTheDocumentOfTheStatus() throws IOException {
        ResponseHead head = listener.ask("GET", "/api/events").head();

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
        assertThat(head.headers()).doesNotContainKeys("Content-Length", "Transfer-Encoding");
        assertThat(next())
                .startsWith("{\"feeds\":[{\"name\":\"cam\",\"state\":\"idle\"")
                .contains("\"memory\":");
    }

    @Test
    void aFailureIsReportedWithItsReason() throws IOException {
        listener.ask("GET", "/api/events").head();
        next();
        try (RawConnection viewer = RawConnection.to(flipbook.port())) {
            source.fail("the camera is unplugged");
            viewer.ask("GET", "/feeds/cam.mjpg");

            assertThat(nextWith("\"state\":\"offline\"")).contains("\"reason\":\"the camera is unplugged\"");
            source.mend();
            source.deliver(NumberedPicture.of(1));
            assertThat(nextWith("\"state\":\"live\"")).contains("\"reason\":\"\"");
        }
    }

    @Test
    void othersFollowAlthoughNothingHappens() throws IOException {
        listener.ask("GET", "/api/events").head();

        assertThat(next()).isNotEmpty();
        assertThat(next()).isNotEmpty();
        assertThat(next()).isNotEmpty();
    }

    @Test
    void whoStopsListeningCostsNothingFurther() throws Exception {
        ProcessFigures before = ProcessFigures.now();
        for (int i = 0; i < 50; i++) {
            try (RawConnection one = RawConnection.to(flipbook.port())) {
                one.ask("GET", "/api/events").head();
            }
        }
        ProcessFigures.awaitAsBefore(before);
    }

    @Test
    void theServerStopsAlthoughSomebodyListens() throws IOException {
        listener.ask("GET", "/api/events").head();

        flipbook.close();

        assertThat(listener.ends()).isTrue();
        assertThat(feed.status().viewers()).isZero();
    }

    private String nextWith(String part) throws IOException {
        String event = next();
        while (!event.contains(part)) {
            event = next();
        }
        return event;
    }

    private String next() throws IOException {
        assertThat(line()).isEqualTo("event: feeds");
        String data = line();
        assertThat(data).startsWith("data: ");
        assertThat(line()).isEmpty();
        return data.substring("data: ".length());
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = listener.read(); next != '\n'; next = listener.read()) {
            line.append((char) next);
        }
        return line.toString();
    }
}
