package dev.flipbook.server;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Takes connections in. Closed, it waits until the connection that is being taken in belongs to the server, which then answers or
 * closes that one as all others. Jetty interrupts the thread that accepts, at which the JDK forgets a connection that was just
 * accepted: its client would wait for as long as the process lives.
 */
final class ClosingConnector extends ServerConnector {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    /** Held while a connection is waited for and taken in. */
    private final ReentrantLock accepting = new ReentrantLock();

    /** With one thread that accepts and one that selects. */
    ClosingConnector(Server server, HttpConnectionFactory http) {
        super(server, 1, 1, http);
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

    @Override
    public void close() {
        super.close(); // which ends the waiting for a connection
        try {
            if (accepting.tryLock(1, TimeUnit.SECONDS)) {
                accepting.unlock();
            } else {
                LOG.log(Level.DEBUG, "a connection takes long to be taken in");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
