package dev.flipbook.mjpeg;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The header lines of the part at which a {@link MultipartReader} is. The next part's lines replace them, so a receiver
 * copies what it needs longer. Confined to the thread that feeds the reader.
 */
public final class PartHeader {

    /** Maximum bytes of all lines of one part together. The longest header of a known server has about 700 bytes. */
    static final int MAX_BYTES = 8 << 10;

    // Each line has a line feed at its end, and no carriage return.
    private byte[] text = new byte[256];
    private int length;
    // where the line begins that is being read
    private int lineStart;

    PartHeader() {}

    /**
     * The value of the header with this name, without the blanks around it; empty when there is none. Each character is
     * one byte (ISO 8859-1).
     *
     * @param name in any case
     */
    public String value(String name) {
        int at = valueStart(name);
        if (at < 0) {
            return "";
        }
        int end = at;
        while (text[end] != '\n') {
            end++;
        }
        return new String(text, at, end - at, StandardCharsets.ISO_8859_1).strip();
    }

    /**
     * The part's {@code Content-Length} in bytes; -1 when there is none or it is not a number. Values above
     * 2,147,483,647 are returned as that number.
     */
    public long contentLength() {
        int at = valueStart("content-length");
        if (at < 0) {
            return -1;
        }
        while (text[at] == ' ' || text[at] == '\t') {
            at++;
        }
        long value = 0;
        int digits = 0;
        for (; text[at] >= '0' && text[at] <= '9'; at++, digits++) {
            value = Math.min(value * 10 + (text[at] - '0'), Integer.MAX_VALUE);
        }
        return digits > 0 && text[at] == '\n' ? value : -1; // no blanks end a line here
    }

    /** Place where the value of this header begins, or -1. */
    private int valueStart(String name) {
        int line = 0;
        while (line < length) {
            int at = line;
            while (at - line < name.length() && lower(text[at]) == lower((byte) name.charAt(at - line))) {
                at++;
            }
            boolean named = at - line == name.length();
            while (named && (text[at] == ' ' || text[at] == '\t')) {
                at++;
            }
            if (named && text[at] == ':') {
                return at + 1;
            }
            while (text[at] != '\n') {
                at++;
            }
            line = at + 1;
        }
        return -1;
    }

    /** The letter in lower case, without the JDK's rules for other alphabets. */
    private static int lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }

    /** Forgets all lines; the next part begins. */
    void clear() {
        length = 0;
        lineStart = 0;
    }

    /** Bytes of the complete lines and of the line that is being read. */
    int length() {
        return length;
    }

    /**
     * Adds a byte to the line that is being read.
     *
     * @throws IOException when the lines are longer than {@link #MAX_BYTES} together
     */
    void add(byte next) throws IOException {
        if (length == MAX_BYTES) {
            throw new IOException("a part's header has more than " + MAX_BYTES + " bytes, or is not a header");
        }
        if (length == text.length) {
            text = Arrays.copyOf(text, Math.min(2 * length, MAX_BYTES));
        }
        text[length++] = next;
    }

    /** Whether the next byte begins a line. */
    boolean isAtLineStart() {
        return length == lineStart;
    }

    /** Ends the line. Returns whether it is blank; a blank line is not kept. */
    boolean endLine() throws IOException {
        int end = length;
        while (end > lineStart && (text[end - 1] == '\r' || text[end - 1] == ' ' || text[end - 1] == '\t')) {
            end--;
        }
        length = end;
        if (end == lineStart) {
            return true;
        }
        add((byte) '\n');
        lineStart = length;
        return false;
    }

    /** The first line without its end. */
    String firstLine() {
        return new String(text, 0, Math.max(0, length - 1), StandardCharsets.ISO_8859_1);
    }

    /** Whether the first line consists of these bytes followed by this ending. */
    boolean firstLineIs(byte[] bytes, String ending) {
        int size = bytes.length + ending.length();
        if (length != size + 1 || !Arrays.equals(text, 0, bytes.length, bytes, 0, bytes.length)) {
            return false;
        }
        for (int i = 0; i < ending.length(); i++) {
            if (text[bytes.length + i] != ending.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
