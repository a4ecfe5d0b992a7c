package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.feed.Feeds;
import dev.flipbook.server.FakeTicker;
import dev.flipbook.server.stream.OpenStream;
import dev.flipbook.web.BadRequestException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All WebSockets of a server, over Jetty's own connection and a fake socket. The test runs the ticks. */
@Timeout(180)
class WebSocketsTest {

    private final FakeTicker ticker = new FakeTicker();
    private final FakeTicker feedTicker = new FakeTicker();
    private final Feeds feeds = new Feeds(FeedOptions.DEFAULT, feedTicker);
    private final List<OpenStream> listed = new CopyOnWriteArrayList<>();
    private final Ticks ticks = new Ticks();
    private final Server server = new Server(new QueuedThreadPool(), ticks, new ArrayByteBufferPool());
    private final ServerConnector connector = new ServerConnector(server);
    private final HttpClient http = HttpClient.newHttpClient();
    private final OpenStream.Register register = new OpenStream.Register() {
        @Override
        public void add(OpenStream stream) {
            listed.add(stream);
        }

        @Override
        public void remove(OpenStream stream) {
            listed.remove(stream);
        }
    };
    private final WebSockets sockets =
            new WebSockets(server, feeds, ticker, listener -> () -> {}, register, Duration.ofSeconds(30));

    /** A scheduler that keeps tasks with a delay of a quarter of a second, and leaves all others to Jetty. */
    private static final class Ticks extends AbstractLifeCycle implements Scheduler {

        private final List<Runnable> planned = new CopyOnWriteArrayList<>();
        private final ScheduledExecutorScheduler others = new ScheduledExecutorScheduler("others", true);

        @Override
        public Task schedule(Runnable task, long delay, TimeUnit unit) {
            if (unit.toMillis(delay) == 250) {
                planned.add(task);
                return () -> false;
            }
            return others.schedule(task, delay, unit);
        }

        void run() {
            assertThat(planned).hasSize(1);
            planned.remove(0).run();
        }

        @Override
        protected void doStart() throws Exception {
            others.start();
        }

        @Override
        protected void doStop() throws Exception {
            others.stop();
        }
    }

    private static final class Client implements WebSocket.Listener {

        private final List<String> texts = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();
        private final AtomicInteger pings = new AtomicInteger();
        private final AtomicInteger pictures = new AtomicInteger();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                texts.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            pictures.addAndGet(last ? 1 : 0);
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onPing(WebSocket socket, ByteBuffer data) {
            pings.incrementAndGet();
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed.complete(status);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.completeExceptionally(error);
        }
    }

