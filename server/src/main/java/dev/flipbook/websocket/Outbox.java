package dev.flipbook.websocket;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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

        /** The connection has taken it. */
        void sent();

        /** It was not sent, as the connection is gone. */
        void drop(Throwable why);
    }

    private final Queue<Message> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();
    private final Session session;
    private final Runnable whenTaken;
    private final Callback taken = Callback.from(this::succeeded, this::failed);

    // set while a message is being sent, by whoever processes
    private @Nullable Message sending;

    /** @param whenTaken is run after each message, by any thread, never by two at once */
    Outbox(Session session, Runnable whenTaken) {
        this.session = session;
        this.whenTaken = whenTaken;
    }

    /** Messages that wait or are being sent. */
    int size() {
        return size.get();
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
        session.disconnect(); // a message that was begun cannot be left in the middle
        dropAll(cause);
    }

    private void dropAll(Throwable why) {
        for (Message next = waiting.poll(); next != null; next = waiting.poll()) {
            size.decrementAndGet();
            next.drop(why);
        }
    }
}
