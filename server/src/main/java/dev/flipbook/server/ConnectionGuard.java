package dev.flipbook.server;

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
 * Shares the places for connections. There are 20,000, of which one address has at most 2,000 at a time, whatever it does with
 * them, and this machine, where a proxy may stand for many, 15,000. Whoever comes when there is none has one of 256 spare places,
 * where everything but {@code /healthz} is refused. The oldest of those gives way to the next, as do connections whose client
 * has gone while an answer is waited for. A request's headers must be whole within a deadline, and of connections without a
 * request an address has at most 1,000 for longer than a second or two. Thread-safe.
 */
final class ConnectionGuard extends AbstractLifeCycle implements Connection.Listener {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    static final String FULL =
            "there are too many connections, of your address or in all; close some of them, or try again later";

    private static final int MOST_SPARE = 256;
    private static final int MOST_WAITING_PER_ADDRESS = 1000;
    private static final long NO_BYTES_YET = -1;
    /** In nanoseconds. */
    private static final long JUST_COME = 1_000_000_000;

    private final Duration headerTime;
    private final Places most;
    private final Ticker ticker;
    private final LateTick late;
    private final Map<Connection, Waiting> connections = new ConcurrentHashMap<>();
    private final Map<PeerAddress, Integer> placesOf = new ConcurrentHashMap<>();
    private final AtomicInteger places = new AtomicInteger();
    private final Queue<Connection> spare = new ConcurrentLinkedQueue<>();
    private final AtomicInteger spares = new AtomicInteger();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "flipbook-connections");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * How many connections there may be.
     *
     * @param all each takes a descriptor, of which systems grant a process 65,536 or more
     * @param thisMachine a proxy there stands for many clients
     * @param oneAddress as many as an office behind one address has, and a tenth of all
     */
    record Places(int all, int thisMachine, int oneAddress) {

        static final int ALL = 20_000;

        /** With this share for each address, or the default ones for 0. */
        static Places of(int share) {
            return share == 0 ? new Places(ALL, 15_000, 2000) : new Places(ALL, share, share);
        }
    }

    /** How a connection stands. Replaced, never changed. */
    private record Waiting(
            PeerAddress address, boolean hasPlace, boolean asked, HttpVersion version, long since, long bytesIn) {

        Waiting asks(HttpVersion spoken, long now) {
            return new Waiting(address, hasPlace, true, spoken, now, 0);
        }

        Waiting waits(long bytes, long now) {
            return new Waiting(address, hasPlace, false, version, now, bytes);
        }
    }

    ConnectionGuard(Duration headerTime, Places most, Ticker ticker, LateTick late) {
        this.ticker = ticker;
        this.late = late;
        this.most = most;
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
        // What speaks no HTTP did so before: a WebSocket, which will never ask again, and has the place of its request.
        boolean asked = !(connection instanceof ConnectionMetaData);
        boolean hasPlace = takePlace(address) || asked;
        connections.put(
                connection, new Waiting(address, hasPlace, asked, HttpVersion.HTTP_1_1, ticker.nanos(), NO_BYTES_YET));
        if (!hasPlace) {
            spare.add(connection);
            if (spares.incrementAndGet() > MOST_SPARE) {
                Connection oldest = spare.poll();
                if (oldest != null) {
                    oldest.getEndPoint().close();
                }
            }
        }
    }

    private boolean takePlace(PeerAddress address) {
        int share = address.isThisMachine() ? most.thisMachine() : most.oneAddress();
        int ofAddress = placesOf.merge(address, 1, Integer::sum);
        return places.incrementAndGet() <= most.all() && ofAddress <= share;
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

    /** A request with whole headers has come; false when its connection has no place of its own. */
    boolean asked(Request request) {
        ConnectionMetaData http = request.getConnectionMetaData();
        Connection connection = http.getConnection();
        if (connection.getEndPoint() instanceof FairEndPoint end && SameOrigin.onlyReads(request)) {
            end.asked(); // whoever reads a body finds its end there
        }
        boolean hasPlace = asked(connection, http.getHttpVersion());
        Request.addCompletionListener(request, _ -> answered(connection));
        return hasPlace;
    }

    /** The same, for one that has this connection; false when the connection has no place of its own. */
    boolean asked(Connection connection, HttpVersion version) {
        Waiting was = connections.computeIfPresent(connection, (_, w) -> w.asks(version, ticker.nanos()));
        return was == null || was.hasPlace();
    }

    /** The request of this connection has its answer, and another may come. */
    void answered(Connection connection) {
        connections.computeIfPresent(connection, (c, w) -> w.waits(c.getBytesIn(), ticker.nanos()));
    }

    /** Closes what has waited for too long. Once a second. */
    void closeLate() {
        long now = ticker.nanos();
        if (late.isLate()) { // what was sent meanwhile is still to be read
            connections.replaceAll((_, waiting) -> waiting.asked() ? waiting : waiting.waits(waiting.bytesIn(), now));
            return;
        }
        Map<PeerAddress, Integer> waitingOf = new HashMap<>();
        connections.forEach((connection, waiting) -> {
            if (waiting.asked()) {
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

    /** Lets whoever answers know, which closing the end of it would not. Never on the clock's thread: Jetty may wait in it. */
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
        if (silent && waiting.hasPlace()) { // between requests; the idle timeout is for these, and the deadline begins
            // with the first byte
            connections.replace(connection, waiting, waiting.waits(waiting.bytesIn(), now));
        }
        // A thousand viewers may come at once: those that have just come are about to ask.
        if ((silent || now - waiting.since() > JUST_COME)
                && waitingOf.merge(waiting.address(), 1, Integer::sum) > MOST_WAITING_PER_ADDRESS) {
            connection.getEndPoint().close();
        }
    }
}
