package dev.flipbook.web;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A name and a password as people type them into an address. Some characters end a login there, and have to be written
 * as % and a number.
 */
public final class TypedLogin {

    /** A port or nothing; what stands before it is a host. */
    private static final Pattern PORT = Pattern.compile("\\[.*|[^:]*(?::\\d{0,5})?");

    /** An IPv6 address and its port, which no login looks like. */
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9A-Fa-f:.]+](?::\\d{0,5})?");

    private TypedLogin() {}

    /**
     * Whether a password in this address seems to be cut off by one of its characters, because an @ follows later.
     * Returns a sentence about that, which begins with "has" and repeats nothing else of the address; empty if the
     * login seems to be complete. An @ in a path or a query is usual. No address of pictures has a fragment, so a #
     * before an @ always counts.
     */
    public static Optional<String> cutOff(String address) {
        int begin = address.indexOf("://") + 3;
        int mark = begin;
        while (mark < address.length() && "/?#".indexOf(address.charAt(mark)) < 0) {
            mark++;
        }
        int at = address.lastIndexOf('@');
        if (begin < 3 || at < mark || !isCutOff(address.substring(begin, mark), address.substring(mark, at))) {
            return Optional.empty();
        }
        char typed = address.charAt(mark);
        return Optional.of("has a " + typed + " before its @; in a password " + typed + " is written "
                + String.format("%%%02X", (int) typed) + ", and an @ elsewhere %40");
    }

    /**
     * Whether the login continues after the character that seems to end it.
     *
     * @param before what would be a host and its port, with a login or without
     * @param after the text from that character to the last @
     */
    private static boolean isCutOff(String before, String after) {
        if (IPV6.matcher(before).matches()) {
            return after.charAt(0) == '#';
        }
        boolean login = before.indexOf('@') < 0 && !PORT.matcher(before).matches();
        return switch (after.charAt(0)) {
            case '#' -> true;
            case '?' -> login || (before.matches(".*[:@].*") && after.indexOf('=') < 0);
            default ->
                login || (before.matches("[^@]*:[^@]*") && after.substring(1).matches("[^/?]+"));
        };
    }
}
