package dev.flipbook.server.http;

import dev.flipbook.web.Quote;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Allows changes only to pages of this server and to programs other than browsers. The check is needed because any page
 * that a user visits may send requests to this machine. A browser sends in {@code Sec-Fetch-Site} where a request comes
 * from. An older browser sends only the page's {@code Origin}. Origins that may embed pictures may only watch.
 */
public final class SameOrigin {

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    private static final List<String> WHENCE = List.of("Host", "Origin", "Sec-Fetch-Site");

    private SameOrigin() {}

    /** Whether the request's method changes nothing. */
    public static boolean onlyReads(Request request) {
        return READING.contains(request.getMethod());
    }

    /** Refuses a request that has one of these headers twice, because only one of the two values would be checked. */
    public static void checkOnce(Request request) {
        for (String name : WHENCE) {
            if (request.getHeaders().getValuesList(name).size() > 1) {
                throw new HttpError(400, name + " may be in a request only once; here it is more than once");
            }
        }
    }

    /**
     * Refuses a request that a foreign page has made a browser send.
     *
     * @throws HttpError with the status 403 if the request may change something and comes from a page of another origin
     */
    public static void check(Request request) {
        if (!onlyReads(request)) {
            checkOrigin(request);
        }
    }

    /**
     * Checks the origin for any method. Used for WebSockets, which are opened by GET and which browsers do not limit to
     * the page's origin.
     */
    public static void checkOrigin(Request request) {
        if (!isOurs(request)) {
            String origin = request.getHeaders().get(HttpHeader.ORIGIN);
            throw new HttpError(
                    403,
                    "a page of " + (origin == null ? "another origin" : "'" + Quote.of(origin) + "'")
                            + " may not " + (onlyReads(request) ? "ask for this" : "change anything")
                            + " here; programs and pages of this server may");
        }
    }

    /**
     * Whether the request comes from a page of this server or from a program. Over plain HTTP, browsers often send
     * neither {@code Sec-Fetch-Site} nor {@code Origin}, but only the page's address in {@code Referer}.
     */
    public static boolean isOurs(Request request) {
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
