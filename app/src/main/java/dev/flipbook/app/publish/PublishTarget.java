package dev.flipbook.app.publish;

import dev.flipbook.app.console.RequestUrl;
import dev.flipbook.web.TypedLogin;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * A feed's address for publishing. Immutable.
 *
 * @param uri as it was given
 * @param shown the address without name and password
 * @param takeover whether to end another publisher
 */
record PublishTarget(URI uri, String shown, boolean takeover) {

    /** Maximum time for connecting, and for the server's answer after everything was sent. */
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** @throws IllegalArgumentException if this is not the address of a feed */
    static PublishTarget of(String url, boolean takeover) {
        TypedLogin.cutOff(url).ifPresent(how -> {
            throw new IllegalArgumentException("URL " + how);
        });
        try {
            URI uri = new URI(url);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            if ((scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null && uri.getPort() <= 65535) {
                String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
                return new PublishTarget(uri, scheme + "://" + uri.getHost() + port + RequestUrl.target(uri), takeover);
            }
        } catch (URISyntaxException e) {
            // not the exception's own message, because it could repeat a password
        }
        throw new IllegalArgumentException("URL is not the address of a feed; give one such as"
                + " http://127.0.0.1:8080/feeds/door, with # in a password written as %23, ? %3F, / %2F, @ %40, % %25");
    }

    boolean isSecure() {
        return "https".equalsIgnoreCase(uri.getScheme());
    }

    /** The request's head, in ASCII. */
    String head(String boundary) {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String path = RequestUrl.target(uri);
        String query = takeover ? (path.contains("?") ? "&" : "?") + "takeover=1" : "";
        return "POST " + path + query + " HTTP/1.1\r\nHost: " + uri.getHost() + port
                + "\r\nUser-Agent: flipbook-publish\r\nContent-Type: multipart/x-mixed-replace; boundary=" + boundary
                + "\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n" + RequestUrl.authorization(uri) + "\r\n";
    }

    /** Opens a connection. */
    Socket connect() throws IOException {
        int port = uri.getPort() < 0 ? isSecure() ? 443 : 80 : uri.getPort();
        Socket plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(uri.getHost(), port), Math.toIntExact(CONNECT_TIMEOUT.toMillis()));
            plain.setTcpNoDelay(true);
            return isSecure() ? secured(plain, port) : plain;
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    private Socket secured(Socket plain, int port) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        SSLSocket secure = (SSLSocket) factory.createSocket(plain, uri.getHost(), port, true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }
}
