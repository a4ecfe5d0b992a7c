package dev.flipbook.websocket;

import dev.flipbook.Ticker;
import dev.flipbook.feed.Feed;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.Json;
import dev.flipbook.web.StreamRequest;
import dev.flipbook.web.UnknownFeedException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection: it reads the client's messages, and owns the feeds that the client watches
 * ({@link WatchedFeeds}) and everything that is to be sent ({@link Outbox}).
 *
 * <p>How the pace is found. A picture is sent only if the client has acknowledged enough of the earlier ones, and the
 * client acknowledges a picture when it is painted, not when it arrives. Four classes decide on that: {@link ShortestTime}
 * measures how fast the connection is when nothing queues, {@link SendWindow} limits the bytes in flight over all feeds of
 * the connection, {@link WatchedFeed} limits the pictures in flight of one feed to two, and {@link SizeStep} chooses the size
 * that a feed is sent in. Nothing waits between a feed and the socket: as long as a picture may not be sent, its
 * {@link dev.flipbook.Viewer} stays idle, and it takes the newest frame when it is woken.
 *
 * <p>How reading is limited. Jetty delivers one message for each {@code demand()}. The connection demands the next one
 * only while the client takes its answers ({@link #MAX_ANSWERS}) and stays within its {@link Allowance}. So neither a
 * client that sends without reading nor one that floods can grow the process: its messages wait in the kernel.
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
     * Maximum number of unsent messages, beyond one for each watched feed, at which the client is still read. A client
     * that does not take its answers must not make more of them.
     */
    private static final int MAX_ANSWERS = 64;

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

    private final FeedLookup feeds;
    private final Ticker ticker;
    private final StatusSource news;
    private final String address;
    private final String client;
    private final Executor executor;
    private final long silence; // timeout in nanoseconds for a client that is silent or takes nothing
    private final Life life;
    private final ReentrantLock lock = new ReentrantLock();
    private final WatchedFeeds watches;
    private final AtomicBoolean newsWaits = new AtomicBoolean(); // whether a status waits to be sent
    private final Allowance allowance;
    /** Whether a message was handled and the next one not demanded yet. */
    private final AtomicBoolean deaf = new AtomicBoolean();

    private final CompletableFuture<Void> closed = new CompletableFuture<>(); // completes when the connection has ended

    // Guarded by lock.
    private @Nullable Runnable endNews; // stops the status; null if the client did not ask for it
    private boolean over; // whether the connection has ended

    private volatile @Nullable Outbox outbox;
    private volatile @Nullable Session session;
    private volatile long heard; // when the client was last heard
    private volatile long pinged; // when the last ping was sent

    LiveConnection(
            FeedLookup feeds,
            Ticker ticker,
            StatusSource news,
            OpenStream.Register streams,
            String address,
            String client,
            Executor executor,
            Duration silence,
            Life life) {
        this.feeds = feeds;
        this.ticker = ticker;
        this.news = news;
        this.watches = new WatchedFeeds(this, streams, ticker);
        this.address = address;
        this.client = client;
        this.executor = executor;
        this.silence = silence.toNanos();
        this.life = life;
        this.allowance = new Allowance(ticker);
        this.heard = ticker.nanos();
        this.pinged = heard;
    }

    // //: Callbacks from Jetty.

    @Override
    public void onWebSocketOpen(Session opened) {
        outbox = new Outbox(opened, ticker, executor, this::taken);
        session = opened;
        life.opened(this);
        opened.demand();
    }

    @Override
    public void onWebSocketText(String message) {
        heard = ticker.nanos();
        lock.lock();
        try {
            if (!over) {
                obey(message);
            }
        } finally {
            lock.unlock();
        }
        watches.pump();
        hearMore();
    }

    /** Counts the message that was just read, and demands the next one if the client may send more. */
    private void hearMore() {
        Session open = session;
        Outbox out = outbox;
        if (open == null || out == null) {
            return;
        }
        allowance.use();
        deaf.set(true);
        hearIfRead(open, out);
    }

    private void hearIfRead(Session open, Outbox out) {
        if (out.size() <= MAX_ANSWERS + watches.size() && allowance.hasMore() && deaf.getAndSet(false)) {
            open.demand();
        }
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        callback.succeed();
        close(StatusCode.BAD_DATA, "messages to the server are text, one JSON object each");
        hearMore();
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
        heard = ticker.nanos();
        hearMore();
    }

    /**
     * Answers a ping, and reads on only after the pong was sent. Jetty's own handling would answer as often as a client
     * likes.
     */
    @Override
    public void onWebSocketPing(ByteBuffer payload) {
        Session open = session;
        if (open != null) {
            heard = ticker.nanos();
            open.sendPong(payload, Callback.from(this::hearMore, _ -> hearMore()));
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
            watches.forgetAll();
            stopNews();
        } finally {
            lock.unlock();
        }
        life.closed(this);
        closed.complete(null);
    }

    // //: Messages of the client.

    private void obey(String text) {
        Optional<ClientMessage> read = ClientMessage.read(text);
        if (read.isEmpty()) {
            close(StatusCode.POLICY_VIOLATION, "a message is one JSON object, such as {\"watch\":1,\"feed\":\"door\"}");
            return;
        }
        ClientMessage message = read.get();
        try {
            obey(message);
        } catch (BadRequestException e) {
            refuse(message, e.status(), String.valueOf(e.getMessage()));
        } catch (UnknownFeedException e) {
            refuse(message, 404, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) { // an impossible variant
            refuse(message, 400, String.valueOf(e.getMessage()));
        }
    }

    private void obey(ClientMessage message) {
        switch (message.verb()) {
            case "painted" -> {
                if (watches.painted(message.number())) {
                    allowance.giveBack();
                }
            }
            case "watch" -> watch(message);
            case "forget" -> watches.forget(message.number());
            case "status" -> status(message.truth());
            case "ping" -> pong(message);
            default ->
                throw new BadRequestException("a message has one of the keys: watch, forget, painted, status, ping");
        }
    }

    private void watch(ClientMessage message) {
        int number = message.number();
        StreamRequest asked = StreamRequest.of(message::text, header -> Optional.empty());
        StreamRequest wish = new StreamRequest(Framing.NONE, asked.fps(), asked.variant());
        Feed feed = feeds.find(message.text("feed")
                .filter(name -> !name.isEmpty())
                .orElseThrow(() -> new BadRequestException("a watch names its feed: {\"watch\":1,\"feed\":\"door\"}")));
        watches.watch(number, feed, wish);
        if (over) { // its first picture could not be sent because the connection ended
            watches.forget(number);
        }
    }

    private void status(boolean wanted) {
        if (!wanted) {
            stopNews();
        } else if (endNews == null) {
            endNews = news.listen(this::tellNews);
            if (over) { // the first status could not be sent because the connection ended
                stopNews();
            }
        }
    }

    private void stopNews() {
        if (endNews != null) {
            endNews.run();
            endNews = null;
        }
    }

    /**
     * Sends the status, unless the client has not taken the previous one yet. In that case nothing is lost: the next
     * status is newer.
     */
    private void tellNews(String document) {
        if (!newsWaits.getAndSet(true)) {
            send(Outbox.text(document, () -> newsWaits.set(false)));
        }
    }

    private void pong(ClientMessage message) {
        String time = String.format(Locale.ROOT, "%.3f", PictureHeader.unixMillis(ticker.now()));
        tell("{\"pong\":" + message.numeral() + ",\"time\":" + time + "}");
    }

    private void refuse(ClientMessage message, int status, String sentence) {
        Map<String, Object> answer = new LinkedHashMap<>();
        message.numberIfAny().ifPresent(number -> answer.put("refused", number));
        if (answer.isEmpty()) {
            answer.put("refused", false);
        } else if (message.verb().equals("watch")) {
            watches.forget(message.number());
        }
        answer.put("status", status);
        answer.put("reason", sentence);
        tell(Json.of(answer));
    }

    // //: Sending.

    void tell(String json) {
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
        Session open = session;
        Outbox out = outbox;
        if (open != null && out != null) {
            hearElsewhere(open, out);
        }
    }

    /**
     * Resumes reading on another thread. Messages are handled on the thread that demands them, and this thread is
     * shared with other connections.
     */
    private void hearElsewhere(Session open, Outbox out) {
        if (deaf.get()) {
            executor.execute(() -> hearIfRead(open, out));
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
            tell("{\"ended\":" + number + "}");
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
        heard = ticker.nanos();
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
        if (open == null || out == null) {
            return;
        }
        if (now - heard > silence || out.isStuck(silence)) {
            cut();
            return;
        }
        if (now - pinged > silence / PINGS) {
            pinged = now;
            open.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
        }
        hearElsewhere(open, out);
        lock.lock();
        try {
            watches.look();
        } finally {
            lock.unlock();
        }
        watches.pump();
    }
}
