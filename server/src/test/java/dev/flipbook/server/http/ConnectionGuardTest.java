package dev.flipbook.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.Ticker;
import dev.flipbook.web.LateTick;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ConnectionGuardTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final Server server = new Server();
    private final LateTick late = new LateTick(Ticker.system());
    private final FairConnector connector =
            new FairConnector(server, new HttpConnectionFactory(), Ticker.system(), late);
    private final ConnectionGuard guard =
            new ConnectionGuard(Duration.ofSeconds(60), new ConnectionGuard.Places(5, 3, 3), Ticker.system(), late);
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                response.setStatus(guard.requested(request) ? 200 : 503);
                callback.succeeded();
                return true;
            }
        });
        connector.setHost(LOOPBACK.getHostAddress());
        connector.addBean(guard);
        server.addConnector(connector);
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.stop();
    }

    @Test
    void addressWithItsShareGetsNoMoreAndOthersDo() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(ask("127.0.0.1")).isEqualTo(200);
        }

        assertThat(ask("127.0.0.1")).as("one above its share").isEqualTo(503);
        assertThat(ask("127.0.0.2")).as("from another address").isEqualTo(200);
    }

    @Test
    void placeIsFreeWhenItsConnectionHasEnded() throws Exception {
        for (int i = 0; i < 3; i++) {
            ask("127.0.0.1");
        }
        sockets.removeFirst().close();

        await().until(() -> ask("127.0.0.1") == 200);
    }

    @Test
    void thoseWithoutAPlaceAreAnsweredHoweverManyThereAre() throws Exception {
        for (int i = 0; i < 400; i++) {
            connect("127.0.0.1");
        }

        assertThat(ask("127.0.0.1")).isEqualTo(503);
    }

    private Socket connect(String from) throws IOException {
        Socket socket = new Socket(LOOPBACK, connector.getLocalPort(), InetAddress.getByName(from), 0);
        socket.setSoTimeout(60_000);
        sockets.add(socket);
        return socket;
    }

    /** The status of the answer, on a connection that stays open. */
    private int ask(String from) throws IOException {
        Socket socket = connect(from);
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        String line = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
        return Integer.parseInt(line.substring(9));
    }
}
