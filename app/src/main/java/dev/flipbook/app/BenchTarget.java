package dev.flipbook.app;

import dev.flipbook.web.TypedLogin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A stream's address, resolved once for all viewers.
 *
 * @param shown the address without name and password
 * @param address to connect to
 * @param request what each viewer sends, in ASCII
 * @param local whether the server is on this machine, so that its clocks are ours
 */
record BenchTarget(String shown, InetSocketAddress address, String request, boolean local) {

    /**
     * Reads an address and looks its host up.
     *
     * @throws IllegalArgumentException when it is no address that can be watched
     * @throws IOException when the host is unknown
     */
    static BenchTarget of(String url) throws IOException {
        URI uri = parse(url);
        String host = uri.getHost();
        String shown = shown(uri, host);
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IOException(shown + " cannot be reached: there is no host named '" + host + "'", e);
        }
        int port = uri.getPort() < 0 ? 80 : uri.getPort();
        return new BenchTarget(
                shown,
                new InetSocketAddress(address, port),
                request(uri),
                NetworkInterface.getByInetAddress(address) != null);
    }

    private static URI parse(String url) {
        TypedLogin.cutOff(url).ifPresent(how -> {
            throw new IllegalArgumentException("URL " + how);
        });
        try {
            URI uri = new URI(url);
            if ("https".equalsIgnoreCase(uri.getScheme())) {
                throw new IllegalArgumentException(
                        "bench speaks no https; give the http address of the server behind the TLS proxy");
            }
            if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null && uri.getPort() <= 65535) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // the same sentence as for any other text: the exception's own would repeat a password
        }
        throw new IllegalArgumentException(
                "URL is no address of a stream; it is one such as http://127.0.0.1:8080/video_feed");
    }

    private static String shown(URI uri, String host) {
        return "http://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + target(uri);
    }

    /** Path and query, as a request line has them. */
    static String target(URI uri) {
        URI ascii = URI.create(uri.toASCIIString());
        String path = ascii.getRawPath();
        return (path == null || path.isEmpty() ? "/" : path)
                + (ascii.getRawQuery() == null ? "" : "?" + ascii.getRawQuery());
    }

    private static String request(URI uri) {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return "GET " + target(uri) + " HTTP/1.1\r\nHost: " + uri.getHost() + port
                + "\r\nUser-Agent: flipbook-bench\r\nAccept: */*\r\nConnection: close\r\n" + authorization(uri)
                + "\r\n";
    }

    /** The header line for a name and password in the address; empty without. */
    static String authorization(URI uri) {
        if (uri.getRawUserInfo() == null) {
            return "";
        }
        String decoded = URLDecoder.decode(uri.getRawUserInfo().replace("+", "%2B"), StandardCharsets.UTF_8);
        String credentials = Base64.getEncoder().encodeToString(decoded.getBytes(StandardCharsets.UTF_8));
        return "Authorization: Basic " + credentials + "\r\n";
    }
}
