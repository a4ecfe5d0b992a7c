package dev.flipbook.websocket;

import dev.flipbook.Ticker;
import dev.flipbook.feed.Feeds;
import dev.flipbook.server.http.Heartbeat;
import dev.flipbook.server.stream.OpenStream;
import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.ClientName;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.LateTick;
import dev.flipbook.web.Quote;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;

/** All WebSocket connections of a server. Thread-safe. */
public final class WebSockets {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    /** The only subprotocol. */
    public static final String PROTOCOL = "flipbook.v1";

    /** Maximum size of a client's message in bytes. The longest useful message is much shorter. */
    private static final int MESSAGE = 4096;

    /**
     * Interval in milliseconds between two checks of each connection; short enough to notice soon that a link has
     * changed.
     */
    private static final long TICK = 250;

    private final ServerWebSocketContainer container;
    private final LiveConnection.Server shared;
    private final Set<LiveConnection> connections = ConcurrentHashMap.newKeySet();
    private final Set<Handshake> handshakes = ConcurrentHashMap.newKeySet();
    private final Heartbeat ticks = new Heartbeat(TICK, this::tick, () -> !connections.isEmpty());
    private final LateTick late;

    /**
     * Creates the WebSockets of a server that has not been started.
     *
     * @param streams the list that watched feeds are added to
     * @param status what is sent to clients that ask for the status of the feeds
     * @param timeout time after which a connection is closed if the client is silent or takes no bytes
     */
    public WebSockets(
            Server server,
            Feeds feeds,
            Ticker ticker,
            StatusSource status,
            OpenStream.Register streams,
            Duration timeout) {
        this.late = new LateTick(ticker);
        this.container = ServerWebSocketContainer.ensure(server);
        container.setMaxTextMessageSize(MESSAGE);
        container.setMaxBinaryMessageSize(MESSAGE);
        container.setMaxFrameSize(0); // a limit would hold for our pictures too; received messages are limited above
        // allocates memory for bytes that have arrived, not for the length that a frame announces
        container.setAutoFragment(true);
        container.setIdleTimeout(timeout);
        this.shared = new LiveConnection.Server(
                new FeedLookup(feeds),
                ticker,
                status,
                streams,
                task -> container.getExecutor().execute(task),
                timeout);
    }

    /** Whether the request asks for a WebSocket. */
    public static boolean isUpgrade(Request request) {
        return HandshakeCheck.hasToken(request, "Upgrade", "websocket");
    }

    /**
     * Turns a request into a WebSocket. The caller must have checked the request's origin.
     *
     * @throws BadRequestException if the request is not a complete WebSocket handshake
     */
    public void upgrade(Request request, Response response, Callback callback) {
        HandshakeCheck.check(request, response);
        List<String> protocols = protocols(request);
        if (!protocols.isEmpty() && !protocols.contains(PROTOCOL)) {
            throw new BadRequestException("the subprotocol of this WebSocket is " + PROTOCOL + ", not '"
                    + Quote.of(String.join(", ", protocols)) + "'");
        }
        Handshake handshake = new Handshake();
        handshakes.add(handshake);
        request.addHttpStreamWrapper(handshake::over);
        Scheduler scheduler = request.getComponents().getScheduler();
        if (!container.upgrade((asked, answer, _) -> open(asked, answer, scheduler), request, response, callback)) {
            throw new BadRequestException("this is not a complete WebSocket handshake; see RFC 6455, section 4");
        }
    }

    private static List<String> protocols(Request request) {
        return request.getHeaders().getCSV("Sec-WebSocket-Protocol", false);
    }

    private LiveConnection open(ServerUpgradeRequest request, ServerUpgradeResponse response, Scheduler scheduler) {
        if (!request.getSubProtocols().isEmpty()) {
            response.setAcceptedSubProtocol(PROTOCOL);
        }
        response.setExtensions(List.of()); // JPEG does not become smaller by compression
        String address = Request.getRemoteAddr(request);
        String client = ClientName.of(address, Request.getRemotePort(request));
        return new LiveConnection(shared, address, client, new Opening(scheduler));
    }

    /**
     * A request that may become a connection. The client may read the answer some milliseconds before the connection
     * opens here. A server that stops in between has to wait, or the client would see a broken connection without a
     * reason.
     */
    private final class Handshake {

        private final CompletableFuture<?> ended = new CompletableFuture<>();

        /**
         * Wraps the response's stream to notice the end of the handshake. Jetty opens the connection before the end of
         * the response returns.
         */
        HttpStream over(HttpStream stream) {
            return new HttpStream.Wrapper(stream) {
                @Override
                public void succeeded() {
                    try {
                        super.succeeded();
                    } finally {
                        end();
                    }
                }

                @Override
                public void failed(Throwable cause) {
                    try {
                        super.failed(cause);
                    } finally {
                        end();
                    }
                }
            };
        }

        private void end() {
            handshakes.remove(this);
            ended.complete(null);
        }
    }

    /** Registers a connection when it opens, not at its handshake, because a handshake may still fail. */
    private final class Opening implements LiveConnection.Life {

        private final Scheduler scheduler;

        Opening(Scheduler scheduler) {
            this.scheduler = scheduler;
        }

        @Override
        public void opened(LiveConnection connection) {
            connections.add(connection);
            ticks.start(scheduler, late::resume);
        }

        @Override
        public void closed(LiveConnection connection) {
            connections.remove(connection);
        }
    }

    private void tick() {
        if (late.isLate()) {
            connections.forEach(LiveConnection::beginAnew);
        }
        connections.forEach(WebSockets::tick);
    }

    /** Checks one connection. A failure must not stop the clock of the other connections. */
    private static void tick(LiveConnection connection) {
        try {
            connection.tick();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "a WebSocket of " + connection.address() + " failed", e);
            connection.cut();
        }
    }

    /** Number of open connections. */
    public int size() {
        return connections.size();
    }

    /**
     * Tells all clients that the server stops, including those whose handshake is in progress, and waits at most one
     * second until they have confirmed. No request may be handled any more when this is called.
     */
    public void close() {
        CompletableFuture<?> opened = all(handshakes.stream().map(one -> one.ended));
        CompletableFuture<?> confirmed =
                opened.thenCompose(_ -> all(connections.stream().map(LiveConnection::stop)));
        try {
            confirmed.get(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.DEBUG, "a client could not be notified that the server stops", e);
        }
    }

    private static CompletableFuture<?> all(Stream<CompletableFuture<?>> some) {
        return CompletableFuture.allOf(some.toArray(CompletableFuture[]::new));
    }
}
