package dev.flipbook.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.server.FakeTicker;
import dev.flipbook.web.LateTick;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the server does when it cannot accept connections, for example because there are no descriptors. */
@Timeout(60)
class FairConnectorTest {

    private final FakeTicker clock = FakeTicker.movedBySleepers();
    private final FairConnector connector =
            new FairConnector(new Server(), new HttpConnectionFactory(), clock, new LateTick(clock));
    private final Logger log = Logger.getLogger("dev.flipbook.server");
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void start() throws Exception {
        log.addHandler(handler);
        connector.setHost("127.0.0.1");
        connector.start();
    }

    @AfterEach
    void stop() throws Exception {
        connector.stop();
        log.removeHandler(handler);
    }

    private boolean fails() {
        return connector.handleAcceptFailure(new IOException("Too many open files"));
    }

    @Test
    void failureIsLoggedOnceInFiveSecondsAndTriedAgain() {
        assertThat(fails()).isTrue();
        clock.pass(Duration.ofSeconds(5).minusNanos(1));
        assertThat(fails()).isTrue();
        assertThat(lines).containsExactly("no connection can be accepted for now: Too many open files");
        clock.pass(Duration.ofNanos(1));

        assertThat(fails()).isTrue();

        assertThat(lines).hasSize(2);
    }

    @Test
    void endIsNoFailure() throws Exception {
        assertThat(connector.handleAcceptFailure(new InterruptedException())).isFalse();
        connector.stop();
        assertThat(fails()).isFalse();

        assertThat(lines).isEmpty();
    }

    @Test
    void interruptEndsThePauseAndStays() throws InterruptedException {
        List<Boolean> said = new CopyOnWriteArrayList<>();
        Thread accepting = Thread.ofPlatform().start(() -> {
            Thread.currentThread().interrupt();
            said.add(fails());
            said.add(Thread.currentThread().isInterrupted());
        });

        accepting.join();

        assertThat(said).containsExactly(false, true);
    }
}
