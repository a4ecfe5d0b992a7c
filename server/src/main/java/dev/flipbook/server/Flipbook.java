package dev.flipbook.server;

import dev.flipbook.FrameSource;
import dev.flipbook.Ticker;
import dev.flipbook.address.OwnAddresses;
import dev.flipbook.address.OwnNames;
import dev.flipbook.address.ServedAddresses;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.server.control.Administration;
import dev.flipbook.server.control.ControlEndpoints;
import dev.flipbook.server.generate.StreamedPages;
import dev.flipbook.server.generate.StreamedResponse;
import dev.flipbook.server.http.ConnectionGuard;
import dev.flipbook.server.http.EmbedPolicy;
import dev.flipbook.server.http.FairConnector;
import dev.flipbook.server.http.HostCheck;
import dev.flipbook.server.http.PlainErrorHandler;
import dev.flipbook.server.publish.PublishEndpoint;
import dev.flipbook.server.publish.PublisherPlaces;
import dev.flipbook.server.stream.OpenStreams;
import dev.flipbook.server.stream.SendBuffer;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.LateTick;
import dev.flipbook.websocket.WebSockets;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A server of live pictures.
 * {@snippet :
 * try (var flipbook = Flipbook.start(8080)) {
 *     Feed edges = flipbook.feed("edges");
 *     while (running) edges.publish(detector.next());
 * }
 * }
 *
 * <p>Thread-safe. Feeds may be added at any time.
 */
public final class Flipbook implements AutoCloseable {

    /**
     * Size of a connection's send buffer in bytes, of which Linux allocates twice as much. {@link SendBuffer} changes
     * it for viewers.
     */
    private static final int SEND_BUFFER = 256 << 10;
    /** Maximum size of a request's line and headers in bytes; larger ones are refused with 431. */
    private static final int REQUEST_HEADER = 8 << 10;
    /** Number of server threads. No endpoint blocks, so a few threads serve any number of viewers. */
    private static final int THREADS = 16;

    private final Feeds feeds;
    private final PublishEndpoint publishing;
    private final ControlEndpoints control;
    final Routes routes; // tests add routes
    private final Router router;
    private final StreamedPages pages;
    private final WebSockets sockets;
    private final Server server;
    private final FairConnector connector;
    private final OwnNames names = OwnNames.ofThisMachine();
    private final ServedAddresses addresses;

    private Flipbook(ServerOptions options) throws IOException {
        feeds = new Feeds(options.feeds(), Ticker.system());
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("flipbook-http");
        threads.setDaemon(true);
        server = new Server(threads);
        server.setErrorHandler(new PlainErrorHandler());
        LateTick late = new LateTick(Ticker.system());
        ConnectionGuard guard = new ConnectionGuard(
                options.deadlines().headers(),
                ConnectionGuard.Places.of(options.connectionsPerAddress()),
                Ticker.system(),
                late);
        FeedLookup lookup = new FeedLookup(feeds);
        EmbedPolicy embedding = new EmbedPolicy(options.embedOrigins());
        publishing = new PublishEndpoint(
                lookup,
                PublisherPlaces.Shares.of(options.connectionsPerAddress()),
                options.deadlines().progress(),
                Ticker.system());
        StatusEndpoint status = new StatusEndpoint(feeds, lookup);
        StatusUpdates news = new StatusUpdates(feeds, status, server.getScheduler());
        OpenStreams streams = new OpenStreams();
        control = ControlEndpoints.of(
                lookup, options.deadlines().headers(), options.deadlines().progress());
        sockets = new WebSockets(
                server,
                feeds,
                Ticker.system(),
                news,
                streams,
                options.deadlines().progress());
        routes = Routes.of(
                feeds,
                publishing,
                status,
                news,
                streams,
                new WebSocketEndpoint(sockets, embedding),
                new PageEndpoint(lookup, embedding),
                control);
        pages = new StreamedPages(options.streamedResponses());
        router = new Router(
                routes, new HostCheck(options.host(), options.hostNames(), names::contains), embedding, guard);
        server.setHandler(router);
        connector = new FairConnector(server, new HttpConnectionFactory(http()), Ticker.system(), late);
        connector.setHost(options.host());
        connector.setPort(options.port());
        // Jetty restarts this timeout with every byte that is sent or received.
        connector.setIdleTimeout(options.deadlines().progress().toMillis());
        connector.setAcceptQueueSize(1024);
        connector.setAcceptedSendBufferSize(SEND_BUFFER);
        connector.addBean(guard);
        server.addConnector(connector);
        open(options);
        addresses = new ServedAddresses(options.host(), bound(), port(), OwnAddresses::read, names);
        if (!bound().isLoopbackAddress()) {
            names.ask(); // prepares the first request by one of the names, and addresses()
        }
    }

