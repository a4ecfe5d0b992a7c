package dev.flipbook.server;

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
 * Takes connections in, each with a {@link FairEndPoint}; when it cannot, it says so now and then, and tries again soon. Closed, it
 * waits until the connection that is being taken in belongs to the server, which then answers or closes that one as all others.
 * Jetty interrupts the thread that accepts, at which the JDK forgets a connection that was just accepted: its client would wait for
 * as long as the process lives.
 */
final class FairConnector extends ServerConnector {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    /** Between two lines of the log that say the same. */
    private static final Duration SILENCE = Duration.ofSeconds(5);
    /** In milliseconds. Short enough to be back soon, long enough to cost nothing. */
    private static final long PAUSE = 200;

    private final Ticker ticker;
    private final LateTick late;

    /** Held while a connection is waited for and taken in. */
    private final ReentrantLock accepting = new ReentrantLock();

    /** Each turn of a connection holds the one half; the end of the server takes the other, and keeps it. */
    private final ReentrantReadWriteLock turns = new ReentrantReadWriteLock();

    // of the one thread that takes connections in
    private long said;

    /** With one thread that accepts and one that selects. */
    FairConnector(Server server, HttpConnectionFactory http, Ticker ticker, LateTick late) {
        super(server, 1, 1, http);
        this.ticker = ticker;
        this.late = late;
        this.said = ticker.nanos() - SILENCE.toNanos();
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
     * Has a connection handle what it has read, on the thread that calls. Not when the server stops: the connection is closed
     * then by a thread that does not ask whether it is being used.
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
        super.close(); // which ends the waiting for a connection
        if (waitFor(accepting)) {
            accepting.unlock();
        }
    }

    @Override
    protected void doStop() throws Exception {
        waitFor(turns.writeLock()); // and keeps it
        super.doStop();
    }

    /** For a second at most; whether it has the lock then. */
    private static boolean waitFor(Lock lock) {
        try {
            boolean locked = lock.tryLock(1, TimeUnit.SECONDS);
            if (!locked) {
                LOG.log(Level.DEBUG, "a connection takes long to be taken in or read");
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
        if (now - said >= SILENCE.toNanos()) {
            said = now;
            LOG.log(Level.WARNING, "no connection can be taken in for now: " + failure.getMessage());
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
