package dev.flipbook.http;

import dev.flipbook.text.Secrets;
import dev.flipbook.web.TypedLogin;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.IDN;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A checked {@code http} or {@code https} URL. The URL is parsed by hand, because {@link URI} accepts no host with an
 * underscore and refuses much of what cameras have in their paths. Immutable. Only {@link #user} and {@link #password}
 * return secrets.
 */
final class HttpAddress {

    private static final int MAX_LENGTH = 4096;

    private static final Pattern FORM =
            Pattern.compile("(?i)(https?)://(?:([^/?#]*)@)?([^/?#@]*)([/?][^#]*)?(?:#.*)?", Pattern.DOTALL);

    private static final Pattern PLACE = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]]+)(?::(\\d{0,5}))?");

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})");

    private static final Pattern ESCAPED = Pattern.compile("(?:[^%]|%[0-9A-Fa-f]{2})*+");

    private final boolean secure;
    private final String host;
    private final int port;
    private final String target;
    private final @Nullable String user;
    private final String password;

    private HttpAddress(boolean secure, String host, int port, String target, @Nullable String user, String password) {
        this.secure = secure;
        this.host = host;
        this.port = port;
        this.target = target;
        this.user = user;
        this.password = password;
    }

    /** Whether the text is meant to be such a URL. */
    static boolean isMeant(String text) {
        return text.regionMatches(true, 0, "http:", 0, 5) || text.regionMatches(true, 0, "https:", 0, 6);
    }

    /**
     * The address for a text.
     *
     * @throws IOException when the text is not a valid URL; the sentence does not repeat what may be a password
     */
    static HttpAddress of(String text) throws IOException {
        if (text.length() > MAX_LENGTH) {
            throw bad("is longer than " + MAX_LENGTH + " characters");
        }
        if (text.chars().anyMatch(c -> c <= ' ' || c == 0x7F)) {
            throw bad("has a blank or control character in it; a blank is written %20");
        }
        Optional<String> cutOff = TypedLogin.cutOff(text);
        if (cutOff.isPresent()) {
            throw bad(cutOff.get());
        }
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw bad("cannot be read");
        }
        boolean secure = parts.group(1).length() == 5;
        Matcher place = PLACE.matcher(parts.group(3));
        if (!place.matches()) {
            throw bad("has no host or no port that can be read");
        }
        String target = parts.group(4) == null ? "/" : parts.group(4);
        String[] login = login(parts.group(2));
        return new HttpAddress(
                secure,
                host(place.group(1)),
                port(place.group(2), secure),
                escaped(target.startsWith("?") ? "/" + target : target),
                login.length == 0 ? null : login[0],
                login.length == 0 ? "" : login[1]);
    }

    private static IOException bad(String what) {
        return new IOException("the URL " + what
                + "; http://HOST/PATH or http://USER:PASSWORD@HOST:PORT/PATH is expected, or the same with https");
    }

    private static String host(String text) throws IOException {
        if (text.startsWith("[")) {
            return text.substring(1, text.length() - 1);
        }
        try {
            String ascii = IDN.toASCII(text);
            if (NAME.matcher(ascii).matches()) {
                return ascii.toLowerCase(Locale.ROOT);
            }
        } catch (IllegalArgumentException e) {
            // refused below
        }
        throw bad("has an impossible host name");
    }

    private static int port(@Nullable String text, boolean secure) throws IOException {
        if (text == null || text.isEmpty()) {
            return secure ? 443 : 80;
        }
        int port = Integer.parseInt(text);
        if (port < 1 || port > 65_535) {
            throw bad("has the port " + port + " (1 to 65535 are possible)");
        }
        return port;
    }

    /** User and password; an empty array without a login. */
    private static String[] login(@Nullable String text) throws IOException {
        if (text == null || text.isEmpty()) {
            return new String[0];
        }
        int colon = text.indexOf(':');
        String user = unescaped(colon < 0 ? text : text.substring(0, colon));
        String password = unescaped(colon < 0 ? "" : text.substring(colon + 1));
        if (user.indexOf(':') >= 0) {
            throw bad("has a user name with a colon in it, which cannot be sent");
        }
        return new String[] {user, password};
    }

    private static String unescaped(String text) throws IOException {
        if (!ESCAPED.matcher(text).matches()) {
            throw bad("has a % in its user or password that is not written %25");
        }
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < in.length; i++) {
            if (in[i] == '%') {
                out.write(HexFormat.fromHexDigit(in[i + 1]) << 4 | HexFormat.fromHexDigit(in[i + 2]));
                i += 2;
            } else {
                out.write(in[i]);
            }
        }
        String plain = out.toString(StandardCharsets.UTF_8);
        if (plain.chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
            throw bad("has a control character in its user or password");
        }
        return plain;
    }

    /**
     * The target with characters escaped that must not stand in a request: those outside ASCII, and quotes, because
     * Digest puts the target between quotes.
     */
    private static String escaped(String target) {
        StringBuilder out = new StringBuilder();
        for (byte next : target.getBytes(StandardCharsets.UTF_8)) {
            if (next < 0 || next == '"' || next == '\\') {
                out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(next));
            } else {
                out.append((char) next);
            }
        }
        return out.toString();
    }

    /**
     * The address to which an answer redirects. A login in it is ignored.
     *
     * @throws IOException when it cannot be read, or must not be followed
     */
    HttpAddress redirected(String location) throws IOException {
        String absolute = location;
        if (location.startsWith("//")) {
            absolute = scheme() + ":" + location;
        } else if (!location.matches("(?s)[A-Za-z][A-Za-z0-9+.-]*:.*")) {
            absolute = scheme() + "://" + hostHeader() + resolved(location);
        }
        if (!isMeant(absolute)) {
            throw new IOException(host + " redirects to an address that is neither http nor https");
        }
        HttpAddress to;
        try {
            to = of(absolute);
        } catch (IOException e) {
            throw new IOException(host + " redirects to an address that cannot be read", e);
        }
        if (secure && !to.secure) {
            throw new IOException(host + " redirects from https to http, which is not followed");
        }
        return new HttpAddress(to.secure, to.host, to.port, to.target, null, "");
    }

    private String resolved(String location) throws IOException {
        if (location.startsWith("/")) {
            return location;
        }
        try {
            URI to = URI.create("http://host" + target).resolve(location);
            return to.getRawPath() + (to.getRawQuery() == null ? "" : "?" + to.getRawQuery());
        } catch (IllegalArgumentException e) {
            throw new IOException(host + " redirects to an address that cannot be read", e);
        }
    }

    /**
     * Whether secrets for this address may be sent to the other one: it is the same server, or the same with encryption
     * added.
     */
    boolean sameServer(HttpAddress other) {
        boolean same = secure == other.secure && port == other.port;
        boolean encrypted = !secure && other.secure && port == 80 && other.port == 443;
        return host.equals(other.host) && (same || encrypted);
    }

    boolean secure() {
        return secure;
    }

    private String scheme() {
        return secure ? "https" : "http";
    }

    /** Name of the host in lower case; an IPv6 address without brackets. */
    String host() {
        return host;
    }

    int port() {
        return port;
    }

    /** Path and query as they are sent. */
    String target() {
        return target;
    }

    /** The path for messages, without what is named a password in it. */
    String path() {
        return Secrets.hideInPath(target);
    }

    /** Host and port for messages. */
    String place() {
        return bracketed() + ":" + port;
    }

    /** The value of the header {@code Host}: with the port only if that is not the default. */
    String hostHeader() {
        return port == (secure ? 443 : 80) ? bracketed() : place();
    }

    private String bracketed() {
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }

    /** The name to log in with; null when there is none. */
    @Nullable
    String user() {
        return user;
    }

    String password() {
        return password;
    }

    /** An example of this address with a login, for messages. */
    String withLogin() {
        return scheme() + "://USER:PASSWORD@" + hostHeader() + "…";
    }

    /** The address for messages, without user, password and query, which may contain secrets. */
    @Override
    public String toString() {
        return scheme() + "://" + hostHeader() + path();
    }
}