    private void open(ServerOptions options) throws IOException {
        try {
            connector.open(); // before anything starts, so that a port that is in use is reported at once
            server.start();
        } catch (Exception e) {
            close();
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof BindException) {
                    throw new IOException(notOurs(options, cause), e);
                }
            }
            throw e instanceof IOException io ? io : new IOException("the server did not start: " + e.getMessage(), e);
        }
    }

    private static String notOurs(ServerOptions options, Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (message.contains("assign requested address")) {
            String own = OwnAddresses.reachable(OwnAddresses.read()).stream()
                    .map(ServedAddresses::text)
                    .map(address -> address + ", ")
                    .collect(Collectors.joining());
            return options.host() + " is not an address of this machine; --host takes one of " + own
                    + "127.0.0.1, or 0.0.0.0 for all";
        }
        String taken = message.contains("already in use")
                ? " is taken by another program"
                : " cannot be taken (" + message + ")";
        return "port " + options.port() + " on " + options.host() + taken
                + "; --port takes another, such as 8081, or 0 for a free one";
    }

    private InetAddress bound() {
        Object channel = connector.getTransport();
        return channel instanceof ServerSocketChannel listening
                ? listening.socket().getInetAddress()
                : InetAddress.getLoopbackAddress();
    }

    private static HttpConfiguration http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(REQUEST_HEADER);
        http.setHttpCompliance(HttpCompliance.RFC9110);
        http.setUriCompliance(UriCompliance.DEFAULT);
        return http;
    }

    /**
     * Serves on 127.0.0.1.
     *
     * @param port 0 to 65535; 0 takes a free port, which {@link #port} returns
     * @throws IOException if the port is in use
     */
    public static Flipbook start(int port) throws IOException {
        return start(ServerOptions.DEFAULT.withPort(port));
    }

    /**
     * Serves as the options say.
     *
     * @throws IOException if the port is in use, or the address does not belong to this machine
     */
    public static Flipbook start(ServerOptions options) throws IOException {
        return new Flipbook(options);
    }

    /**
     * The feed of this name, which the program publishes to. The feed is made if it does not exist.
     *
     * @throws IllegalArgumentException if {@link Feeds#checkName} refuses the name
     */
    public Feed feed(String name) {
        return feeds.feed(name);
    }

    /**
     * Adds a feed that shows this source. The source is opened only while somebody watches.
     *
     * @throws IllegalArgumentException if the name is in use, or {@link Feeds#checkName} refuses it
     */
    public Feed feed(String name, FrameSource source) {
        return feeds.feed(name, source);
    }

    /** All feeds of this server. */
    public Feeds feeds() {
        return feeds;
    }

    /**
     * Answers requests for this path with a streamed response. May be called at any time.
     *
     * @param path as clients send it, such as {@code /stock-table}: begins with a slash, has no characters that need
     *     encoding, and is compared as a whole. The query after {@code ?} is left to the generator
     * @throws IllegalArgumentException if the path is not valid, is in use, or belongs to Flipbook
     */
    public void page(String path, StreamedResponse response) {
        StreamedPages.checkPath(path);
        routes.add(new Routes.Route(path, pages.endpoint(path, response)));
    }

    /**
     * Removes the page at this path. Responses that have begun go on.
     *
     * @return false if there is no such page
     */
    public boolean removePage(String path) {
        return routes.remove(path);
    }

    /**
     * Lets clients on this machine add, change and remove feeds over HTTP, and reload the configuration, through this
     * part of the program. Until then such requests are refused; clients may pause feeds and set the controls of
     * cameras in any case.
     *
     * @throws IllegalStateException if the feeds are administered already
     */
    public void administer(Administration administration) {
        control.administration().setProgram(administration);
    }

    /** Every path that is answered. A name in braces stands for a feed's name, a stream's id or a file of the page. */
    public List<String> routes() {
        return routes.list().stream().map(Routes.Route::path).toList();
    }

    /** The port that the server listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** The address to open in a browser: the first of {@link #addresses}. Returns at once. */
    public URI address() {
        return addresses.best();
    }

    /**
     * Every address by which the server is reached at the moment, the best for other machines first. A server that
     * listens on all addresses ({@code 0.0.0.0} or {@code ::}) has those of this machine's networks, this machine's
     * names in them, and last {@code 127.0.0.1} for this machine itself. Any other server has one. Waits at most half a
     * second for a name server.
     */
    public List<URI> addresses() {
        return addresses.all();
    }

    /**
     * Stops within 5 s: no connection is accepted any more, every stream ends after a whole part with the closing
     * delimiter, streamed responses are broken off, and the sources are closed.
     */
    @Override
    public void close() {
        connector.close();
        router.close();
        pages.close();
        feeds.close();
        publishing.awaitEnd();
        sockets.close();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the server did not stop: " + e.getMessage(), e);
        }
    }
}
