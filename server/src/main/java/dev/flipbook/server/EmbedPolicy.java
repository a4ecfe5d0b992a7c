package dev.flipbook.server;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Says which pages may show our pictures: our own, those served from this machine, and those of listed origins.
 *
 * <p>Browsers keep pictures with {@code Cross-Origin-Resource-Policy: same-origin} out of foreign pages, so that no page on
 * the network can show a visitor's own camera to him. A developer's page on another port of this machine is foreign too, and
 * it is the first thing people try: a page that says it comes from localhost or a loopback address is let through. It says so
 * in {@code Referer}, which a page can leave out but cannot forge.
 */
final class EmbedPolicy {

    private final Set<String> origins;

    EmbedPolicy(Set<String> origins) {
        this.origins = origins;
    }

    void apply(Exchange exchange) {
        String origin = exchange.header(HttpHeader.ORIGIN);
        String page = origin.isEmpty() ? originOf(exchange.header(HttpHeader.REFERER)) : origin;
        boolean listed = isListed(page.isEmpty() ? "null" : page);
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
