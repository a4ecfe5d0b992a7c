package dev.flipbook.websocket;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.websocket.api.Session;

/**
 * Limits how fast a client's messages are read. Jetty delivers one message for each {@code demand()}, and the next one
 * is demanded only while the client takes its answers ({@link #MAX_ANSWERS}) and stays within its {@link Allowance}. So
 * neither a client that sends without reading nor one that floods can grow the process: its messages wait in the
 * kernel. Thread-safe.
 */
final class MessageDemand {

    /**
     * Maximum number of unsent messages, beyond one for each watched feed, at which the client is still read. A client
     * that does not take its answers must not make more of them.
     */
    private static final int MAX_ANSWERS = 64;

    private final Session session;
    private final Outbox outbox;
    private final WatchedFeeds watches;
    private final Allowance allowance;
    private final Executor executor;
    /** Whether a message was handled and the next one not demanded yet. */
    private final AtomicBoolean due = new AtomicBoolean();

    MessageDemand(Session session, Outbox outbox, WatchedFeeds watches, Allowance allowance, Executor executor) {
        this.session = session;
        this.outbox = outbox;
        this.watches = watches;
        this.allowance = allowance;
        this.executor = executor;
    }

    /** Counts the message that was just handled, and demands the next one if the client may send more. */
    void handled() {
        allowance.use();
        due.set(true);
        demandIfAllowed();
    }

    /**
     * Demands the next message if it is due and the client may send more, on another thread. Messages are handled on
     * the thread that demands them, and the calling thread is shared with other connections.
     */
    void resume() {
        if (due.get()) {
            executor.execute(this::demandIfAllowed);
        }
    }

    private void demandIfAllowed() {
        if (outbox.size() <= MAX_ANSWERS + watches.size() && allowance.hasMore() && due.getAndSet(false)) {
            session.demand();
        }
    }
}
