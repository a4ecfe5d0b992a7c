package dev.flipbook.websocket;

import dev.flipbook.Ticker;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/**
 * The messages that a connection still has to send. The messages are sent one after the other because the parts of two
 * messages must not mix. The outbox holds at most one picture of each watched feed, and few texts. Thread-safe; no
 * method waits.
 *
 * <p>The outbox is one of Jetty's iterating callbacks: any thread that adds a message or completes a write may run the
 * loop that sends, but only one at a time.
 */
final class Outbox extends IteratingCallback {

    /** One message. */
    interface Message {

        /**
         * Begins to send this message. Exactly one method of the callback is called when the write has completed or
         * failed.
         */
        void send(Session session, Callback whenDone);

        /** Approximate size in bytes. */
        int size();

        /** Called after the connection has taken the message. */
        void sent();

        /** Called instead of {@link #sent()} if the message could not be sent. */
        void drop(Throwable why);
    }

    /**
     * A text message.
     *
     * @param whenDone run after the text was sent or dropped
     */
    static Message text(String text, Runnable whenDone) {
        return new Text(text, whenDone);
    }

    private record Text(String text, Runnable whenDone) implements Message {

        @Override
        public void send(Session session, Callback callback) {
            session.sendText(text, callback);
        }

        @Override
        public int size() {
            return text.length();
        }

        @Override
        public void sent() {
            whenDone.run();
        }

        @Override
        public void drop(Throwable why) {
            whenDone.run();
        }
    }

    /** Minimum speed, 20 KB/s, at which a client must take a message. A slower client is stuck. */
    private static final long NANOS_FOR_A_BYTE = 50_000;

    private final Queue<Message> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final Session session;
    private final Ticker ticker;
    private final Executor executor;
    private final Runnable whenTaken;
    private final Callback taken = Callback.from(this::succeeded, this::failed);

    // The message that is being sent. Set by the thread that runs the loop.
    private volatile @Nullable Message sending;
    /** Time at which that message was begun. */
    private volatile long since;

    /**
     * @param executor runs the disconnect of a failed connection, so that the thread that notices the failure does not
     *     have to
     * @param whenTaken run after each message by any thread, never by two at once
     */
    Outbox(Session session, Ticker ticker, Executor executor, Runnable whenTaken) {
        this.session = session;
        this.ticker = ticker;
        this.executor = executor;
        this.whenTaken = whenTaken;
    }

    /** Number of messages that wait or are being sent. */
    int size() {
        return size.get();
    }

    /**
     * Whether the current message has been on its way for longer than this timeout plus 50 ms for each KB of the
     * message. If so, the client takes nothing or next to nothing.
     *
     * @param nanos the timeout in nanoseconds
     */
    boolean isStuck(long nanos) {
        long begun = since;
        Message message = sending;
        return message != null && ticker.nanos() - begun > nanos + message.size() * NANOS_FOR_A_BYTE;
    }

    /** Restarts the time that is counted for the current message. */
    void beginAnew() {
        since = ticker.nanos();
    }

    void add(Message message) {
        size.incrementAndGet();
        waiting.add(message);
        if (isClosed() || isFailed() || isAborted()) {
            dropAll(gone());
        } else {
            iterate();
        }
    }

    /** Drops all messages, because the connection is gone. Later messages are dropped as well. */
    void end() {
        abort(gone());
    }

    private static Throwable gone() {
        return new IOException("the connection is closed");
    }

    @Override
    protected Action process() {
        Message next = waiting.poll();
        if (next == null) {
            return Action.IDLE;
        }
        since = ticker.nanos();
        sending = next;
        next.send(session, taken);
        return Action.SCHEDULED;
    }

    @Override
    protected void onSuccess() {
        Message done = sending;
        sending = null;
        if (done != null) {
            size.decrementAndGet();
            done.sent();
        }
        whenTaken.run();
    }

    /**
     * Called only after a failure: {@link #process()} never reports that all is done. Either a message has failed or
     * the connection is gone.
     */
    @Override
    protected void onCompleted(@Nullable Throwable why) {
        Throwable cause = why == null ? gone() : why;
        Message begun = sending;
        sending = null;
        if (begun != null) {
            size.decrementAndGet();
            begun.drop(cause);
        }
        executor.execute(session::disconnect); // a partly sent message cannot be finished, so the connection is useless
        dropAll(cause);
    }

    private void dropAll(Throwable why) {
        for (Message next = waiting.poll(); next != null; next = waiting.poll()) {
            size.decrementAndGet();
            next.drop(why);
        }
    }
}
