package dev.flipbook.server;

import dev.flipbook.server.http.EmbedPolicy;
import dev.flipbook.server.http.Endpoint;
import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.server.http.SameOrigin;
import dev.flipbook.websocket.WebSockets;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Opens WebSockets for pages of this server, pages of origins that may embed, and programs. One WebSocket carries many
 * feeds.
 */
final class WebSocketEndpoint implements Endpoint {

    private final WebSockets sockets;
    private final EmbedPolicy embedding;

    WebSocketEndpoint(WebSockets sockets, EmbedPolicy embedding) {
        this.sockets = sockets;
        this.embedding = embedding;
    }

    @Override
    public void handle(Exchange exchange) {
        if (!WebSockets.isUpgrade(exchange.request())) {
            throw new HttpError(
                    426,
                    "this is a WebSocket; docs/reference/websocket.md says how to speak to it",
                    "Upgrade",
                    "websocket");
        }
        String origin = exchange.header(HttpHeader.ORIGIN);
        if (!embedding.isListed(origin)) {
            SameOrigin.checkOrigin(exchange.request());
        }
        sockets.upgrade(exchange.request(), exchange.response(), exchange.callback());
    }
}
