package dev.flipbook.it.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.it.kit.SocketClient;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class OpenWebSocketIT {

    @Test
    void webSocketOutlivesTheTimeThatARequestMayTake() throws Exception {
        Deadlines deadlines = new Deadlines(Duration.ofSeconds(3), Duration.ofSeconds(30));
        try (Flipbook flipbook =
                Flipbook.start(ServerOptions.DEFAULT.withPort(0).withDeadlines(deadlines))) {
            SocketClient client = SocketClient.open(flipbook.address());
            client.settle(); // the client has been answered

            // the guard of connections looks once a second, so it would end one within four
            await().during(Duration.ofMillis(4500)).until(() -> {
                client.settle();
                return true;
            });
            client.say("{\"ping\":1}");
            assertThat(client.awaitText("pong")).isNotNull();
            client.close();
        }
    }
}
