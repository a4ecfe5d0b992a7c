package dev.flipbook.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes text that a peer, a device or a file has chosen fit for a log line, a terminal and a sentence. */
public final class PlainText {

    /**
     * Characters that could move a terminal's cursor, reverse its direction of writing, be invisible, or begin a line
     * that looks like one of ours: all control and format characters of Unicode and not only of ASCII, its two further
     * line ends, and halves of surrogate pairs.
     */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\u2028\\u2029]+");

    private PlainText() {}

    /**
     * The text on one line.
     *
     * @param instead replaces each run of characters that cannot be printed
     */
    public static String line(String text, String instead) {
        return UNPRINTABLE.matcher(text).replaceAll(Matcher.quoteReplacement(instead));
    }

    /**
     * The text on one line, cut to a maximum length between two code points, with an ellipsis at the end.
     *
     * @param instead replaces each run of characters that cannot be printed
     * @param longest maximum number of characters, including the ellipsis
     */
    public static String line(String text, String instead, int longest) {
        String line = line(text, instead);
        if (line.length() <= longest) {
            return line;
        }
        int end = longest - 1;
        return line.substring(0, Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
