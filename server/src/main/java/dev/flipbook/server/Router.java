package dev.flipbook.server;

import dev.flipbook.Ticker;
import dev.flipbook.server.http.ConnectionGuard;
import dev.flipbook.server.http.EmbedPolicy;
import dev.flipbook.server.http.Endpoint;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HostCheck;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.server.http.SameOrigin;
import dev.flipbook.server.publish.Draining;
import dev.flipbook.web.Quote;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Handles every request: checks that it is addressed to this server, finds its route, checks that the route allows its
 * method, and calls the endpoint. Thread-safe.
 */
final class Router extends Handler.Abstract.NonBlocking {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    /**
     * Minimum interval in nanoseconds between two log lines about a lack of memory, because each line needs memory
     * itself.
     */
    private static final long WARN_INTERVAL = 5_000_000_000L;

    private final Routes routes;
    private final HostCheck hosts;
    private final EmbedPolicy embedding;
    private final ConnectionGuard guard;

    /**
     * The read lock is held while a request is handed to its endpoint. The end of the server takes the write lock and
     * keeps it.
     */
    private final ReentrantReadWriteLock handling = new ReentrantReadWriteLock();

    private final AtomicBoolean closing = new AtomicBoolean();
    private final Ticker ticker;
    private final AtomicLong warnedAt;

    Router(Routes routes, HostCheck hosts, EmbedPolicy embedding, ConnectionGuard guard) {
        this(routes, hosts, embedding, guard, Ticker.system());
    }

    Router(Routes routes, HostCheck hosts, EmbedPolicy embedding, ConnectionGuard guard, Ticker ticker) {
        this.ticker = ticker;
        this.warnedAt = new AtomicLong(ticker.nanos() - 2 * WARN_INTERVAL);
        this.routes = routes;
        this.hosts = hosts;
        this.embedding = embedding;
        this.guard = guard;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        boolean hasPlace = guard.requested(request);
        Callback end = SameOrigin.onlyReads(request) ? callback : new Draining(request, callback);
        Exchange exchange = new Exchange(request, response, new End(request, response, end), "");
        if (!handling.readLock().tryLock()) {
            new HttpError(503, "the server stops", "Retry-After", "1").answer(exchange);
            return true;
        }
        try {
            if (!hasPlace && !request.getHttpURI().getPath().equals("/healthz")) {
                response.getHeaders().put(HttpHeader.CONNECTION, "close");
                new HttpError(503, ConnectionGuard.FULL, "Retry-After", "1").answer(exchange);
                return true;
            }
            answer(request, response, exchange);
        } finally {
            handling.readLock().unlock();
        }
        return true;
    }

    /**
     * Refuses all further requests with 503, and waits at most one second until earlier ones have been handed to their
     * endpoints, so that their answers end as those endpoints end them.
     */
    void close() {
        if (closing.getAndSet(true)) {
            return;
        }
        try {
            if (!handling.writeLock().tryLock(1, TimeUnit.SECONDS)) {
                LOG.log(Level.DEBUG, "a request takes long to be handled");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(Request request, Response response, Exchange exchange) {
        try {
            SameOrigin.checkOnce(request);
            hosts.check(request);
            checkLength(request);
            response.getHeaders().put("X-Content-Type-Options", "nosniff");
            embedding.apply(exchange);
            route(exchange);
        } catch (OutOfMemoryError e) {
            exchange.callback().failed(e);
        } catch (RuntimeException e) {
            HttpError.of(e).orElseGet(() -> fault(request, e)).answer(exchange);
        }
    }

    private static HttpError fault(Request request, RuntimeException failure) {
        LOG.log(Level.ERROR, "path=" + Quote.of(request.getHttpURI().getPath()) + " failed", failure);
        return new HttpError(500, "this failed inside the server; its log says more");
    }

    /**
     * Refuses a chunked body in a request of HTTP/1.0, which does not define chunks: a proxy in front of this server
     * could see a second request in the body.
     */
    private static void checkLength(Request request) {
        if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_0
                && request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
            throw new HttpError(400, "HTTP/1.0 has no Transfer-Encoding", "Connection", "close");
        }
    }

    private void route(Exchange exchange) {
        String path = exchange.request().getHttpURI().getPath();
        for (Routes.Route route : routes.list()) {
            Optional<String> name = route.match(path);
            if (name.isPresent()) {
                Exchange named = new Exchange(exchange.request(), exchange.response(), exchange.callback(), name.get());
                String method = exchange.request().getMethod();
                if (method.equals("OPTIONS")) {
                    options(named, route);
                    return;
                }
                Endpoint endpoint = route.endpoint(method).orElseThrow(() -> notAllowed(method, route));
                SameOrigin.check(exchange.request());
                endpoint.handle(named);
                return;
            }
        }
        throw new HttpError(404, "there is nothing at '" + Quote.of(path) + "'; / shows every feed");
    }

    private static HttpError notAllowed(String method, Routes.Route route) {
        String methods = route.methods();
        return new HttpError(405, Quote.of(method) + " is not allowed here; allowed: " + methods, "Allow", methods);
    }

    private static void options(Exchange exchange, Routes.Route route) {
        exchange.headers().put(HttpHeader.ALLOW, route.methods());
        exchange.answer(204);
    }

    /**
     * The end of a request. If its answer failed for lack of memory, on whatever thread, and nothing was sent yet, the
     * request is answered with 503, because the next request may find memory again. The log gets at most one line about
     * that in 5 s.
     */
    private final class End implements Callback {

        private final Request request;
        private final Response response;
        private final Callback callback;

        End(Request request, Response response, Callback callback) {
            this.request = request;
            this.response = response;
            this.callback = callback;
        }

        @Override
        public void succeeded() {
            callback.succeeded();
        }

        @Override
        public void failed(Throwable cause) {
            if (!(cause instanceof OutOfMemoryError) || response.isCommitted()) {
                callback.failed(cause);
                return;
            }
            try {
                warn(request, cause);
                new HttpError(503, "there is not enough memory for this now; try again in a second", "Retry-After", "1")
                        .answer(new Exchange(request, response, callback, ""));
            } catch (RuntimeException | OutOfMemoryError e) {
                callback.failed(cause);
            }
        }

        @Override
        public InvocationType getInvocationType() {
            return callback.getInvocationType();
        }
    }

    private void warn(Request request, Throwable why) {
        long now = ticker.nanos();
        long before = warnedAt.get();
        if (now - before > WARN_INTERVAL && warnedAt.compareAndSet(before, now)) {
            LOG.log(
                    Level.WARNING,
                    "path={0} was answered with 503 because memory is short: {1}",
                    Quote.of(request.getHttpURI().getPath()),
                    why.getMessage());
        }
    }
}
