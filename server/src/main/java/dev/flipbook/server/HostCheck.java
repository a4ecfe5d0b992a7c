package dev.flipbook.server;

import dev.flipbook.web.Quote;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;

/**
 * Refuses requests that are addressed to a name which is not ours. A page on the network can point a name of its own at this
 * machine and then read everything as if it were ours; it cannot do so with an address, so addresses are always right.
 */
final class HostCheck {

    private static final Pattern ADDRESS =
            Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*]?");

    private final Set<String> names = new HashSet<>(Set.of("localhost"));

    HostCheck(String host, Set<String> more) {
        names.add(host.toLowerCase(Locale.ROOT));
        more.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    }

    void check(Request request) {
        String name = Request.getServerName(request);
        if (request.getHeaders().get("Host") == null || name == null) {
            throw new HttpError(400, "the request has no Host header");
        }
        if (!ADDRESS.matcher(name).matches() && !names.contains(name.toLowerCase(Locale.ROOT))) {
            throw new HttpError(
                    421,
                    "this server does not answer to the name '" + Quote.of(name)
                            + "'; ask by address or localhost, or start it with --host-name");
        }
    }
}
