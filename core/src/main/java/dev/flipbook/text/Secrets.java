package dev.flipbook.text;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Removes secrets from text before it is logged or shown: from addresses, by the static methods, and from the output of
 * a command. For a command, the secrets are the passwords that a user has typed, in every form in which a program may print
 * them, and everything that looks like a password. Immutable.
 */
public final class Secrets {

    private static final String HIDDEN = "***";

    /** Minimum characters of a known secret that is hidden. */
    private static final int MIN_KNOWN = 4;

    /** Up to the last @ of the word, because a password may contain one. */
    private static final Pattern USER_INFO = Pattern.compile("://([^\\s\"'<>]*)@");

    private static final Pattern AUTHORITY_USER_INFO = Pattern.compile("://([^\\s\"'<>/?#]*)@");

    /** The usual names of passwords, in upper or lower case. */
    private static final String NAME =
            "(?i:pass(?:word|wd|phrase)?|pwd|token|secret|api[_-]?key|access[_-]?key|credentials?)";

    private static final Pattern NAMED = Pattern.compile("(" + NAME + "[\"']?\\s*[=:]\\s*[\"']?)([^\\s\"'&;,]+)");

    /** A password in a path, as some cameras have it. */
    private static final Pattern IN_PATH = Pattern.compile("(" + NAME + "=)[^/&;]*");

    /** A login in an address of any kind, but not the form of a login, which our own sentences contain. */
    private static final Pattern TYPED_LOGIN = Pattern.compile("//(?!(?:NAME|USER):PASSWORD@)\\S*@");

    /** An address in a sentence, with the scheme and what follows the login as groups. */
    private static final Pattern ADDRESS =
            Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*://)(?:[^/\\s'\"]*@)?([^?\\s'\"]*)(?:\\?[^\\s'\"]*)?");

    /** Options whose next word is the password. */
    private static final Pattern ASKING = Pattern.compile("--?" + NAME);

    /** Options whose next word has the password after a colon. */
    private static final Set<String> USERS = Set.of("-u", "--user", "--proxy-user", "-U");

    private static final Pattern AUTHORIZATION = Pattern.compile("(?i)((?:authorization|cookie)\\s*[=:]\\s*).*");

    private static final Pattern ESCAPED = Pattern.compile("%[0-9A-F]{2}");

    private static final Pattern BARE_PERCENT = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    private final List<String> values;

    private Secrets(Set<String> values) {
        // the longest first, because one may contain another
        this.values = values.stream()
                .filter(value -> !value.isEmpty())
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /**
     * The path of an address for messages, without its query and without what is named a password in it.
     *
     * @param path with a query or without
     */
    public static String hideInPath(String path) {
        int query = path.indexOf('?');
        return IN_PATH.matcher(query < 0 ? path : path.substring(0, query)).replaceAll("$1" + HIDDEN);
    }

    /**
     * The address without its login and its query. The address may be of any kind, because the kind may be misspelt,
     * and may contain blanks.
     */
    public static String hideInAddress(String address) {
        return address.replaceFirst("(?s)://.*@", "://" + HIDDEN + "@")
                .replaceFirst("(?s)(://[^?]*)\\?.*", "$1?" + HIDDEN);
    }

    /**
     * The sentence with the login removed from each address; a login extends to the last @ of its word. The forms NAME:PASSWORD and
     * USER:PASSWORD in our own sentences are kept.
     */
    public static String withoutLogins(String sentence) {
        return TYPED_LOGIN.matcher(sentence).replaceAll("//");
    }

    /** The text without the logins and the queries of the addresses in it. */
    public static String withoutLoginsAndQueries(String text) {
        return ADDRESS.matcher(text).replaceAll("$1$2");
    }

    /** The secrets in the words of a command, or in an address. */
    public static Secrets in(List<String> words) {
        return in(words, Set.of());
    }

    /**
     * The secrets in the words of a command, and others.
     *
     * @param known texts that are secrets, whatever they look like. Those with fewer than 4 characters are not hidden,
     *     because they would be found in every other word
     */
    public static Secrets in(List<String> words, Set<String> known) {
        Set<String> values = new LinkedHashSet<>();
        known.forEach(value -> addForms(value, value.length() >= MIN_KNOWN, values));
        for (int i = 0; i + 1 < words.size(); i++) {
            String next = words.get(i + 1);
            if (ASKING.matcher(words.get(i)).matches() || (i == 1 && isSshpass(words))) {
                addForms(next, !next.startsWith("-"), values);
            } else if (USERS.contains(words.get(i))) {
                addForms(next.substring(next.indexOf(':') + 1), next.indexOf(':') >= 0, values);
            }
        }
        for (String word : words) {
            for (Pattern pattern : List.of(USER_INFO, AUTHORITY_USER_INFO)) {
                Matcher found = pattern.matcher(word);
                while (found.find()) {
                    String[] user = found.group(1).split(":", 2);
                    addForms(user[user.length - 1], user.length == 2, values);
                }
            }
            Matcher named = NAMED.matcher(word);
            while (named.find()) {
                addForms(named.group(2), true, values);
            }
        }
        return new Secrets(values);
    }

    private static boolean isSshpass(List<String> words) {
        return words.get(0).endsWith("sshpass") && words.get(1).equals("-p");
    }

    /**
     * Adds a value as it was typed, and with and without escapes, because a program may print it in any of these forms.
     */
    private static void addForms(String value, boolean secret, Set<String> values) {
        if (!secret) {
            return; // the name of a user without a password
        }
        String plain = URLDecoder.decode(
                BARE_PERCENT.matcher(value).replaceAll("%25").replace("+", "%2B"), StandardCharsets.UTF_8);
        String escaped = URLEncoder.encode(plain, StandardCharsets.UTF_8);
        values.add(value);
        values.add(plain);
        values.add(escaped);
        values.add(escaped.replace("+", "%20"));
        values.add(inSmallLetters(escaped));
        values.add(inSmallLetters(escaped.replace("+", "%20")));
    }

    /** The text with the letters of its escapes in lower case, and all others unchanged. */
    private static String inSmallLetters(String escaped) {
        return ESCAPED.matcher(escaped).replaceAll(escape -> escape.group().toLowerCase(Locale.ROOT));
    }

    /** The text without the secrets. */
    public String hide(String text) {
        String hidden = text;
        for (String value : values) {
            hidden = hidden.replace(value, HIDDEN);
        }
        hidden = USER_INFO.matcher(hidden).replaceAll("://" + HIDDEN + "@");
        hidden = AUTHORIZATION.matcher(hidden).replaceAll("$1" + HIDDEN);
        return NAMED.matcher(hidden).replaceAll("$1" + HIDDEN);
    }
}
