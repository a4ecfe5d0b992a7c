package dev.flipbook.server.http;

import dev.flipbook.Ticker;
import dev.flipbook.web.LateTick;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Accepts connections and gives each a {@link FairEndPoint}. If accepting fails, the connector logs that at intervals
 * and tries again soon.
 *
 * <p>Closing waits until a connection that is just being accepted belongs to the server, which then answers or closes
 * it like any other. Without that wait such a connection could be lost: Jetty interrupts the accepting thread, the JDK
 * then forgets a connection that it has just accepted, and its client would wait for as long as the process lives.
 */
public final class FairConnector extends ServerConnector {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    /** Minimum interval between two log lines about failures. */
    private static final Duration SILENCE = Duration.ofSeconds(5);
    /** Pause after a failure in milliseconds: short enough to accept again soon, long enough to cost no CPU time. */
    private static final long PAUSE = 200;

    private final Ticker ticker;
    private final LateTick late;

    /** Held while the connector waits for a connection and accepts it. */
    private final ReentrantLock accepting = new ReentrantLock();

    /**
     * The read lock is held while a connection handles what it has read. When the server stops, it takes the write lock
     * and keeps it.
     */
    private final ReentrantReadWriteLock turns = new ReentrantReadWriteLock();

    // time of the last log line; used by the accepting thread only
    private long loggedAt;

    /** Creates a connector with one accepting and one selecting thread. */
    public FairConnector(Server server, HttpConnectionFactory http, Ticker ticker, LateTick late) {
        super(server, 1, 1, http);
        this.ticker = ticker;
        this.late = late;
        this.loggedAt = ticker.nanos() - SILENCE.toNanos();
    }

    @Override
    public void accept(int acceptor) throws IOException {
        accepting.lock();
        try {
            super.accept(acceptor);
        } finally {
            accepting.unlock();
        }
    }

    /**
     * Lets a connection handle what it has read, on the calling thread. Does nothing if the server stops, because the
     * connection is then closed by another thread, which does not check whether the connection is in use.
     */
    void turn(Runnable reading) {
        if (isRunning() && turns.readLock().tryLock()) {
            try {
                reading.run();
            } finally {
                turns.readLock().unlock();
            }
        }
    }

    @Override
    public void close() {
        super.close(); // ends the wait for a connection
        if (waitFor(accepting)) {
            accepting.unlock();
        }
    }

    @Override
    protected void doStop() throws Exception {
        waitFor(turns.writeLock()); // never unlocked
        super.doStop();
    }

    /** Waits at most one second for a lock. Returns whether the lock was taken. */
    private static boolean waitFor(Lock lock) {
        try {
            boolean locked = lock.tryLock(1, TimeUnit.SECONDS);
            if (!locked) {
                LOG.log(Level.DEBUG, "a connection takes long to be accepted or read");
            }
            return locked;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        SocketChannelEndPoint endPoint = new FairEndPoint(channel, selector, key, getScheduler(), late, this);
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }

    @Override
    protected boolean handleAcceptFailure(Throwable failure) {
        if (!isRunning() || failure instanceof InterruptedException || !isOpen()) {
            return false;
        }
        long now = ticker.nanos();
        if (now - loggedAt >= SILENCE.toNanos()) {
            loggedAt = now;
            LOG.log(Level.WARNING, "no connection can be accepted for now: " + failure.getMessage());
        }
        try {
            Thread.sleep(PAUSE);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
