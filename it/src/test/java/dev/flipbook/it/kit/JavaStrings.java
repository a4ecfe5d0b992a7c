package dev.flipbook.it.kit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The texts that a Java source puts together. Strings that are joined by {@code +} are one text, and every other operand
 * is {@value #VARIES} in that text. A string within such an operand is a text of its own. Comments, characters and text
 * blocks are left out.
 */
public final class JavaStrings {

    /** Stands in a text for a part that is known only when the program runs. */
    public static final String VARIES = "…";

    /** A text block, a string with its content in group 1, a character, or a comment, which is group 2. */
    private static final Pattern TOKEN = Pattern.compile("\"\"\"(?s:.*?)\"\"\"|\"((?:\\\\.|[^\"\\\\\\n])*+)\""
            + "|'(?:\\\\.|[^'\\\\\\n])*+'|(/\\*(?s:.*?)\\*/|//[^\\n]*+)");

    private final String code;
    private final List<String> texts = new ArrayList<>();

    private JavaStrings(String code) {
        this.code = code;
    }

    /** The texts of this source, in the order in which they end. */
    public static List<String> of(String source) {
        String code = TOKEN.matcher(source)
                .replaceAll(token -> Matcher.quoteReplacement(token.group(2) == null ? token.group() : " "));
        JavaStrings strings = new JavaStrings(code);
        strings.scan(0, code.length());
        return strings.texts;
    }

    private void scan(int from, int to) {
        Matcher token = TOKEN.matcher(code).region(from, to);
        while (token.find()) {
            token.region(token.group(1) == null ? token.end() : join(token.start()), to);
        }
    }

    /** Adds the text that begins with the string at this place, and returns where the text ends. */
    private int join(int start) {
        StringBuilder text = new StringBuilder(follows(start, '+') ? VARIES : "");
        int end;
        int next = start;
        do {
            Matcher string = tokenAt(next);
            if (string.lookingAt() && string.group(1) != null) {
                text.append(string.group(1));
                end = string.end();
            } else {
                end = endOfOperand(next);
                scan(next, end);
                text.append(VARIES);
            }
            next = afterBlanks(end);
        } while (code.charAt(next) == '+' && (next = afterBlanks(next + 1)) > 0);
        texts.add(text.toString().replaceAll(VARIES + "+", VARIES));
        return end;
    }

    private Matcher tokenAt(int place) {
        return TOKEN.matcher(code).region(place, code.length());
    }

    /** Whether this character is the last one before this place, apart from blanks. */
    private boolean follows(int place, char character) {
        int before = place - 1;
        while (Character.isWhitespace(code.charAt(before))) {
            before--;
        }
        return code.charAt(before) == character;
    }

    private int afterBlanks(int place) {
        int after = place;
        while (Character.isWhitespace(code.charAt(after))) {
            after++;
        }
        return after;
    }

    /** Where the operand that begins at this place ends: at the next operator or separator outside of its brackets. */
    private int endOfOperand(int start) {
        int depth = 0;
        for (int i = start; ; i++) {
            Matcher token = tokenAt(i);
            if (token.lookingAt()) {
                i = token.end() - 1;
            } else if ("([{".indexOf(code.charAt(i)) >= 0) {
                depth++;
            } else if (")]}".indexOf(code.charAt(i)) >= 0) {
                if (depth-- == 0) {
                    return i;
                }
            } else if (depth == 0 && "+,;?:".indexOf(code.charAt(i)) >= 0) {
                return i;
            }
        }
    }
}
