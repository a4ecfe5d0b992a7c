package dev.flipbook.server;

import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.Quote;
import dev.flipbook.web.UnknownFeedException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The way of every request: is it addressed to us, is there such a route, may its method do this; then the endpoint. */
final class Router extends Handler.Abstract.NonBlocking {

    private static final Logger LOG = System.getLogger("dev.flipbook.server");

    private final Routes routes;
    private final HostCheck hosts;
    private final EmbedPolicy embedding;
    private final ConnectionGuard guard;

    Router(Routes routes, HostCheck hosts, EmbedPolicy embedding, ConnectionGuard guard) {
        this.routes = routes;
        this.hosts = hosts;
        this.embedding = embedding;
        this.guard = guard;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        guard.asked(request);
        Callback end = SameOrigin.onlyReads(request) ? callback : new Draining(request, callback);
        Exchange exchange = new Exchange(request, response, end, "");
        try {
            hosts.check(request);
            checkLength(request);
            response.getHeaders().put("X-Content-Type-Options", "nosniff");
            embedding.apply(exchange);
            route(exchange);
        } catch (HttpError error) {
            error.answer(exchange);
        } catch (UnknownFeedException e) {
            new HttpError(404, e.getMessage()).answer(exchange);
        } catch (BadRequestException e) {
            new HttpError(e.status(), e.getMessage()).answer(exchange);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "path=" + Quote.of(request.getHttpURI().getPath()) + " failed", e);
            new HttpError(500, "this failed inside the server; its log says more").answer(exchange);
        }
        return true;
    }

    /** A body in chunks is not known to HTTP/1.0: a proxy before us may see a second request where its body is. */
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
        return new HttpError(
                405, "the method here is one of " + methods + ", not " + Quote.of(method), "Allow", methods);
    }

    private static void options(Exchange exchange, Routes.Route route) {
        exchange.headers().put(HttpHeader.ALLOW, route.methods());
        exchange.answer(204);
    }
}
