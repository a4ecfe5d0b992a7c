package dev.flipbook.websocket;

import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.Quote;
import java.util.Base64;
import java.util.List;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/**
 * Checks a client's handshake as section 4.2.1 of RFC 6455 demands it. Jetty by itself answers 101 also to a request whose key
 * is not one.
 */
final class HandshakeCheck {

    /** The one version there is. */
    private static final String VERSION = "13";

    /** In bytes, once it is decoded. */
    private static final int KEY = 16;

    private HandshakeCheck() {}

    static boolean hasToken(Request request, String header, String token) {
        return request.getHeaders().getCSV(header, false).stream().anyMatch(token::equalsIgnoreCase);
    }

    /**
     * Lets a whole handshake pass, whose {@code Upgrade} was seen.
     *
     * @param response gets the header that belongs to the refusal
     */
    static void check(Request request, Response response) {
        if (!request.getMethod().equals("GET")
                || request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_1) {
            throw new BadRequestException("a WebSocket is asked for by GET of HTTP/1.1");
        }
        if (!hasToken(request, "Connection", "upgrade")) {
            throw new BadRequestException("a WebSocket is asked for with 'Connection: Upgrade', which is missing here;"
                    + " a proxy on the way may have to be told to pass it on");
        }
        String version = single(request, "Sec-WebSocket-Version");
        if (!version.equals(VERSION)) {
            response.getHeaders().put("Sec-WebSocket-Version", VERSION);
            throw new BadRequestException(
                    426, "the version of this WebSocket is " + VERSION + ", not '" + Quote.of(version) + "'");
        }
        String key = single(request, "Sec-WebSocket-Key");
        if (!isKey(key)) {
            throw new BadRequestException(
                    "Sec-WebSocket-Key is " + KEY + " bytes in Base64, not '" + Quote.of(key) + "'");
        }
    }

    private static String single(Request request, String header) {
        List<String> values = request.getHeaders().getValuesList(header);
        if (values.size() > 1) {
            throw new BadRequestException(header + " stands in a request once, here " + values.size() + " times");
        }
        return values.isEmpty() ? "" : values.getFirst().strip();
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == KEY;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
