package dev.flipbook.app.console;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The parts of a request that come from its URL. */
public final class RequestUrl {

    private RequestUrl() {}

    /** Path and query as a request line has them. */
    public static String target(URI uri) {
        URI ascii = URI.create(uri.toASCIIString());
        String path = ascii.getRawPath();
        return (path == null || path.isEmpty() ? "/" : path)
                + (ascii.getRawQuery() == null ? "" : "?" + ascii.getRawQuery());
    }

    /** The header line for the name and password in an address; empty if there are none. */
    public static String authorization(URI uri) {
        String credentials = credentials(uri);
        return credentials.isEmpty() ? "" : "Authorization: " + credentials + "\r\n";
    }

    /** The name and password in an address, as the value of that header; empty if there are none. */
    public static String credentials(URI uri) {
        if (uri.getRawUserInfo() == null) {
            return "";
        }
        String decoded = URLDecoder.decode(uri.getRawUserInfo().replace("+", "%2B"), StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(decoded.getBytes(StandardCharsets.UTF_8));
    }
}
