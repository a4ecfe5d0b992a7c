package dev.flipbook.websocket;

import dev.flipbook.Feeds;
import dev.flipbook.Ticker;
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
import java.util.concurrent.atomic.AtomicBoolean;
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

/** The WebSockets of a server. Thread-safe. */
public final class WebSockets {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    /** The one subprotocol. */
    public static final String PROTOCOL = "flipbook.v1";

    /** In bytes. Nothing that a client has to say is nearly as long. */
    private static final int MESSAGE = 4096;

    /** Often enough to see that a link has changed, in milliseconds. */
    private static final long TICK = 250;

    private final ServerWebSocketContainer container;
    private final FeedLookup feeds;
    private final Ticker ticker;
    private final News news;
    private final OpenStream.Register streams;
    private final Set<LiveConnection> connections = ConcurrentHashMap.newKeySet();
    private final Set<Handshake> handshakes = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean ticking = new AtomicBoolean();
    private final Duration progress;
    private final LateTick late;

    /**
     * For a server that has not been started.
     *
     * @param streams where those that are watched are listed
     * @param progress without a word of the client, or without its taking a byte, until a connection is closed
     */
    public WebSockets(
            Server server, Feeds feeds, Ticker ticker, News news, OpenStream.Register streams, Duration progress) {
        this.feeds = new FeedLookup(feeds);
        this.ticker = ticker;
        this.news = news;
        this.streams = streams;
        this.progress = progress;
        this.late = new LateTick(ticker);
        this.container = ServerWebSocketContainer.ensure(server);
        container.setMaxTextMessageSize(MESSAGE);
        container.setMaxBinaryMessageSize(MESSAGE);
        container.setMaxFrameSize(0); // it would hold for our pictures too; what comes in is bounded as a message
        container.setAutoFragment(true); // memory is taken for what has come, and not for what is announced
        container.setIdleTimeout(progress);
    }

    /** Whether this asks for a WebSocket. */
    public static boolean isUpgrade(Request request) {
        return HandshakeCheck.hasToken(request, "Upgrade", "websocket");
    }

    /**
     * Makes a WebSocket of the request, whose origin was checked.
     *
     * @throws BadRequestException when it is not a whole request for one
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
            throw new BadRequestException("this is no whole WebSocket handshake, which RFC 6455 has in its section 4");
        }
    }

    private static List<String> protocols(Request request) {
        return request.getHeaders().getCSV("Sec-WebSocket-Protocol", false);
    }

    private LiveConnection open(ServerUpgradeRequest request, ServerUpgradeResponse response, Scheduler scheduler) {
        if (!request.getSubProtocols().isEmpty()) {
            response.setAcceptedSubProtocol(PROTOCOL);
        }
        response.setExtensions(List.of()); // compression would cost time and gain nothing
        return new LiveConnection(
                feeds,
                ticker,
                news,
                streams,
                Request.getRemoteAddr(request),
                ClientName.of(Request.getRemoteAddr(request), Request.getRemotePort(request)),
                container.getExecutor(),
                progress,
                new Opening(scheduler));
    }

    /**
     * A request that may become a connection. The client may read the answer some milliseconds before the connection opens here:
     * a server that stops in between has to wait for it, or the client would find a broken connection without a word.
     */
    private final class Handshake {

        private final CompletableFuture<?> ended = new CompletableFuture<>();

        /** The response, and the end of the handshake after it: Jetty opens the connection before the response's end returns. */
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

    /** A connection is counted while it is open, and not from its handshake, which may still fail. */
    private final class Opening implements LiveConnection.Life {

        private final Scheduler scheduler;

        Opening(Scheduler scheduler) {
            this.scheduler = scheduler;
        }

        @Override
        public void opened(LiveConnection connection) {
            connections.add(connection);
            if (!ticking.getAndSet(true)) {
                late.resume();
                plan(scheduler);
            }
        }

        @Override
        public void closed(LiveConnection connection) {
            connections.remove(connection);
        }
    }

    private void plan(Scheduler scheduler) {
        scheduler.schedule(() -> tick(scheduler), TICK, TimeUnit.MILLISECONDS);
    }

    private void tick(Scheduler scheduler) {
        if (late.isLate()) {
            connections.forEach(LiveConnection::beginAnew);
        }
        connections.forEach(WebSockets::tick);
        ticking.set(false);
        if (!connections.isEmpty() && !ticking.getAndSet(true)) {
            plan(scheduler);
        }
    }

    /** One that fails is not to stop the time of the others. */
    private static void tick(LiveConnection connection) {
        try {
            connection.tick();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "a WebSocket of " + connection.address() + " failed", e);
            connection.cut();
        }
    }

    /** Connections that are open. */
    public int size() {
        return connections.size();
    }

    /**
     * Tells all clients that the server stops, those too whose handshake is under way, and waits a second at most until they have
     * heard. To be called when no request for another one is handled any more.
     */
    public void close() {
        CompletableFuture<?> opened = all(handshakes.stream().map(one -> one.ended));
        CompletableFuture<?> told =
                opened.thenCompose(_ -> all(connections.stream().map(LiveConnection::stop)));
        try {
            told.get(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.DEBUG, "a client does not hear that the server stops", e);
        }
    }

    private static CompletableFuture<?> all(Stream<CompletableFuture<?>> some) {
        return CompletableFuture.allOf(some.toArray(CompletableFuture[]::new));
    }
}
