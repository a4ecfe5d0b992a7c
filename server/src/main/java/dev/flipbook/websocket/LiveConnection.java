package dev.flipbook.websocket;

import dev.flipbook.Ticker;
import dev.flipbook.server.stream.OpenStream;
import dev.flipbook.web.FeedLookup;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection. It owns the feeds that the client watches ({@link WatchedFeeds}), everything that is to be
 * sent ({@link Outbox}), and what limits the client's messages ({@link MessageDemand}) and follows them
 * ({@link MessageHandler}).
 *
 * <p>How the pace is found. A picture is sent only if the client has acknowledged enough of the earlier ones, and the
 * client acknowledges a picture when it is painted, not when it arrives. Four classes decide on that: {@link ShortestTime}
 * measures how fast the connection is when nothing queues, {@link SendWindow} limits the bytes in flight over all feeds of
 * the connection, {@link PicturesInFlight} limits the pictures in flight of one feed to two, and {@link SizeStep} chooses the size
 * that a feed is sent in. Nothing waits between a feed and the socket: as long as a picture may not be sent, its
 * {@link dev.flipbook.Viewer} stays idle, and it takes the newest frame when it is woken.
 *
 * <p>Threads. Jetty's threads call the {@code onWebSocket} methods, Jetty's scheduler calls {@link #tick()} four times
 * a second, and any thread may send. The lock orders the client's messages, the tick and the end of the connection. The
 * path of a frame never takes that lock, so a publisher cannot be held up by a client. Code under the lock never waits:
 * it only hands messages to the outbox.
 *
 * <p>The class is public only because Jetty calls it.
 */
public final class LiveConnection implements Session.Listener {

    /**
     * Number of pings within the timeout after which a silent client is disconnected: with the default timeout of 30 s,
     * one every 10 s.
     */
    private static final int PINGS = 3;

    /** Gets notified when a connection has opened and when it has ended. */
    interface Life {

        void opened(LiveConnection connection);

        void closed(LiveConnection connection);
    }

    /**
     * What all connections of a server share.
     *
     * @param feeds the feeds that clients may watch
     * @param ticker the clock
     * @param status what is sent to clients that ask for the status of the feeds
     * @param streams the list that watched feeds are added to
     * @param executor runs what the thread that notices it must not do itself
     * @param timeout time after which a client that is silent or takes nothing is disconnected
     */
    record Server(
            FeedLookup feeds,
            Ticker ticker,
            StatusSource status,
            OpenStream.Register streams,
            Executor executor,
            Duration timeout) {}

    private final String address;
    private final String client;
    private final Life life;
    private final Ticker ticker;
    private final Executor executor;
    private final long timeout; // in nanoseconds, for a client that is silent or takes nothing
    private final ReentrantLock lock = new ReentrantLock();
    private final WatchedFeeds watches;
    private final StatusSubscription status;
    private final MessageHandler messages;
    private final Allowance allowance;
    private final CompletableFuture<Void> closed = new CompletableFuture<>(); // completes when the connection has ended

    private boolean over; // whether the connection has ended; guarded by lock

    // Null until the connection has opened.
    private volatile @Nullable Outbox outbox;
    private volatile @Nullable MessageDemand demand;
    private volatile @Nullable Session session;
    private volatile long heardAt; // when something of the client was last read
    private volatile long pingedAt; // when the last ping was sent

    /**
     * A connection that is not open yet.
     *
     * @param address the client's address, without a port
     * @param client name under which the client's variants are counted
     */
    LiveConnection(Server server, String address, String client, Life life) {
        this.address = address;
        this.client = client;
        this.life = life;
        this.ticker = server.ticker();
        this.executor = server.executor();
        this.timeout = server.timeout().toNanos();
        this.watches = new WatchedFeeds(this, server.streams(), ticker);
        this.status = new StatusSubscription(server.status(), this::send);
        this.allowance = new Allowance(ticker);
        this.messages = new MessageHandler(server.feeds(), ticker, watches, status, allowance, this::sendText);
        this.heardAt = ticker.nanos();
        this.pingedAt = heardAt;
    }

    // //: Callbacks from Jetty.

    @Override
    public void onWebSocketOpen(Session opened) {
        Outbox out = new Outbox(opened, ticker, executor, this::taken);
        demand = new MessageDemand(opened, out, watches, allowance, executor);
        outbox = out;
        session = opened;
        life.opened(this);
        opened.demand();
    }

    @Override
    public void onWebSocketText(String message) {
        heardAt = ticker.nanos();
        lock.lock();
        try {
            if (!over) {
                handle(message);
            }
        } finally {
            lock.unlock();
        }
        watches.pump();
        demandNext();
    }

    private void handle(String text) {
        Optional<ClientMessage> message = ClientMessage.read(text);
        if (message.isEmpty()) {
            close(StatusCode.POLICY_VIOLATION, "a message is one JSON object, such as {\"watch\":1,\"feed\":\"door\"}");
            return;
        }
        messages.handle(message.get());
        if (over) { // an answer could not be sent, which has ended the connection while the message was handled
            forgetAll();
        }
    }

    private void demandNext() {
        MessageDemand reading = demand;
        if (reading != null) {
            reading.handled();
        }
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        callback.succeed();
        close(StatusCode.BAD_DATA, "messages to the server are text, one JSON object each");
        demandNext();
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
        heardAt = ticker.nanos();
        demandNext();
    }

    /**
     * Answers a ping, and reads on only after the pong was sent. Jetty's own handling would answer as often as a client
     * likes.
     */
    @Override
    public void onWebSocketPing(ByteBuffer payload) {
        Session open = session;
        if (open != null) {
            heardAt = ticker.nanos();
            open.sendPong(payload, Callback.from(this::demandNext, _ -> demandNext()));
        }
    }

    @Override
    public void onWebSocketClose(int statusCode, @Nullable String reason, Callback callback) {
        gone();
        callback.succeed();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        gone();
    }

    /** Ends everything after the connection has closed or failed. May be called twice. */
    private void gone() {
        Outbox out = outbox;
        if (out != null) {
            out.end();
        }
        lock.lock();
        try {
            over = true;
            forgetAll();
        } finally {
            lock.unlock();
        }
        life.closed(this);
        closed.complete(null);
    }

    private void forgetAll() {
        watches.forgetAll();
        status.stop();
    }

    // //: Sending.

    void sendText(String json) {
        send(Outbox.text(json, () -> {}));
    }

    void send(Outbox.Message message) {
        Outbox out = outbox;
        if (out != null) {
            out.add(message);
        }
    }

    /** Runs after the connection has taken a message: lets the feeds send their next pictures, and resumes reading. */
    private void taken() {
        watches.pump();
        MessageDemand reading = demand;
        if (reading != null) {
            reading.resume();
        }
    }

    // //: The end.

    /** The client's address, without a port. */
    String address() {
        return address;
    }

    /**
     * Name under which the client's variants are counted, so that one client cannot take the variants of a feed from
     * others.
     */
    String client() {
        return client;
    }

    /**
     * Ends a watch because its feed has ended or was removed, or because the stream was ended by its id. Any thread.
     */
    void ended(int number, WatchedFeed watch) {
        if (watches.forget(number, watch)) {
            sendText("{\"ended\":" + number + "}");
        }
    }

    /**
     * Tells the client that the server stops.
     *
     * @return completes after the client has confirmed the close or is gone. The server must wait for that: closing the
     *     socket earlier discards what was sent last.
     */
    CompletableFuture<?> stop() {
        Session open = session;
        if (open == null || !open.isOpen()) {
            closed.complete(null);
        } else {
            Callback whenTold = Callback.from(() -> {}, closed::completeExceptionally);
            open.close(StatusCode.SHUTDOWN, "the server stops", whenTold);
        }
        return closed;
    }

    private void close(int status, String reason) {
        Session open = session;
        if (open != null) {
            open.close(status, reason, Callback.NOOP);
        }
    }

    /** Disconnects without a close message. Any thread; returns at once. */
    void cut() {
        Session open = session;
        if (open != null) {
            executor.execute(open::disconnect);
        }
    }

    /** Restarts all timeouts, because the process did not run for a while and could not read anything. */
    void beginAnew() {
        heardAt = ticker.nanos();
        Outbox out = outbox;
        if (out != null) {
            out.beginAnew();
        }
    }

    /**
     * Does what is due: disconnects a client that is silent or takes nothing, sends a ping, looks for a better size of
     * each feed, and lets feeds send. Called four times a second by Jetty's scheduler.
     */
    void tick() {
        long now = ticker.nanos();
        Session open = session;
        Outbox out = outbox;
        MessageDemand reading = demand;
        if (open == null || out == null || reading == null) {
            return;
        }
        if (now - heardAt > timeout || out.isStuck(timeout)) {
            cut();
            return;
        }
        if (now - pingedAt > timeout / PINGS) {
            pingedAt = now;
            open.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
        }
        reading.resume();
        lock.lock();
        try {
            watches.adapt();
        } finally {
            lock.unlock();
        }
        watches.pump();
    }
}
