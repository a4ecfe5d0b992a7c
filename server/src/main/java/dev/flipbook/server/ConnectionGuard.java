package dev.flipbook.server;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.component.AbstractLifeCycle;

/**
 * Keeps connections that ask for nothing from taking the place of those that do: a request's headers must be whole within a
 * deadline from the connection's opening or the headers' first byte, one address has at most 1,000 connections that have been
 * without a request for more than a second or two, and there are at most 20,000 connections in all. Thread-safe.
 */
final class ConnectionGuard extends AbstractLifeCycle implements Connection.Listener {

    private static final int MOST_WAITING_PER_ADDRESS = 1000;
    private static final int MOST = 20_000;
    private static final long NO_BYTES_YET = -1;
    /** In nanoseconds. */
    private static final long JUST_COME = 1_000_000_000;

    private final Duration headerTime;
    private final Map<Connection, Waiting> connections = new ConcurrentHashMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "flipbook-connections");
        thread.setDaemon(true);
        return thread;
    });

    /** How a connection stands between requests. Replaced, never changed. */
    private record Waiting(String address, boolean asked, long since, long bytesIn) {}

    ConnectionGuard(Duration headerTime) {
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
        String address = address(connection.getEndPoint().getRemoteSocketAddress());
        // What speaks no HTTP did so before: a WebSocket, which will never ask again.
        boolean asked = !(connection instanceof ConnectionMetaData);
        connections.put(connection, new Waiting(address, asked, System.nanoTime(), NO_BYTES_YET));
        if (connections.size() > MOST) {
            connection.getEndPoint().close();
        }
    }

    @Override
    public void onClosed(Connection connection) {
        connections.remove(connection);
    }

    /** A request with whole headers has come. */
    void asked(Request request) {
        Connection connection = request.getConnectionMetaData().getConnection();
        Waiting was = connections.computeIfPresent(connection, (_, w) -> new Waiting(w.address(), true, 0, 0));
        if (was != null) {
            Request.addCompletionListener(request, _ -> answered(connection));
        }
    }

    private void answered(Connection connection) {
        connections.computeIfPresent(
                connection, (c, w) -> new Waiting(w.address(), false, System.nanoTime(), c.getBytesIn()));
    }

    private void closeLate() {
        long now = System.nanoTime();
        Map<String, Integer> waitingOf = new HashMap<>();
        connections.forEach((connection, waiting) -> {
            if (waiting.asked()) {
                return;
            }
            boolean silent = waiting.bytesIn() != NO_BYTES_YET && connection.getBytesIn() == waiting.bytesIn();
            if (silent) { // between requests; the idle time-out is for these, and the deadline begins with the first
                // byte
                connections.replace(connection, waiting, new Waiting(waiting.address(), false, now, waiting.bytesIn()));
            } else if (now - waiting.since() > headerTime.toNanos()) {
                connection.getEndPoint().close();
                return;
            }
            // A thousand viewers may come at once: those that have just come are about to ask.
            if (silent || now - waiting.since() > JUST_COME) {
                if (waitingOf.merge(waiting.address(), 1, Integer::sum) > MOST_WAITING_PER_ADDRESS) {
                    connection.getEndPoint().close();
                }
            }
        });
    }

    private static String address(SocketAddress remote) {
        return remote instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : "";
    }
}
