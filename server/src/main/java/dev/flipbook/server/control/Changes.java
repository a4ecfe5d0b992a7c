package dev.flipbook.server.control;

import dev.flipbook.server.http.Exchange;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.server.http.PeerAddress;
import dev.flipbook.web.Quote;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * Starts the changes that clients may make: checks who asks and what can be checked before the body is read. The rest
 * is done by a {@link ChangeRun}. Thread-safe.
 */
final class Changes {

    /** Maximum size of a body in bytes. A feed has a few settings, of which an address is the longest. */
    static final int MAX_BODY = 64 << 10;

    private static final Pattern JSON = Pattern.compile("application/json *(; *charset=\"?utf-8\"?)?");

    private final ChangePlaces places = new ChangePlaces();
    private final Duration bodyTimeout;
    private final Duration timeout;

    /**
     * Changes with these limits of time.
     *
     * @param bodyTimeout maximum time for a body to be complete
     * @param timeout maximum time for a change, after which the answer is 504, and the change goes on
     */
    Changes(Duration bodyTimeout, Duration timeout) {
        this.bodyTimeout = bodyTimeout;
        this.timeout = timeout;
    }

    /** Maximum time for a change. */
    Duration timeout() {
        return timeout;
    }

    /**
     * Checks the request and begins to read its body, on a new thread.
     *
     * @param feed the feed to be changed; empty for a change that is about no feed that exists
     * @throws HttpError with the status 403, 413, 415 or 503 if the request is refused
     */
    void begin(Exchange exchange, String feed, Change change) {
        Request request = exchange.request();
        ChangePolicy.check(request);
        checkBody(request);
        PeerAddress peer = PeerAddress.of(request.getConnectionMetaData().getRemoteSocketAddress());
        ChangePlaces.Place place = places.enter(peer, feed);
        try {
            new ChangeRun(exchange, change, () -> places.leave(place)).start(bodyTimeout);
        } catch (RuntimeException | Error e) { // no memory for the thread
            places.leave(place);
            throw e;
        }
    }

    private static void checkBody(Request request) {
        if (request.getLength() > MAX_BODY) {
            throw tooLong();
        }
        String type = header(request, HttpHeader.CONTENT_TYPE);
        if (hasBody(request) && !JSON.matcher(type).matches()) {
            throw new HttpError(
                    415,
                    "the body is JSON and says so: Content-Type: application/json; here "
                            + (type.isEmpty() ? "it says nothing" : "it is " + Quote.of(type)));
        }
        String coding = header(request, HttpHeader.CONTENT_ENCODING);
        if (!coding.isEmpty() && !coding.equals("identity")) {
            throw new HttpError(415, "JSON is taken without Content-Encoding; here it is " + Quote.of(coding));
        }
    }

    static HttpError tooLong() {
        return new HttpError(413, "the body is too long; at most " + MAX_BODY + " bytes are taken");
    }

    static boolean hasBody(Request request) {
        return request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    }

    private static String header(Request request, HttpHeader name) {
        String value = request.getHeaders().get(name);
        return value == null ? "" : value.strip().toLowerCase(Locale.ROOT);
    }
}