    @BeforeEach
    void start() throws Exception {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                try {
                    sockets.upgrade(request, response, callback);
                } catch (BadRequestException e) {
                    response.setStatus(e.status());
                    response.write(true, StandardCharsets.UTF_8.encode(String.valueOf(e.getMessage())), callback);
                }
                return true;
            }
        });
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        http.shutdownNow();
        server.stop();
        feeds.close();
    }

    private WebSocket open(Client client, String... protocols) {
        WebSocket.Builder builder = http.newWebSocketBuilder();
        if (protocols.length == 1) {
            builder.subprotocols(protocols[0]);
        } else if (protocols.length > 1) {
            builder.subprotocols(protocols[0], protocols[1]);
        }
        WebSocket socket = builder.buildAsync(URI.create("ws://127.0.0.1:" + connector.getLocalPort() + "/ws"), client)
                .join();
        return socket;
    }

    private static void say(WebSocket socket, String text) {
        socket.sendText(text, true).join();
    }

    @Test
    void connectionsAreCountedWhileTheyAreOpen() {
        assertThat(sockets.size()).isZero();
        WebSocket one = open(new Client());
        WebSocket other = open(new Client());
        await().until(() -> sockets.size() == 2);

        one.abort();
        await().until(() -> sockets.size() == 1);
        other.abort();
        await().until(() -> sockets.size() == 0);
    }

    @Test
    void protocolIsTheOneThereIs() {
        assertThat(open(new Client()).getSubprotocol()).isEmpty();
        assertThat(open(new Client(), "flipbook.v1").getSubprotocol()).isEqualTo("flipbook.v1");
        assertThat(open(new Client(), "chat", "flipbook.v1").getSubprotocol()).isEqualTo("flipbook.v1");

        try {
            open(new Client(), "chat", "talk");
            throw new AssertionError("it was opened");
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(WebSocketHandshakeException.class);
            assertThat(((WebSocketHandshakeException) e.getCause())
                            .getResponse()
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void thereIsOneClockForAllConnectionsAndNoneWithoutAny() {
        assertThat(ticks.planned).isEmpty();
        WebSocket one = open(new Client());
        await().until(() -> sockets.size() == 1);
        WebSocket other = open(new Client());
        await().until(() -> sockets.size() == 2);
        for (int i = 0; i < 3; i++) {
            ticks.run();
        }

        assertThat(ticks.planned).hasSize(1);
        one.abort();
        other.abort();
        await().until(() -> sockets.size() == 0);
        ticks.run();
        assertThat(ticks.planned).isEmpty();
        open(new Client());
        await().until(() -> ticks.planned.size() == 1);
    }

    @Test
    void eachTickIsForEachConnection() {
        Client one = new Client();
        Client other = new Client();
        open(one);
        open(other);
        await().until(() -> sockets.size() == 2);
        ticks.run();
        ticker.passMillis(3_000);
        ticks.run();
        ticker.passMillis(3_500);
        ticks.run();
        assertThat(one.pings.get() + other.pings.get()).isZero();
        ticker.passMillis(3_501);
        ticks.run();

        await().until(() -> one.pings.get() == 1 && other.pings.get() == 1);
    }

    @Test
    void silentClientIsCutAfterTheTimeThatWasGiven() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort())) {
            String request = """
                    GET /ws HTTP/1.1\r
                    Host: x\r
                    Connection: Upgrade\r
                    Upgrade: websocket\r
                    Sec-WebSocket-Version: 13\r
                    Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
                    \r
                    """;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            await().until(() -> sockets.size() == 1);
            for (int i = 0; i < 10; i++) {
                ticker.passMillis(3_000);
                ticks.run();
            }
            assertThat(sockets.size()).isEqualTo(1);

            ticker.passMillis(1);
            ticks.run();

            await().until(() -> sockets.size() == 0);
            byte[] all = socket.getInputStream().readAllBytes();
            assertThat(all).as("two pings, and no word of an end").endsWith(0x89, 0, 0x89, 0);
        }
    }

    @Test
    void afterATimeInWhichTheProcessDidNotRunNoClientIsCut() {
        Client client = new Client();
        open(client);
        await().until(() -> sockets.size() == 1);
        ticks.run();
        ticker.passMillis(100_000);

        ticks.run();

        await().until(() -> client.pings.get() == 1);
        assertThat(sockets.size()).isEqualTo(1);
    }

    /** Without connections there are no ticks. That must not count as a time in which the process did not run. */
    @Test
    void timeWithoutConnectionsIsNotLate() {
        ticker.passMillis(100_000);
        Client client = new Client();
        open(client);
        await().until(() -> sockets.size() == 1);

        ticker.passMillis(3_999);
        ticks.run();

        assertThat(sockets.size()).isEqualTo(1);
        assertThat(client.pings.get()).isZero();
    }

    @Test
    void watchedFeedIsListedUnderTheClientsAddress() {
        feeds.feed("door").publish(Peer.jpeg(16, 16));
        Client client = new Client();
        WebSocket socket = open(client);
        say(socket, "{\"watch\":1,\"feed\":\"door\"}");
        await().until(() -> client.pictures.get() == 1);

        assertThat(listed)
                .singleElement()
                .satisfies(one -> assertThat(one.label().address()).isEqualTo("127.0.0.1"));
        socket.abort();
        await().until(listed::isEmpty);
    }

    @Test
    void messageOfMoreThanFourKilobytesClosesTheConnection() {
        Client client = new Client();
        WebSocket socket = open(client);
        say(socket, "{\"ping\":1" + " ".repeat(4096 - 10) + "}");
        await().until(() -> client.texts.size() == 1);

        say(socket, "{\"ping\":1" + " ".repeat(4096 - 9) + "}");

        assertThat(client.closed.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(1009);
    }

    @Test
    void stopIsSentToClientsAndTheirAnswersAreAwaited() {
        Client one = new Client();
        Client other = new Client();
        open(one);
        open(other);
        await().until(() -> sockets.size() == 2);

        sockets.close();

        assertThat(one.closed.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(1001);
        assertThat(other.closed.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(1001);
        await().until(() -> sockets.size() == 0);
    }

    @Test
    void serverWithoutAConnectionStopsAtOnce() {
        Thread.currentThread().interrupt(); // a method that waits would throw
        sockets.close();

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void messagesOfClientsAreSmallAndPicturesMayBeLarge() {
        ServerWebSocketContainer container = ServerWebSocketContainer.ensure(server);

        assertThat(container.getMaxTextMessageSize()).isEqualTo(4096);
        assertThat(container.getMaxBinaryMessageSize()).isEqualTo(4096);
        assertThat(container.getMaxFrameSize()).as("without a limit").isZero();
        assertThat(container.isAutoFragment()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "13, c2l4dGVlbiBieXRlcyAhIQ==, 101",
        "13, c2l4dGVlbiBieXRlcw==, 400",
        "12, c2l4dGVlbiBieXRlcyAhIQ==, 426"
    })
    void handshakeThatIsNotWholeOpensNothing(String version, String key, int status) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort())) {
            String request = "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: " + version + "\r\nSec-WebSocket-Key: " + key + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));

            String line = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);

            assertThat(line).isEqualTo("HTTP/1.1 " + status);
        }
    }
}
