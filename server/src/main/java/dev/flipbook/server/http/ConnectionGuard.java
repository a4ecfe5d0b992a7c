package dev.flipbook.server.http;

import dev.flipbook.Ticker;
import dev.flipbook.web.LateTick;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.component.AbstractLifeCycle;

/**
 * Limits connections, so that no client can take all of them.
 *
 * <p>There are 20,000 places. One address may have 2,000 of them; this machine may have 15,000, because a proxy on it
 * may connect for many clients. A connection without a place gets one of 256 spare places, where every request but
 * {@code /healthz} is refused with 503. The oldest spare connection is closed when another one comes.
 *
 * <p>Three kinds of connections are closed, by a thread that looks once a second: those whose request headers are not
 * complete within the deadline, those without a request if their address has more than 1,000 of them, and those whose
 * client has gone while its request waits for an answer. Thread-safe.
 */
public final class ConnectionGuard extends AbstractLifeCycle implements Connection.Listener {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    public static final String FULL =
            "there are too many connections, of your address or in all; close some of them, or try again later";

    private static final int MAX_SPARE = 256;
    private static final int MAX_WAITING_PER_ADDRESS = 1000;
    private static final long NO_BYTES_YET = -1;
    /** Time in nanoseconds during which a connection counts as new. */
    private static final long JUST_COME = 1_000_000_000;

    private final Duration headerTime;
    private final Places maximum;
    private final Ticker ticker;
    private final LateTick late;
    private final Map<Connection, Waiting> connections = new ConcurrentHashMap<>();
    /** Number of connections from each address. */
    private final Map<PeerAddress, Integer> placesOf = new ConcurrentHashMap<>();

