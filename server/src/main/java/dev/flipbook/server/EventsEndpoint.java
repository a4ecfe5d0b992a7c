package dev.flipbook.server;

import dev.flipbook.Feed;
import dev.flipbook.FeedStatus;
import dev.flipbook.Feeds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * How the feeds are, as server-sent events: the document of the status once a second, and sooner when a state or its reason has
 * changed. It is made once for all who listen, and only while somebody does. Who has not taken the last event gets none: the next
 * one is newer.
 */
final class EventsEndpoint implements Endpoint {

    private static final HttpField TYPE = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/event-stream");
    private static final HttpField CLOSE = new PreEncodedHttpField(HttpHeader.CONNECTION, "close");
    private static final HttpField UNBUFFERED = new PreEncodedHttpField("X-Accel-Buffering", "no");

    /** Often enough that a change is seen at once, in milliseconds. */
    private static final long LOOK = 250;
    /** So many looks make a second. */
    private static final int LOOKS = 4;

    private final Feeds feeds;
    private final StatusEndpoint status;
    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean looking = new AtomicBoolean();

    // of the one look that is planned or under way
    private volatile List<String> seen = List.of();
    private volatile int looks;

    EventsEndpoint(Feeds feeds, StatusEndpoint status) {
        this.feeds = feeds;
        this.status = status;
    }

    @Override
    public void handle(Exchange exchange) {
        exchange.headers().put(TYPE);
        exchange.headers().put(HttpHeader.CACHE_CONTROL, "no-store, no-transform");
        exchange.headers().put(CLOSE);
        exchange.headers().put(UNBUFFERED);
        if (exchange.isHead()) {
            exchange.begin(200);
            return;
        }
        exchange.response().setStatus(200);
        Listener listener = new Listener(exchange.response(), exchange.callback());
        listeners.add(listener);
        listener.send(event());
        Scheduler scheduler = exchange.request().getComponents().getScheduler();
        if (!looking.getAndSet(true)) {
            plan(scheduler);
        }
    }

    private void plan(Scheduler scheduler) {
        scheduler.schedule(() -> look(scheduler), LOOK, TimeUnit.MILLISECONDS);
    }

    private void look(Scheduler scheduler) {
        List<String> now = states();
        int count = looks + 1;
        if (count >= LOOKS || !now.equals(seen)) {
            count = 0;
            ByteBuffer event = event();
            listeners.forEach(listener -> listener.send(event));
        }
        seen = now;
        looks = count;
        looking.set(false);
        if (!listeners.isEmpty() && !looking.getAndSet(true)) {
            plan(scheduler);
        }
    }

    private List<String> states() {
        List<String> all = new ArrayList<>();
        for (Feed feed : feeds.list()) {
            FeedStatus now = feed.status();
            all.add(now.name() + ' ' + now.state() + ' ' + now.reason());
        }
        return all;
    }

    private ByteBuffer event() {
        return StandardCharsets.UTF_8.encode("event: feeds\ndata: " + Json.write(status.all()) + "\n\n");
    }

    /** One response. */
    private final class Listener implements Callback {

        private final Response response;
        private final Callback request;
        private final AtomicBoolean writing = new AtomicBoolean();

        Listener(Response response, Callback request) {
            this.response = response;
            this.request = request;
        }

        void send(ByteBuffer event) {
            if (!writing.getAndSet(true)) {
                response.write(false, event.duplicate(), this);
            }
        }

        @Override
        public void succeeded() {
            writing.set(false);
        }

        @Override
        public void failed(Throwable cause) {
            listeners.remove(this);
            request.failed(cause);
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
