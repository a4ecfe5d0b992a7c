package dev.flipbook.websocket;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The status of the feeds as one client gets it, from the client's request until the client ends the updates. A client
 * that has not taken a status gets no further one. Nothing is lost, because the next status is newer.
 *
 * <p>One thread at a time starts and stops it, under the connection's lock. Any thread may send.
 */
final class StatusSubscription {

    private final StatusSource source;
    private final Consumer<Outbox.Message> send;
    private final AtomicBoolean waits = new AtomicBoolean(); // whether a status waits to be sent
    private @Nullable Runnable end; // stops the updates; null while there are none

    /** @param send passes a message to the connection's outbox */
    StatusSubscription(StatusSource source, Consumer<Outbox.Message> send) {
        this.source = source;
        this.send = send;
    }

    /** Sends the status now and from now on. Does nothing if that was asked for before. */
    void start() {
        if (end == null) {
            end = source.listen(this::send);
        }
    }

    /** Sends no further status. */
    void stop() {
        if (end != null) {
            end.run();
            end = null;
        }
    }

    private void send(String document) {
        if (!waits.getAndSet(true)) {
            send.accept(Outbox.text(document, () -> waits.set(false)));
        }
    }
}
