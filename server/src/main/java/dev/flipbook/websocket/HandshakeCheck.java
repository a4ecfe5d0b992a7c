package dev.flipbook.websocket;

import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.Quote;
import java.util.Base64;
import java.util.List;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/**
 * Checks a WebSocket handshake as section 4.2.1 of RFC 6455 demands. The check is needed because Jetty answers 101 even
 * if {@code Sec-WebSocket-Key} is not a key.
 */
final class HandshakeCheck {

    /** The only version that RFC 6455 defines. */
    private static final String VERSION = "13";

    /** Length of the decoded key in bytes, by RFC 6455. */
    private static final int KEY = 16;

    private HandshakeCheck() {}

    /** Whether a header that is a comma-separated list contains this token; case is ignored. */
    static boolean hasToken(Request request, String header, String token) {
        return request.getHeaders().getCSV(header, false).stream().anyMatch(token::equalsIgnoreCase);
    }

    /**
     * Checks a request that has an {@code Upgrade: websocket} header, and returns if the handshake is complete.
     *
     * @param response gets the {@code Sec-WebSocket-Version} header if the version is refused
     * @throws BadRequestException with the status 400 or 426 if the handshake is not complete
     */
    static void check(Request request, Response response) {
        if (!request.getMethod().equals("GET")
                || request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_1) {
            throw new BadRequestException("a WebSocket is requested with GET over HTTP/1.1");
        }
        if (!hasToken(request, "Connection", "upgrade")) {
            throw new BadRequestException("a WebSocket is requested with 'Connection: Upgrade', which is missing here;"
                    + " a proxy on the way may have to be configured to pass it on");
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
            throw new BadRequestException(
                    header + " may be in a request only once; here it is " + values.size() + " times");
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
