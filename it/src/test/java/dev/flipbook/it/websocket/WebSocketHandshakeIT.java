package dev.flipbook.it.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.server.Flipbook;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client must send to get a WebSocket: everything that RFC 6455 demands, not only a part of it. */
@Timeout(180)
class WebSocketHandshakeIT {

    private static final String WHOLE = """
            GET /ws HTTP/1.1
            Host: 127.0.0.1
            Connection: Upgrade
            Upgrade: websocket
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==
            """;

    private Flipbook flipbook;

    @BeforeEach
    void serve() throws IOException {
        flipbook = Flipbook.start(0);
    }

    @AfterEach
    void stop() {
        flipbook.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA== | Sec-WebSocket-Key: !!           | 400",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA== | Sec-WebSocket-Key: AAAA         | 400",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA== | X: none                         | 400",
                "Sec-WebSocket-Version: 13                   | Sec-WebSocket-Version: 8        | 426",
                "Sec-WebSocket-Version: 13                   | X: none                         | 426",
                "Connection: Upgrade                         | Connection: keep-alive          | 400",
                "GET /ws HTTP/1.1                            | GET /ws HTTP/1.0                | 400",
                "GET /ws HTTP/1.1                            | HEAD /ws HTTP/1.1               | 400",
                "Upgrade: websocket                          | Upgrade: websockets             | 426",
                "Connection: Upgrade                         | Connection: keep-alive, Upgrade | 101",
                "Upgrade: websocket                          | Upgrade: WebSocket              | 101"
            })
    void onlyAWholeHandshakeIsAccepted(String line, String instead, int status) throws IOException {
        ResponseHead head = answer(WHOLE.replace(line, instead));

        assertThat(head.status()).isEqualTo(status);
        if (status == 426 && line.contains("Version")) {
            assertThat(head.header("Sec-WebSocket-Version")).isEqualTo("13");
        }
    }

    @Test
    void aKeyStandsOnce() throws IOException {
        assertThat(answer(WHOLE + "Sec-WebSocket-Key: BBBBBBBBBBBBBBBBBBBBBA==\n")
                        .status())
                .isEqualTo(400);
    }

    private ResponseHead answer(String request) throws IOException {
        try (RawConnection client = RawConnection.to(flipbook.port())) {
            return client.send(request.replace("\n", "\r\n") + "\r\n").head();
        }
    }
}
