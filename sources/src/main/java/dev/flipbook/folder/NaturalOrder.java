package dev.flipbook.folder;

import java.util.Comparator;

/**
 * The order of file names in which people count: {@code frame2} before {@code frame10}, and upper case beside lower
 * case.
 */
final class NaturalOrder implements Comparator<String> {

    @Override
    public int compare(String one, String other) {
        int i = 0;
        int j = 0;
        while (i < one.length() && j < other.length()) {
            int end = endOfNumber(one, i);
            int otherEnd = endOfNumber(other, j);
            int order = end > i && otherEnd > j
                    ? numbers(one.substring(i, end), other.substring(j, otherEnd))
                    : Character.compare(lower(one.charAt(i)), lower(other.charAt(j)));
            if (order != 0) {
                return order;
            }
            i = Math.max(end, i + 1);
            j = Math.max(otherEnd, j + 1);
        }
        int rest = Integer.compare(one.length() - i, other.length() - j);
        // never 0 for two different names, so that the order is always the same
        return rest != 0 ? rest : one.compareTo(other);
    }

    private static char lower(char letter) {
        return Character.toLowerCase(letter);
    }

    /** Place where the digits from here on end; this place itself when there are none. */
    private static int endOfNumber(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    /**
     * Compares numbers of any length by value. Does not use regular expressions, because a folder may have 100,000
     * names.
     */
    private static int numbers(String one, String other) {
        int i = zeros(one);
        int j = zeros(other);
        int order = Integer.compare(one.length() - i, other.length() - j);
        return order != 0 ? order : one.substring(i).compareTo(other.substring(j));
    }

    private static int zeros(String number) {
        int zeros = 0;
        while (zeros < number.length() && number.charAt(zeros) == '0') {
            zeros++;
        }
        return zeros;
    }
}
