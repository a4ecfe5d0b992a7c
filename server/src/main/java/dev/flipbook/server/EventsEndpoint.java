package dev.flipbook.server;

import dev.flipbook.server.http.Endpoint;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.websocket.StatusSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Serves the status of the feeds as server-sent events. A client that has not taken the last event gets no further one.
 * Nothing is lost, because the next event is newer.
 */
final class EventsEndpoint implements Endpoint {

    private static final HttpField TYPE = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/event-stream");
    private static final HttpField CLOSE = new PreEncodedHttpField(HttpHeader.CONNECTION, "close");
    private static final HttpField UNBUFFERED = new PreEncodedHttpField("X-Accel-Buffering", "no");

    private final StatusSource news;

    EventsEndpoint(StatusSource news) {
        this.news = news;
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
        listener.endWith(news.listen(listener::send));
    }

    /** One response that gets events. */
    private static final class Listener implements Callback {

        private final Response response;
        private final Callback request;
        private final AtomicBoolean writing = new AtomicBoolean();
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile Runnable end = () -> {};

        Listener(Response response, Callback request) {
            this.response = response;
            this.request = request;
        }

        /** Sets the action that stops the updates, and runs it at once if the response has failed before. */
        void endWith(Runnable how) {
            end = how;
            if (over.get()) {
                how.run();
            }
        }

        void send(String document) {
            if (!writing.getAndSet(true)) {
                ByteBuffer event = StandardCharsets.UTF_8.encode("event: feeds\ndata: " + document + "\n\n");
                response.write(false, event, this);
            }
        }

        @Override
        public void succeeded() {
            writing.set(false);
        }

        @Override
        public void failed(Throwable cause) {
            over.set(true);
            end.run();
            request.failed(cause);
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
