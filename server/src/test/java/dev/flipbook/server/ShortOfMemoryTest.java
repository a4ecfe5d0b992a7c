package dev.flipbook.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A request that finds no memory is told so, whichever thread finds that out, and the log is not flooded with it. */
@Timeout(180)
class ShortOfMemoryTest {

    private static final String SENTENCE = "there is not enough memory for this now; try again in a second\n";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Logger log = Logger.getLogger("dev.flipbook.server");
    private final Kept kept = new Kept();
    private Flipbook flipbook;

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
    void serve() throws IOException {
        log.addHandler(kept);
        flipbook = Flipbook.start(0);
        flipbook.routes.add(new Routes.Route("/at-once", exchange -> {
            throw noMemory();
        }));
        flipbook.routes.add(new Routes.Route(
                "/later",
                exchange -> Thread.ofVirtual().start(() -> exchange.callback().failed(noMemory()))));
        flipbook.page("/page", StreamedResponse.html(out -> {
            throw noMemory();
        }));
    }

    @AfterEach
    void close() {
        flipbook.close();
        log.removeHandler(kept);
    }

    @Test
    void everyRequestThatFindsNoneIsToldSoAndTheLogHasOneLine() throws Exception {
        for (String path : List.of("/at-once", "/later", "/page", "/at-once", "/later", "/page")) {
            HttpResponse<String> answer = get(path);

            assertThat(answer.statusCode()).as(path).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).as(path).hasValue("1");
            assertThat(answer.body()).as(path).isEqualTo(SENTENCE);
        }
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        assertThat(kept.records).singleElement().satisfies(line -> {
            assertThat(line.getThrown()).isNull();
            assertThat(line.getMessage() + List.of(line.getParameters())).contains("/at-once", "Java heap space");
        });
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + flipbook.port() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private static OutOfMemoryError noMemory() {
        return new OutOfMemoryError("Java heap space");
    }
}
