package dev.flipbook.http;

import dev.flipbook.Ticker;
import java.io.IOException;
import java.math.BigInteger;
import java.net.SocketException;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Requests one address again and again, over one connection at a time. This class follows redirects, and logs in when
 * the server asks for it.
 *
 * <p>Confined to the source thread, except {@link #close}.
 */
final class HttpVisit implements AutoCloseable {

    /** Maximum number of redirects of one request. More do not occur in practice. */
    private static final int MAX_REDIRECTS = 5;

    /**
     * Maximum number of refusals of one request: the server asks for a login, the nonce is too old, and one in reserve.
     */
    private static final int MAX_REFUSALS = 3;

    /**
     * The headers of each request. Pictures come first in Accept, so that a server that also has a page knows what is
     * wanted. Compression is not asked for.
     */
    private static final String HEADERS = String.join(
            "\r\n",
            "User-Agent: flipbook",
            "Accept: multipart/x-mixed-replace, image/jpeg, image/*;q=0.9, */*;q=0.5",
            "Connection: close",
            "");

    private final HttpAddress address;
    private final HttpConnection.Patience usual;
    private HttpConnection.Patience patience;
    private final Ticker ticker;
    private final @Nullable HttpLogin login;
    private HttpAddress at;
    private @Nullable HttpAddress known; // address of the picture to which the next two fields belong
    private String tag = "";
    private String modified = "";
    private volatile boolean closed;
    private volatile @Nullable HttpConnection connection;

    HttpVisit(HttpAddress address, HttpConnection.Patience patience, Ticker ticker) {
        this.address = address;
        this.usual = patience;
        this.patience = patience;
        this.ticker = ticker;
        this.at = address;
        String user = address.user();
        SecureRandom random = new SecureRandom();
        this.login = user == null
                ? null
                : new HttpLogin(user, address.password(), () -> new BigInteger(127, random).toString(16));
    }

    /**
     * Sends the request and returns an answer with one or more pictures, or with status 304 if the picture is still
     * that of the last {@link #keep}.
     *
     * @throws IOException with a sentence for the user when there is no such answer
     */
    HttpAnswer ask() throws IOException, InterruptedException {
        at = address;
        AddressScope least = AddressScope.LOOPBACK;
        int redirects = 0;
        int refusals = 0;
        while (true) {
            HttpConnection open = connection();
            HttpAnswer answer = open.get(least, HEADERS + login() + unchanged());
            if (answer.status() == 401) {
                refused(answer, ++refusals > MAX_REFUSALS);
            } else if (answer.isRedirect()) {
                if (++redirects > MAX_REDIRECTS) {
                    throw new IOException(at.host() + " redirects for ever: more than " + MAX_REDIRECTS + " times");
                }
                at = at.redirected(answer.value("location"));
                least = open.reach();
            } else {
                accepted();
                check(answer);
                return answer;
            }
        }
    }

    private HttpConnection connection() throws IOException {
        hangUp();
        HttpConnection next = new HttpConnection(at, patience, ticker);
        connection = next;
        if (closed) {
            throw new IOException("closed");
        }
        return next;
    }

    private String login() {
        if (login == null || !address.sameServer(at)) {
            return "";
        }
        String value = login.authorization("GET", at.target());
        return value == null ? "" : "Authorization: " + value + "\r\n";
    }

    private String unchanged() {
        if (known == null || !known.sameServer(at) || !known.target().equals(at.target())) {
            return "";
        }
        return (tag.isEmpty() ? "" : "If-None-Match: " + tag + "\r\n")
                + (modified.isEmpty() ? "" : "If-Modified-Since: " + modified + "\r\n");
    }

    private void refused(HttpAnswer answer, boolean often) throws IOException {
        if (login == null) {
            throw new IOException(at.host() + " wants a password: " + at.withLogin());
        }
        if (!address.sameServer(at)) {
            throw new IOException(
                    at.host() + " wants a password, and the one for " + address.host() + " is not sent to it");
        }
        if (often || !login.refused(answer.values("www-authenticate"))) {
            boolean understood = HttpChallenge.best(answer.values("www-authenticate")) != null;
            throw new IOException(
                    understood
                            ? "wrong password for " + at.host()
                            : at.host() + " wants a password in a way other than Basic and Digest");
        }
    }

    private void accepted() {
        if (login != null && address.sameServer(at)) {
            login.accepted();
        }
    }

    private void check(HttpAnswer answer) throws IOException {
        int status = answer.status();
        if (status != 200 && !(status == 304 && known != null)) {
            throw new IOException(at.host() + " answered " + status + meaning(status) + " to " + at.path());
        }
        String coding = answer.value("content-encoding");
        if (!coding.isEmpty() && !coding.equalsIgnoreCase("identity")) {
            throw new IOException(at.host() + " sends its pictures compressed, which was not asked for");
        }
    }

    private static String meaning(int status) {
        return switch (status) {
            case 403 -> " (forbidden)";
            case 404 -> " (not found)";
            case 500 -> " (it has failed)";
            case 503 -> " (not available now)";
            default -> "";
        };
    }

    /** Remembers the picture of this answer, so that only a newer one is sent. */
    void keep(HttpAnswer answer) {
        known = at;
        tag = sendable(answer.value("etag"));
        modified = sendable(answer.value("last-modified"));
    }

    private static String sendable(String value) {
        return value.length() <= 256 && value.chars().allMatch(c -> c >= ' ' && c < 0x7F) ? value : "";
    }

    /**
     * Limits the timeouts for connecting and for the answer to this from now on. The timeouts never exceed the initial
     * ones.
     */
    void hasten(Duration most) {
        patience = new HttpConnection.Patience(shorter(most, usual.connect()), shorter(most, usual.answer()));
    }

    /** Sets whether the body that is being read may be silent without limit, as a stream may. */
    void allowSilence(boolean allowed) throws SocketException {
        HttpConnection open = connection;
        if (open != null) {
            open.limitSilence(allowed ? Duration.ZERO : patience.answer());
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Name of the host that has answered last. */
    String host() {
        return at.host();
    }

    /** Ends the connection; the next {@link #ask} makes another. */
    void hangUp() {
        HttpConnection open = connection;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        closed = true;
        hangUp();
    }
}