    private final AtomicInteger places = new AtomicInteger(); // number of connections
    private final Queue<Connection> spare = new ConcurrentLinkedQueue<>(); // connections in spare places, oldest first
    private final AtomicInteger spares = new AtomicInteger();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "flipbook-connections");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Maximum numbers of connections.
     *
     * @param all in total. Each takes a file descriptor, and systems grant a process 65,536 or more
     * @param thisMachine from this machine, where a proxy may connect for many clients
     * @param oneAddress from any other address: enough for an office that shares an address, and a tenth of all
     */
    public record Places(int all, int thisMachine, int oneAddress) {

        /** Default and maximum of all connections. */
        public static final int ALL = 20_000;

        /** The maximum numbers with this share for each address, or the default numbers if the share is 0. */
        public static Places of(int share) {
            return share == 0 ? new Places(ALL, 15_000, 2000) : new Places(ALL, share, share);
        }
    }

    /**
     * State of a connection. Immutable: it is replaced when it changes.
     *
     * @param hasPlace false for a connection in a spare place
     * @param hasRequest whether a request is being answered
     * @param version HTTP version of the last request
     * @param since time of the last change
     * @param bytesIn bytes read before the next request, or {@link #NO_BYTES_YET} if no request was answered yet
     */
    private record Waiting(
            PeerAddress address, boolean hasPlace, boolean hasRequest, HttpVersion version, long since, long bytesIn) {

        Waiting withRequest(HttpVersion spoken, long now) {
            return new Waiting(address, hasPlace, true, spoken, now, 0);
        }

        Waiting withoutRequest(long bytes, long now) {
            return new Waiting(address, hasPlace, false, version, now, bytes);
        }
    }

    public ConnectionGuard(Duration headerTime, Places maximum, Ticker ticker, LateTick late) {
        this.ticker = ticker;
        this.late = late;
        this.maximum = maximum;
        this.headerTime = headerTime;
    }

    @Override
    protected void doStart() {
        var _ = clock.scheduleWithFixedDelay(this::closeLate, 1, 1, TimeUnit.SECONDS);
    }

    @Override
    protected void doStop() {
        clock.shutdownNow();
    }

    @Override
    public void onOpened(Connection connection) {
        PeerAddress address = PeerAddress.of(connection.getEndPoint().getRemoteSocketAddress());
        // A connection that does not speak HTTP is a WebSocket. A WebSocket spoke HTTP before, so it keeps the place of
        // its request, and no further request will come.
        boolean isWebSocket = !(connection instanceof ConnectionMetaData);
        boolean hasPlace = takePlace(address) || isWebSocket;
        connections.put(
                connection,
                new Waiting(address, hasPlace, isWebSocket, HttpVersion.HTTP_1_1, ticker.nanos(), NO_BYTES_YET));
        if (!hasPlace) {
            spare.add(connection);
            if (spares.incrementAndGet() > MAX_SPARE) {
                Connection oldest = spare.poll();
                if (oldest != null) {
                    oldest.getEndPoint().close();
                }
            }
        }
    }

    /** Counts a connection of this address. Returns false if there is no place for it. */
    private boolean takePlace(PeerAddress address) {
        int share = address.isThisMachine() ? maximum.thisMachine() : maximum.oneAddress();
        int ofAddress = placesOf.merge(address, 1, Integer::sum);
        return places.incrementAndGet() <= maximum.all() && ofAddress <= share;
    }

    @Override
    public void onClosed(Connection connection) {
        Waiting was = connections.remove(connection);
        if (was == null) {
            return;
        }
        placesOf.computeIfPresent(was.address(), (_, count) -> count == 1 ? null : count - 1);
        places.decrementAndGet();
        if (!was.hasPlace()) {
            spares.decrementAndGet();
            spare.remove(connection);
        }
    }

    /**
     * Notes that the complete headers of a request have arrived.
     *
     * @return false if the connection has only a spare place
     */
    public boolean requested(Request request) {
        ConnectionMetaData http = request.getConnectionMetaData();
        Connection connection = http.getConnection();
        if (connection.getEndPoint() instanceof FairEndPoint end && SameOrigin.onlyReads(request)) {
            end.requested(); // other requests have a body, and the reader of the body notices when the client has gone
        }
        boolean hasPlace = requested(connection, http.getHttpVersion());
        Request.addCompletionListener(request, _ -> answered(connection));
        return hasPlace;
    }

    /**
     * Notes that the complete headers of a request on this connection have arrived. Returns false if the connection has
     * only a spare place.
     */
    public boolean requested(Connection connection, HttpVersion version) {
        Waiting was = connections.computeIfPresent(connection, (_, w) -> w.withRequest(version, ticker.nanos()));
        return was == null || was.hasPlace();
    }

    /** Notes that the request of this connection has its answer, and that another one may come. */
    void answered(Connection connection) {
        connections.computeIfPresent(connection, (c, w) -> w.withoutRequest(c.getBytesIn(), ticker.nanos()));
    }

    /** Closes connections that have waited for too long. Called once a second. */
    void closeLate() {
        long now = ticker.nanos();
        if (late.isLate()) { // the process was stopped: bytes that have arrived in that time are not read yet
            connections.replaceAll(
                    (_, waiting) -> waiting.hasRequest() ? waiting : waiting.withoutRequest(waiting.bytesIn(), now));
            return;
        }
        Map<PeerAddress, Integer> waitingOf = new HashMap<>();
        connections.forEach((connection, waiting) -> {
            if (waiting.hasRequest()) {
                closeIfGone(connection, waiting, now);
            } else {
                closeIfLate(connection, waiting, now, waitingOf);
            }
        });
    }

    private static void closeIfGone(Connection connection, Waiting waiting, long now) {
        if (connection instanceof ConnectionMetaData http
                && connection.getEndPoint() instanceof FairEndPoint end
                && now - waiting.since() > JUST_COME
                && !end.isFillInterested()
                && end.isGone(waiting.version())) {
            http.getConnector().getExecutor().execute(() -> close(connection));
        }
    }

    /**
     * Closes the connection itself, because closing only its end point would not notify the code that answers the
     * request. Must not run on the clock's thread because Jetty may block in it.
     */
    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a connection whose client has gone could not be closed", e);
        }
    }

    private void closeIfLate(Connection connection, Waiting waiting, long now, Map<PeerAddress, Integer> waitingOf) {
        boolean silent = waiting.bytesIn() != NO_BYTES_YET && connection.getBytesIn() == waiting.bytesIn();
        boolean late = now - waiting.since() > (waiting.hasPlace() ? headerTime.toNanos() : JUST_COME);
        if (late && (!silent || !waiting.hasPlace())) {
            connection.getEndPoint().close();
            return;
        }
        if (silent && waiting.hasPlace()) {
            // Between two requests only the idle timeout limits the connection. The deadline for headers begins with
            // the first byte.
            connections.replace(connection, waiting, waiting.withoutRequest(waiting.bytesIn(), now));
        }
        // Connections that are new do not count: a thousand viewers may connect at once, and they are about to send
        // their requests.
        if ((silent || now - waiting.since() > JUST_COME)
                && waitingOf.merge(waiting.address(), 1, Integer::sum) > MAX_WAITING_PER_ADDRESS) {
            connection.getEndPoint().close();
        }
    }
}
