package dev.flipbook.folder;

import java.util.Comparator;

/** File names as people count them: {@code frame2} before {@code frame10}, and capitals beside small letters. */
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
        return rest != 0 ? rest : one.compareTo(other); // never 0 for two names, so that the order is always the same
    }

    private static char lower(char letter) {
        return Character.toLowerCase(letter);
    }

    /** Where the digits from there on end; there, when there are none. */
    private static int endOfNumber(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    /** By value, however long they are. No regular expression: a folder may have 100,000 names. */
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
