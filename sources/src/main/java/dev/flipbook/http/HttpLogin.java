package dev.flipbook.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The login for one server, and the scheme by which it is sent: Basic (RFC 7617), or Digest with MD5 or SHA-256 (RFC
 * 7616, and without {@code qop} its predecessor). Nothing is sent before the server has asked.
 *
 * <p>Confined to the source thread.
 */
final class HttpLogin {

    private final String user;
    private final String password;
    private final Supplier<String> nonces;
    private @Nullable HttpChallenge challenge;
    private String ownNonce = "";
    private int count;
    private boolean accepted;

    /**
     * A login that has not been asked for yet.
     *
     * @param nonces gives a new text of hexadecimal digits each time, which nobody can guess
     */
    HttpLogin(String user, String password, Supplier<String> nonces) {
        this.user = user;
        this.password = password;
        this.nonces = nonces;
    }

    /**
     * Notes that the server has refused a request.
     *
     * @param asked the values of its {@code WWW-Authenticate} headers
     * @return whether the next request will carry a login that this one did not. If not, the password is wrong, or no
     *     scheme is supported
     */
    boolean refused(List<String> asked) {
        HttpChallenge next = HttpChallenge.best(asked);
        HttpChallenge last = challenge;
        if (next == null) {
            return false;
        }
        boolean outdated = next.isDigest() && (next.stale() || accepted); // many cameras do not send "stale"
        if (last != null && !outdated) {
            return false;
        }
        challenge = next;
        ownNonce = nonces.get();
        count = 0;
        accepted = false;
        return true;
    }

    /** Notes that the server has accepted the login. */
    void accepted() {
        accepted = true;
    }

    /** The value of the header {@code Authorization}; null while the server has not asked. */
    @Nullable
    String authorization(String method, String target) {
        HttpChallenge asked = challenge;
        if (asked == null) {
            return null;
        }
        return asked.isDigest() ? digest(asked, method, target) : basic();
    }

    private String basic() {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private String digest(HttpChallenge asked, String method, String target) {
        String nonce = asked.value("nonce");
        String realm = asked.value("realm");
        String algorithm = asked.value("algorithm");
        String times = String.format(Locale.ROOT, "%08x", ++count);
        MessageDigest hash = hash(asked.hash());
        String secret = hash(hash, user + ":" + realm + ":" + password);
        if (algorithm.toLowerCase(Locale.ROOT).endsWith("-sess")) {
            secret = hash(hash, secret + ":" + nonce + ":" + ownNonce);
        }
        boolean qop = asked.hasQop();
        String middle = qop ? nonce + ":" + times + ":" + ownNonce + ":auth" : nonce;
        String response = hash(hash, secret + ":" + middle + ":" + hash(hash, method + ":" + target));
        return "Digest username=" + quoted(user) + ", realm=" + quoted(realm) + ", nonce=" + quoted(nonce) + ", uri="
                + quoted(target) + ", response=\"" + response + "\""
                + (algorithm.isEmpty() ? "" : ", algorithm=" + algorithm)
                + (qop ? ", qop=auth, nc=" + times + ", cnonce=\"" + ownNonce + "\"" : "")
                + (asked.value("opaque").isEmpty() ? "" : ", opaque=" + quoted(asked.value("opaque")));
    }

    private static MessageDigest hash(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no " + name, e);
        }
    }

    private static String hash(MessageDigest hash, String text) {
        return HexFormat.of().formatHex(hash.digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
