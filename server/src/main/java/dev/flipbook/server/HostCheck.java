package dev.flipbook.server;

import dev.flipbook.web.Quote;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;

/**
 * Refuses requests that are addressed to a name which is not ours. A page on the network can point a name of its own at this
 * machine and then read everything as if it were ours. It cannot do so with an address, nor with a name that this machine has
 * already, so these are always right.
 */
final class HostCheck {

    /** No name of the DNS ends in a number: such a host is an address, also when it is a short one such as {@code 127.1}. */
    private static final Pattern ADDRESS =
            Pattern.compile("(\\d{1,10}\\.){0,3}\\d{1,10}|\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*]?");

    private final Set<String> names = new HashSet<>();
    private final Predicate<String> own;

    /** @param own whether a name, in lower case, is one of this machine */
    HostCheck(ServerOptions options, Predicate<String> own) {
        names.add(plain(options.host()));
        options.hostNames().forEach(name -> names.add(plain(name)));
        this.own = own;
    }

    void check(Request request) {
        String host = Request.getServerName(request);
        if (request.getHeaders().get("Host") == null || host == null) {
            throw new HttpError(400, "the request has no Host header");
        }
        if (!isOurs(plain(host))) {
            String quoted = Quote.of(host);
            throw new HttpError(
                    421,
                    "this server does not answer to the name '" + quoted
                            + "'; if that is one of its names, start it with" + " --host-name " + quoted);
        }
    }

    /** The system itself leads what ends in {@code .localhost} here, whatever the DNS says (RFC 6761). */
    private boolean isOurs(String name) {
        return ADDRESS.matcher(name).matches()
                || name.equals("localhost")
                || name.endsWith(".localhost")
                || names.contains(name)
                || own.test(name);
    }

    /** In lower case, without the dot that may end a whole name. */
    private static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
