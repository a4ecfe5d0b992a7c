package dev.flipbook.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One scheme by which a server asks for user and password. Immutable.
 *
 * @param scheme in lower case: {@code basic}, {@code digest}
 * @param values by their names in lower case
 */
record HttpChallenge(String scheme, Map<String, String> values) {

    /** Maximum length of a header; a longer one asks for nothing that could be answered. */
    private static final int MAX_LENGTH = 4096;

    /** A scheme, or a name with its value, quoted or not. */
    private static final Pattern PIECE = Pattern.compile(
            "[\\s,]*+([A-Za-z0-9!#$&'*+.^_`|~/-]++)(?:\\s*+=\\s*+(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|([^\\s,\"]*+)))?");

    HttpChallenge {
        values = Map.copyOf(values);
    }

    /**
     * The scheme in these {@code WWW-Authenticate} headers that reveals least to eavesdroppers; null when none is
     * supported.
     */
    static @Nullable HttpChallenge best(List<String> headers) {
        return headers.stream()
                .flatMap(header -> all(header).stream())
                .filter(one -> one.strength() > 0)
                .max(Comparator.comparingInt(HttpChallenge::strength))
                .orElse(null);
    }

    private static List<HttpChallenge> all(String header) {
        List<HttpChallenge> all = new ArrayList<>();
        String scheme = "";
        Map<String, String> values = new HashMap<>();
        Matcher piece = PIECE.matcher(header.length() > MAX_LENGTH ? "" : header);
        while (piece.lookingAt()) {
            String name = piece.group(1).toLowerCase(Locale.ROOT);
            if (piece.group(2) != null) {
                values.put(name, piece.group(2).replaceAll("\\\\(.)", "$1"));
            } else if (piece.group(3) != null) {
                values.put(name, piece.group(3));
            } else {
                all.add(new HttpChallenge(scheme, values));
                scheme = name;
                values.clear();
            }
            piece.region(piece.end(), piece.regionEnd());
        }
        all.add(new HttpChallenge(scheme, values));
        return all;
    }

    /** Strength of the scheme; 0 when it is not supported. */
    private int strength() {
        if (scheme.equals("basic")) {
            return 1;
        }
        boolean auth = !hasQop()
                || Arrays.asList(value("qop").toLowerCase(Locale.ROOT).split("[\\s,]+"))
                        .contains("auth");
        if (!isDigest() || value("nonce").isEmpty() || !auth) {
            return 0;
        }
        return switch (value("algorithm").toLowerCase(Locale.ROOT)) {
            case "", "md5", "md5-sess" -> 2;
            case "sha-256", "sha-256-sess" -> 3;
            default -> 0;
        };
    }

    boolean isDigest() {
        return scheme.equals("digest");
    }

    boolean hasQop() {
        return !value("qop").isEmpty();
    }

    /** Whether the password was right, and only the nonce was too old. */
    boolean stale() {
        return value("stale").equalsIgnoreCase("true");
    }

    /** Java's name of the hash algorithm. */
    String hash() {
        return value("algorithm").toLowerCase(Locale.ROOT).startsWith("sha-256") ? "SHA-256" : "MD5";
    }

    /** The value with this name in lower case; empty when there is none. */
    String value(String name) {
        return values.getOrDefault(name, "");
    }
}
