package dev.flipbook.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.server.generate.StreamedResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A request that finds no memory is answered with that reason, on whichever thread the error occurs, and the log is not
 * flooded.
 */
@Timeout(180)
class ShortOfMemoryTest {

    private static final String SENTENCE = "there is not enough memory for this now; try again in a second\n";

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
        flipbook.page("/generated", StreamedResponse.html(out -> {
            throw noMemory();
        }));
    }

    @AfterEach
    void close() {
        flipbook.close();
        log.removeHandler(kept);
    }

    @Test
    void everyRequestWithoutMemoryIsRefusedAndTheLogHasOneLine() throws IOException {
        for (String path : List.of("/at-once", "/later", "/generated", "/at-once", "/later", "/generated")) {
            assertThat(get(path))
                    .as(path)
                    .startsWith("HTTP/1.1 503 ")
                    .contains("\r\nRetry-After: 1\r\n")
                    .endsWith("\r\n\r\n" + SENTENCE);
        }
        assertThat(get("/healthz")).startsWith("HTTP/1.1 200 ");
        assertThat(kept.records).singleElement().satisfies(line -> {
            assertThat(line.getThrown()).isNull();
            assertThat(line.getMessage() + List.of(line.getParameters())).contains("/at-once", "Java heap space");
        });
    }

    private String get(String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), flipbook.port())) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static OutOfMemoryError noMemory() {
        return new OutOfMemoryError("Java heap space");
    }
}
