package dev.flipbook.server.http;

import dev.flipbook.web.Quote;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;

/**
 * Refuses requests whose {@code Host} is not a name of this server. A page on the network can point a name of its own
 * at this machine and then read everything as if this server were its own (DNS rebinding). A page cannot do so with an
 * address or with a name that this machine already has, so addresses and those names are always accepted.
 */
public final class HostCheck {

    /** An address, including short forms such as {@code 127.1}. No name in the DNS ends in a number. */
    private static final Pattern ADDRESS =
            Pattern.compile("(\\d{1,10}\\.){0,3}\\d{1,10}|\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*]?");

    private final Set<String> names = new HashSet<>();
    private final Predicate<String> own;

    /**
     * Accepts these names and those of this machine.
     *
     * @param host the name or address that the server listens on
     * @param more further names of the server
     * @param own whether a name, in lower case, is one of this machine
     */
    public HostCheck(String host, Collection<String> more, Predicate<String> own) {
        names.add(plain(host));
        more.forEach(name -> names.add(plain(name)));
        this.own = own;
    }

    public void check(Request request) {
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

    /**
     * Whether a name belongs to this server. The system resolves names that end in {@code .localhost} to this machine,
     * whatever the DNS says (RFC 6761).
     */
    private boolean isOurs(String name) {
        return ADDRESS.matcher(name).matches()
                || name.equals("localhost")
                || name.endsWith(".localhost")
                || names.contains(name)
                || own.test(name);
    }

    /** The name in lower case, without the final dot of a fully qualified name. */
    private static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
