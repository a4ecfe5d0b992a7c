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
 * What a connection is to send, one message behind the other: parts of two messages may not mix. It holds no more than one
 * picture of each feed that is watched, and few texts. Thread-safe; nothing here waits.
 */
final class Outbox extends IteratingCallback {

    /** One message. */
    interface Message {

        /** Begins to send it; exactly one method of the callback is called when that is done. */
        void send(Session session, Callback whenDone);

        /** In bytes, about. */
        int size();

        /** The connection has taken it. */
        void sent();

        /** It was not sent, as the connection is gone. */
        void drop(Throwable why);
    }

    /** A text, and what is run when it was sent or dropped. */
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

    /** 20 KB/s. */
    private static final long NANOS_FOR_A_BYTE = 50_000;

    private final Queue<Message> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final Session session;
    private final Ticker ticker;
    private final Executor executor;
    private final Runnable whenTaken;
    private final Callback taken = Callback.from(this::succeeded, this::failed);

    // set while a message is being sent, by whoever processes
    private volatile @Nullable Message sending;
    private volatile long since;

    /**
     * @param executor ends the connection: what hangs on that is not for whoever finds that it is gone
     * @param whenTaken is run after each message, by any thread, never by two at once
     */
    Outbox(Session session, Ticker ticker, Executor executor, Runnable whenTaken) {
        this.session = session;
        this.ticker = ticker;
        this.executor = executor;
        this.whenTaken = whenTaken;
    }

    /** Messages that wait or are being sent. */
    int size() {
        return size.get();
    }

    /**
     * Whether a message has been on its way for longer than this and 50 ms for each KB of it, in nanoseconds: the client takes
     * nothing, or next to nothing.
     */
    boolean isStuck(long nanos) {
        long begun = since;
        Message message = sending;
        return message != null && ticker.nanos() - begun > nanos + message.size() * NANOS_FOR_A_BYTE;
    }

    /** The time of a message that is on its way counts from now on. */
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

    /** The connection is gone: nothing is sent any more. */
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

    /** Of success there is none, as there is always a next one: a message has failed, or the connection is gone. */
    @Override
    protected void onCompleted(@Nullable Throwable why) {
        Throwable cause = why == null ? gone() : why;
        Message begun = sending;
        sending = null;
        if (begun != null) {
            size.decrementAndGet();
            begun.drop(cause);
        }
        executor.execute(session::disconnect); // a message that was begun cannot be left in the middle
        dropAll(cause);
    }

    private void dropAll(Throwable why) {
        for (Message next = waiting.poll(); next != null; next = waiting.poll()) {
            size.decrementAndGet();
            next.drop(why);
        }
    }
}
