package dev.flipbook.server.control;

import dev.flipbook.server.http.HttpError;
import dev.flipbook.server.http.PeerAddress;
import dev.flipbook.server.http.SameOrigin;
import dev.flipbook.web.Quote;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;

/**
 * Decides who may change feeds: programs and pages of this server, on the machine of the server. A proxy on that
 * machine may stand for clients elsewhere, so no request that came through a proxy may change anything. Proxies are
 * recognized by the headers that they add, by the name that their clients use for the server, in the request itself or
 * in the address of the page, and by HTTP/1.0, which some of them speak to servers and browsers do not.
 */
final class ChangePolicy {

    /** Headers of proxies, in lower case. */
    private static final Pattern OF_PROXIES = Pattern.compile("forwarded|via|x-real-ip|x-forwarded-.*");

    /** Names and addresses by which only programs on this machine reach it. */
    private static final Pattern THIS_MACHINE =
            Pattern.compile("(?i)(.*\\.)?localhost\\.?|127(\\.\\d{1,3}){1,3}|\\[?::1]?");

    private static final String RULE = "only the machine that serves the feeds may change them";

    private ChangePolicy() {}

    /**
     * Refuses a request that may not change anything.
     *
     * @throws HttpError with the status 403
     */
    static void check(Request request) {
        refusal(request).ifPresent(sentence -> {
            throw new HttpError(403, sentence);
        });
    }

    /** A sentence that says why this client may not change anything; empty for a client that may. */
    static Optional<String> refusal(Request request) {
        if (!SameOrigin.isOurs(request)) {
            return Optional.of("only programs and pages of this server may change feeds");
        }
        return fromElsewhere(request).map(how -> RULE + ", without a proxy; this request " + how);
    }

    /** How the request shows that its client is, or may be, on another machine. */
    private static Optional<String> fromElsewhere(Request request) {
        PeerAddress peer = PeerAddress.of(request.getConnectionMetaData().getRemoteSocketAddress());
        if (!peer.isThisMachine()) {
            return Optional.of("comes from " + Request.getRemoteAddr(request) + " and not from 127.0.0.1");
        }
        return proxyHeader(request)
                .map(name -> "has the header " + Quote.of(name))
                .or(() -> foreignName(request))
                .or(() -> request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_0
                        ? Optional.of("is one of HTTP/1.0, which proxies speak")
                        : Optional.empty());
    }

    private static Optional<String> proxyHeader(Request request) {
        return request.getHeaders().getFieldNamesCollection().stream()
                .filter(name ->
                        OF_PROXIES.matcher(name.toLowerCase(Locale.ROOT)).matches())
                .findFirst();
    }

    /** A name under which clients on other machines know this server: that of the request, or that of its page. */
    private static Optional<String> foreignName(Request request) {
        String host = String.valueOf(Request.getServerName(request));
        if (!THIS_MACHINE.matcher(host).matches()) {
            return Optional.of("is for '" + Quote.of(host) + "' and not for localhost or 127.0.0.1");
        }
        return Stream.of(HttpHeader.ORIGIN, HttpHeader.REFERER)
                .map(request.getHeaders()::get)
                .filter(page ->
                        page != null && !THIS_MACHINE.matcher(host(page)).matches())
                .map(page -> "comes from a page at '" + Quote.of(page) + "' and not at localhost or 127.0.0.1")
                .findFirst();
    }

    private static String host(String page) {
        try {
            return String.valueOf(new URI(page).getHost());
        } catch (URISyntaxException e) {
            return "";
        }
    }
}
