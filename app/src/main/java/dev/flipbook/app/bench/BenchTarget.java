package dev.flipbook.app.bench;

import dev.flipbook.app.console.RequestUrl;
import dev.flipbook.web.TypedLogin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;

/**
 * A stream's address, resolved once for all viewers. Immutable.
 *
 * @param shown the address without name and password
 * @param address the address to connect to
 * @param request what each viewer sends, in ASCII
 * @param local whether the server is on this machine, so that it has the same clock
 */
record BenchTarget(String shown, InetSocketAddress address, String request, boolean local) {

    /**
     * Parses an address and resolves its host.
     *
     * @throws IllegalArgumentException if this is not the address of a stream
     * @throws IOException if the host is unknown
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
                        "bench does not support https; give the http address of the server behind the TLS proxy");
            }
            if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null && uri.getPort() <= 65535) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // not the exception's own message, because it could repeat a password
        }
        throw new IllegalArgumentException(
                "URL is not the address of a stream; give one such as http://127.0.0.1:8080/video_feed");
    }

    private static String shown(URI uri, String host) {
        return "http://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + RequestUrl.target(uri);
    }

    private static String request(URI uri) {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        return "GET " + RequestUrl.target(uri) + " HTTP/1.1\r\nHost: " + uri.getHost() + port
                + "\r\nUser-Agent: flipbook-bench\r\nAccept: */*\r\nConnection: close\r\n"
                + RequestUrl.authorization(uri)
                + "\r\n";
    }
}
