package dev.flipbook.server;

import dev.flipbook.web.Quote;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages of this server alone change something, and programs that are no browsers. Any page that a user visits may send
 * requests to his machine; the browser says so in {@code Sec-Fetch-Site}, an older one by an {@code Origin} that is not
 * ours. Origins that may embed may watch, and no more than that.
 */
final class SameOrigin {

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    private static final List<String> WHENCE = List.of("Host", "Origin", "Sec-Fetch-Site");

    private SameOrigin() {}

    /** Whether its method changes nothing. */
    static boolean onlyReads(Request request) {
        return READING.contains(request.getMethod());
    }

    /** A second value of what says where a request goes or comes from would be one that nobody checks. */
    static void checkOnce(Request request) {
        for (String name : WHENCE) {
            if (request.getHeaders().getValuesList(name).size() > 1) {
                throw new HttpError(400, name + " stands in a request once, here more than once");
            }
        }
    }

    static void check(Request request) {
        if (!onlyReads(request)) {
            checkOrigin(request);
        }
    }

    /** The same for what any method may do: a WebSocket is asked for by GET, and is no more bound to its page's origin. */
    static void checkOrigin(Request request) {
        if (!isOurs(request)) {
            String origin = request.getHeaders().get(HttpHeader.ORIGIN);
            throw new HttpError(
                    403,
                    "a page of " + (origin == null ? "another origin" : "'" + Quote.of(origin) + "'")
                            + " may not " + (onlyReads(request) ? "ask for this" : "change anything")
                            + " here; programs and pages of this server may");
        }
    }

    /** Whether a page of this server asks, or a program. Browsers tell all of these to few addresses: over plain http often the page alone. */
    static boolean isOurs(Request request) {
        String site = request.getHeaders().get("Sec-Fetch-Site");
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        String page = origin == null ? request.getHeaders().get(HttpHeader.REFERER) : origin;
        return site != null
                ? site.equals("same-origin") || site.equals("none")
                : page == null
                        || authority(page).equalsIgnoreCase(request.getHeaders().get(HttpHeader.HOST));
    }

    private static String authority(String origin) {
        try {
            @Nullable String authority = new URI(origin).getRawAuthority();
            return authority == null ? "" : authority;
        } catch (URISyntaxException e) {
            return "";
        }
    }
}
