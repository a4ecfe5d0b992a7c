package dev.flipbook.app.control;

import dev.flipbook.app.console.RequestUrl;
import dev.flipbook.web.TypedLogin;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A feed of a running Flipbook, by its name or by its address. Immutable.
 *
 * @param server scheme, host and port, and the path under which a proxy serves Flipbook
 * @param feed the feed's name
 * @param credentials the login in the address, as the value of {@code Authorization}; empty if there is none
 */
record ControlTarget(String server, String feed, String credentials) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** The path of a feed's address, which may end as that of a stream or a snapshot. */
    private static final Pattern PATH = Pattern.compile("(.*)/feeds/(" + NAME.pattern() + "?)(\\.mjpg|\\.jpg)?");

    private static final String EXAMPLE = "such as door or http://127.0.0.1:8080/feeds/door";

    /**
     * The feed that was typed.
     *
     * @param typed a name, or an address of a feed
     * @param port of the Flipbook on this machine that serves a feed that is given by its name
     * @throws IllegalArgumentException if it is neither
     */
    static ControlTarget of(String typed, int port) {
        if (NAME.matcher(typed).matches()) {
            return new ControlTarget("http://127.0.0.1:" + port, typed, "");
        }
        TypedLogin.cutOff(typed).ifPresent(how -> {
            throw new IllegalArgumentException("the address " + how);
        });
        try {
            URI uri = new URI(typed);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            Matcher path = PATH.matcher(String.valueOf(uri.getRawPath()));
            if (scheme.matches("https?") && uri.getHost() != null && uri.getPort() <= 65_535 && path.matches()) {
                String at = uri.getPort() < 0 ? "" : ":" + uri.getPort();
                return new ControlTarget(
                        scheme + "://" + uri.getHost() + at + path.group(1),
                        path.group(2),
                        RequestUrl.credentials(uri));
            }
        } catch (URISyntaxException e) {
            // not the exception's own message, because it could repeat a password
        }
        throw new IllegalArgumentException("this is neither the name nor the address of a feed; give one " + EXAMPLE);
    }

    /** Whether a feed was given by its address, which has a port of its own. */
    static boolean isAddress(String typed) {
        return !NAME.matcher(typed).matches();
    }

    /** The address to which a change of the feed is posted. */
    URI change(String verb) {
        return URI.create(server + "/api/feeds/" + feed + "/" + verb);
    }
}
