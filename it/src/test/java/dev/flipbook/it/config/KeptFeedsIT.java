package dev.flipbook.it.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.it.kit.Program;
import dev.flipbook.it.kit.RawConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Feeds that clients add are kept, also when the program is killed while it writes them down. */
@Timeout(300)
class KeptFeedsIT {

    private static final int ROUNDS = 5;

    @TempDir
    private Path state;

    @Test
    void aKilledProgramHasEveryFeedAtItsNextStartThatItHasAnswered() throws Exception {
        Random random = new Random(1);
        int answered = 0;
        try (ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor()) {
            for (int round = 0; round < ROUNDS; round++) {
                try (Program program = start()) {
                    int port = program.port();
                    assertThat(feeds(port)).as("round %d", round).isBetween(answered, answered + 1);
                    answered = feeds(port) + 1;
                    assertThat(add(port, answered)).isTrue();
                    var _ = killer.schedule(
                            () -> {
                                program.signal("KILL");
                                return true;
                            },
                            random.nextInt(100),
                            TimeUnit.MILLISECONDS);
                    while (add(port, answered + 1)) {
                        answered++;
                    }
                }
            }
        }
        assertThat(answered)
                .as("of them some are answered before the program is killed")
                .isGreaterThan(ROUNDS);
        try (Program program = start()) {
            assertThat(feeds(program.port())).isBetween(answered, answered + 1);
            assertThat(program.err()).doesNotContain("WARN", "ERROR");
        }
    }

    private Program start() throws IOException {
        return Program.start(Map.of("XDG_STATE_HOME", state.toString()), "demo", "-p", "0", "--set=api.keep=true");
    }

    /** Adds a feed; false when the program is gone before it has answered. */
    private static boolean add(int port, int number) {
        String json = "{\"name\":\"added" + number + "\",\"source\":\"publish\"}";
        try (RawConnection connection = RawConnection.to(port)) {
            connection.ask("POST", "/api/feeds", "Content-Type: application/json", "Content-Length: " + json.length());
            assertThat(connection.send(json).head().status()).isEqualTo(201);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Number of feeds that clients have added. */
    private static int feeds(int port) throws IOException {
        try (RawConnection connection = RawConnection.to(port)) {
            connection.ask("GET", "/api/feeds", "Connection: close");
            String json = new String(connection.rest(), StandardCharsets.UTF_8);
            return json.split("\"name\":\"added", -1).length - 1;
        }
    }
}
