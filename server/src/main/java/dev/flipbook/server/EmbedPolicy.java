package dev.flipbook.server;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Says which pages may show our pictures, or have our page or a picture in a frame: our own, those served from this machine, and
 * those of listed origins.
 *
 * <p>Browsers keep pictures with {@code Cross-Origin-Resource-Policy: same-origin} out of foreign pages, so that no page on
 * the network can show a visitor's own camera to him. A developer's page on another port of this machine is foreign too, and
 * it is the first thing people try: a page that says it comes from localhost or a loopback address is let through. It says so
 * in {@code Referer}, which a page can leave out but cannot forge.
 *
 * <p>Browsers heed that header for pictures only. What is shown in a frame, they ask for {@code frame-ancestors} of the {@code
 * Content-Security-Policy}, which lists the same origins.
 */
final class EmbedPolicy {

    static final String CONTENT_SECURITY_POLICY = "Content-Security-Policy";
    /** What browsers say of the origin of a page that was opened from a file. */
    private static final String FROM_FILE = "null";

    private final Set<String> origins;

    EmbedPolicy(Set<String> origins) {
        this.origins = origins;
    }

    void apply(Exchange exchange) {
        String origin = exchange.header(HttpHeader.ORIGIN);
        String page = origin.isEmpty() ? originOf(exchange.header(HttpHeader.REFERER)) : origin;
        boolean listed = isListed(page.isEmpty() ? FROM_FILE : page);
        if (listed && !origin.isEmpty()) {
            exchange.headers().put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            exchange.headers()
                    .put(
                            HttpHeader.ACCESS_CONTROL_EXPOSE_HEADERS,
                            "X-Frame-Sequence, X-Frame-Age-Ms, X-Timestamp, X-Stream-Id");
        }
        if (!origins.isEmpty()) {
            exchange.headers().add(HttpHeader.VARY, "Origin");
        }
        exchange.headers()
                .put("Cross-Origin-Resource-Policy", listed || onThisMachine(page) ? "cross-origin" : "same-origin");
        if (exchange.header(HttpHeader.ACCEPT).contains("text/html")) { // as of a browser that opens a page or a frame
            frameAncestors(exchange).ifPresent(ancestors -> exchange.headers().put(CONTENT_SECURITY_POLICY, ancestors));
        }
    }

    /**
     * What the policy of an answer has to say of frames. Nothing for a page that was opened from a file, where these may embed: no
     * word of the policy means them.
     */
    Optional<String> frameAncestors(Exchange exchange) {
        String page = originOf(exchange.header(HttpHeader.REFERER));
        if (page.isEmpty() && isListed(FROM_FILE)) {
            return Optional.empty();
        }
        Set<String> ancestors = new TreeSet<>(origins); // in an order, so that an answer is the same each time
        ancestors.remove(FROM_FILE);
        if (onThisMachine(page)) {
            ancestors.add(page);
        }
        return Optional.of("frame-ancestors " + (ancestors.isEmpty() ? "'none'" : String.join(" ", ancestors)));
    }

    /** Whether pages of this origin may show and read pictures. */
    boolean isListed(String origin) {
        return origins.contains(origin);
    }

    private static String originOf(String url) {
        URI uri = parse(url);
        return uri == null || uri.getScheme() == null || uri.getRawAuthority() == null
                ? ""
                : uri.getScheme() + "://" + uri.getRawAuthority();
    }

    private static boolean onThisMachine(String origin) {
        URI uri = parse(origin);
        String host = uri == null ? null : uri.getHost();
        return host != null
                && (host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}"));
    }

    private static @Nullable URI parse(String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            return null; // then it is no page that we know
        }
    }
}
