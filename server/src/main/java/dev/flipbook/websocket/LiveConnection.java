package dev.flipbook.websocket;

import dev.flipbook.Feed;
import dev.flipbook.Ticker;
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
 * One connection: what its client says, the feeds it watches, and the pictures that are under way to it.
 *
 * <p>A lock orders what the client says and what the clock does; the path of a frame takes none.
 *
 * <p>Public for Jetty alone, which calls it.
 */
public final class LiveConnection implements Session.Listener {

    /** Answers that the client has not taken; it is not heard before it does. */
    private static final int MOST_ANSWERS = 64;

    /** A client is asked for a sign of life this often before it has been silent for too long. */
    private static final int PINGS = 3;

    /** Is told when a connection opens, and when it is gone. */
    interface Life {

        void opened(LiveConnection connection);

        void closed(LiveConnection connection);
    }

    private final FeedLookup feeds;
    private final Ticker ticker;
    private final News news;
    private final String address;
    private final String client;
    private final Executor executor;
    private final long silence;
    private final Life life;
    private final ReentrantLock lock = new ReentrantLock();
    private final Watches watches;
    private final AtomicBoolean newsWaits = new AtomicBoolean();
    private final Allowance allowance;
    private final AtomicBoolean deaf = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    // guarded by lock
    private @Nullable Runnable endNews;
    private boolean over;

    private volatile @Nullable Outbox outbox;
    private volatile @Nullable Session session;
    private volatile long heard;
    private volatile long pinged;

    LiveConnection(
            FeedLookup feeds,
            Ticker ticker,
            News news,
            OpenStream.Register streams,
            String address,
            String client,
            Executor executor,
            Duration silence,
            Life life) {
        this.feeds = feeds;
        this.ticker = ticker;
        this.news = news;
        this.watches = new Watches(this, streams, ticker);
        this.address = address;
        this.client = client;
        this.executor = executor;
        this.silence = silence.toNanos();
        this.life = life;
        this.allowance = new Allowance(ticker);
        this.heard = ticker.nanos();
        this.pinged = heard;
    }

    // what Jetty tells

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
        if (out.size() <= MOST_ANSWERS + watches.size() && allowance.hasMore() && deaf.getAndSet(false)) {
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

    /** Jetty would answer by itself, as often as a client likes. */
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

    // what the client says

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
        } catch (IllegalArgumentException e) { // a variant that is none
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
        if (over) { // as its first picture could not be sent
            watches.forget(number);
        }
    }

    private void status(boolean wanted) {
        if (!wanted) {
            stopNews();
        } else if (endNews == null) {
            endNews = news.listen(this::tellNews);
            if (over) { // as the first one could not be sent
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

    /** Who has not taken the last one gets none: the next is newer. */
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

    // sending

    void tell(String json) {
        send(Outbox.text(json, () -> {}));
    }

    void send(Outbox.Message message) {
        Outbox out = outbox;
        if (out != null) {
            out.add(message);
        }
    }

    /** The connection has taken a message. */
    private void taken() {
        watches.pump();
        Session open = session;
        Outbox out = outbox;
        if (open != null && out != null) {
            hearElsewhere(open, out);
        }
    }

    /** What the client has sent is handled by the thread that asks for it, and this one is shared. */
    private void hearElsewhere(Session open, Outbox out) {
        if (deaf.get()) {
            executor.execute(() -> hearIfRead(open, out));
        }
    }

    // the end

    String address() {
        return address;
    }

    /** In whose share of a feed's variants it counts. */
    String client() {
        return client;
    }

    /** The feed has ended or was removed, or somebody has ended this stream of it. */
    void ended(int number, Watch watch) {
        if (watches.forget(number, watch)) {
            tell("{\"ended\":" + number + "}");
        }
    }

    /**
     * Tells the client that the server stops; done when the client has said that it has heard, or is gone: a connection that is
     * broken off before takes what was said with it.
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

    void cut() {
        Session open = session;
        if (open != null) {
            executor.execute(open::disconnect);
        }
    }

    /** The process did not run for a while, in which nobody could be heard. */
    void beginAnew() {
        heard = ticker.nanos();
        Outbox out = outbox;
        if (out != null) {
            out.beginAnew();
        }
    }

    /** Does what is due; called a few times a second. */
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
