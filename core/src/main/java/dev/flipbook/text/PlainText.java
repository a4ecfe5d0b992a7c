package dev.flipbook.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text that a peer, a device or a file has chosen, made fit for a log line, a terminal and a sentence. */
public final class PlainText {

    /**
     * What could move a terminal's cursor, turn its writing round, hide in it, or begin a line that is not ours: all
     * control and format characters of Unicode, not those of ASCII alone, its two further line ends, and halves of a
     * surrogate pair.
     */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\u2028\\u2029]+");

    private PlainText() {}

    /** The text on one line; {@code instead} stands for each run of characters that cannot be printed. */
    public static String line(String text, String instead) {
        return UNPRINTABLE.matcher(text).replaceAll(Matcher.quoteReplacement(instead));
    }

    /** The same, cut to so many characters: between two code points, and ended by an ellipsis. */
    public static String line(String text, String instead, int longest) {
        String line = line(text, instead);
        if (line.length() <= longest) {
            return line;
        }
        int end = longest - 1;
        return line.substring(0, Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
