package dev.flipbook.server.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Decides which pages may show our pictures, or have our page or a picture in a frame: pages of this server, pages
 * served from this machine, and pages of listed origins.
 *
 * <p>Browsers do not show pictures with {@code Cross-Origin-Resource-Policy: same-origin} in pages of other origins, so
 * no page on the network can show a visitor's own camera. A developer's page on another port of this machine has
 * another origin too, and such a page is the first thing that people try. Therefore a page that says that it comes from
 * localhost or a loopback address is allowed. The page says so in {@code Referer}, which a page can omit but cannot
 * forge.
 *
 * <p>Browsers apply {@code Cross-Origin-Resource-Policy} to pictures, but not to frames. To frames they apply
 * {@code frame-ancestors} of the {@code Content-Security-Policy}, which lists the same origins.
 */
public final class EmbedPolicy {

    public static final String CONTENT_SECURITY_POLICY = "Content-Security-Policy";
    /** The origin that browsers send for a page that was opened from a file. */
    private static final String FROM_FILE = "null";

    private final Set<String> origins;

    public EmbedPolicy(Set<String> origins) {
        this.origins = origins;
    }

    /** Sets the headers of an answer that tell the browser which pages may use it. */
    public void apply(Exchange exchange) {
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
        // a browser that opens a page or a frame accepts HTML
        if (exchange.header(HttpHeader.ACCEPT).contains("text/html")) {
            frameAncestors(exchange).ifPresent(ancestors -> exchange.headers().put(CONTENT_SECURITY_POLICY, ancestors));
        }
    }

    /**
     * The {@code frame-ancestors} directive for an answer. Empty for a page that was opened from a file, if such pages
     * may embed, because no value of the directive stands for them.
     */
    public Optional<String> frameAncestors(Exchange exchange) {
        String page = originOf(exchange.header(HttpHeader.REFERER));
        if (page.isEmpty() && isListed(FROM_FILE)) {
            return Optional.empty();
        }
        Set<String> ancestors = new TreeSet<>(origins); // sorted, so that the answer is the same each time
        ancestors.remove(FROM_FILE);
        if (onThisMachine(page)) {
            ancestors.add(page);
        }
        return Optional.of("frame-ancestors " + (ancestors.isEmpty() ? "'none'" : String.join(" ", ancestors)));
    }

    /** Whether pages of this origin may show and read pictures. */
    public boolean isListed(String origin) {
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
            return null; // not a page that we know
        }
    }
}
