package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.web.BadRequestException;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests as Jetty reads them, without a socket. */
@Timeout(180)
class HandshakeCheckTest {

    private static final String WHOLE = """
            GET /ws HTTP/1.1\r
            Host: x\r
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
            """;

    private final Server server = new Server();
    private final LocalConnector connector = new LocalConnector(server);

    @BeforeEach
    void start() throws Exception {
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                String answer = "whole";
                try {
                    HandshakeCheck.check(request, response);
                } catch (BadRequestException e) {
                    response.setStatus(e.status());
                    answer = String.valueOf(e.getMessage());
                }
                boolean asked = WebSockets.isUpgrade(request);
                response.getHeaders().put("Asked", Boolean.toString(asked));
                response.write(true, StandardCharsets.UTF_8.encode(answer), callback);
                return true;
            }
        });
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private String answer(String request) throws Exception {
        return connector.getResponse(request.replace("Host:", "Connection: close\r\nHost:") + "\r\n");
    }

    @Test
    void wholeHandshakeMayPass() throws Exception {
        assertThat(answer(WHOLE))
                .startsWith("HTTP/1.1 200")
                .endsWith("\r\n\r\nwhole")
                .contains("Asked: true");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Connection: Upgrade | connection: keep-alive, UPGRADE",
                "Upgrade: websocket | Upgrade: h2c, WebSocket",
                "Sec-WebSocket-Version: 13 | sec-websocket-version:   13",
                "AAAAAAAAAAAAAAAAAAAAAA== | AQIDBAUGBwgJCgsMDQ4PEA==",
            })
    void whatMeansTheSameMayPassToo(String line, String instead) throws Exception {
        assertThat(answer(WHOLE.replace(line, instead)))
                .endsWith("\r\n\r\nwhole")
                .contains("Asked: true");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET | POST | 400 | a WebSocket is requested with GET over HTTP/1.1",
                "HTTP/1.1 | HTTP/1.0 | 400 | a WebSocket is requested with GET over HTTP/1.1",
                "Version: 13 | Version: 8 | 426 | the version of this WebSocket is 13, not '8'",
                "Sec-WebSocket-Version: 13 | X: y | 426 | the version of this WebSocket is 13, not ''",
                "AAAAAAAAAAAAAAAAAAAAAA== | AAAAAAAAAAAAAAAAAAAA | 400 "
                        + "| Sec-WebSocket-Key is 16 bytes in Base64, not 'AAAAAAAAAAAAAAAAAAAA'",
                "AAAAAAAAAAAAAAAAAAAAAA== | not!base64 | 400 | Sec-WebSocket-Key is 16 bytes in Base64, not 'not!base64'",
                "Sec-WebSocket-Key: | X: | 400 | Sec-WebSocket-Key is 16 bytes in Base64, not ''",
            })
    void whatIsNotWholeIsRefusedWithASentence(String line, String instead, int status, String sentence)
            throws Exception {
        assertThat(answer(WHOLE.replace(line, instead)))
                .contains(" " + status + " ")
                .endsWith("\r\n\r\n" + sentence);
    }

    @Test
    void keyAndVersionStandOnce() throws Exception {
        assertThat(answer(WHOLE + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"))
                .startsWith("HTTP/1.1 400")
                .endsWith("\r\n\r\nSec-WebSocket-Key may be in a request only once; here it is 2 times");
        assertThat(answer(WHOLE + "Sec-WebSocket-Version: 13\r\n"))
                .endsWith("\r\n\r\nSec-WebSocket-Version may be in a request only once; here it is 2 times");
    }

    @Test
    void anotherVersionIsRefusedWithTheRightOne() throws Exception {
        assertThat(answer(WHOLE.replace("Version: 13", "Version: 14"))).contains("\r\nSec-WebSocket-Version: 13\r\n");
        assertThat(answer(WHOLE)).doesNotContain("Sec-WebSocket-Version");
    }

    @Test
    void otherUpgradesAreNotAskedFor() throws Exception {
        assertThat(answer(WHOLE.replace("Upgrade: websocket", "Upgrade: h2c"))).contains("Asked: false");
        assertThat(answer(WHOLE.replace("Upgrade: websocket\r\n", ""))).contains("Asked: false");
    }
}
