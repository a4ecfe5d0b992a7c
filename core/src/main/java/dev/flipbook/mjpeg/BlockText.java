package dev.flipbook.mjpeg;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The text around the pictures of one feed: delimiter lines and part headers. The text is made once, so that a frame
 * only adds its two numbers. Immutable.
 */
public final class BlockText {

    private static final byte[] TIMESTAMP = ascii("\r\nX-Timestamp: ");
    private static final byte[] BLANK = ascii("\r\n\r\n");
    private static final byte[] END = ascii("--\r\n");
    /** Maximum characters of a number: the digits of a long, a point and a zero. */
    private static final int NUMBER = 24;

    /** From the opening delimiter to the place of the length. */
    private final byte[] opening;

    private final byte[] delimiter;
    /** From the end of a delimiter to the end of the next part's header, which has no length. */
    private final byte[] next;
    // length of the opening delimiter with its line end
    private final int headerStart;

    /**
     * The text of one feed.
     *
     * @param contentType content type of the pictures
     * @param boundary text between the parts, without leading dashes
     */
    public BlockText(String contentType, String boundary) {
        String line = "--" + boundary;
        String type = "Content-Type: " + contentType + "\r\n";
        headerStart = line.length() + 2;
        opening = ascii(line + "\r\n" + type + "Content-Length: ");
        delimiter = ascii("\r\n" + line);
        next = ascii("\r\n" + type + "\r\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Maximum bytes of all text around one picture. */
    int size() {
        return opening.length + TIMESTAMP.length + BLANK.length + delimiter.length + next.length + 2 * NUMBER;
    }

    /**
     * Writes the text before a picture. Returns the place where the part's header begins.
     *
     * @param unixMicros when the picture was taken, in microseconds since 1970; 0 or later
     */
    int open(ByteBuffer out, int pictureSize, long unixMicros) {
        int start = out.position() + headerStart;
        out.put(opening);
        decimal(out, pictureSize, digits(pictureSize));
        out.put(TIMESTAMP);
        // seconds with six decimals: the form that clients of older MJPEG servers read
        long seconds = unixMicros / 1_000_000;
        decimal(out, seconds, digits(seconds));
        out.put((byte) '.');
        decimal(out, unixMicros % 1_000_000, 6);
        out.put(BLANK);
        return start;
    }

    /** Writes the text after a picture. Returns the place where the delimiter line ends. */
    int close(ByteBuffer out, boolean last) {
        out.put(delimiter);
        if (last) {
            return out.put(END).position();
        }
        int lineEnd = out.position() + 2;
        out.put(next);
        return lineEnd;
    }

    /** Number of decimal digits of a number that is not negative. */
    private static int digits(long number) {
        int digits = 1;
        for (long left = number / 10; left > 0; left /= 10) {
            digits++;
        }
        return digits;
    }

    /** Writes a number without making a String, because this runs for each frame. */
    private static void decimal(ByteBuffer out, long number, int digits) {
        int end = out.position() + digits;
        long left = number;
        for (int at = end - 1; at >= end - digits; at--) {
            out.put(at, (byte) ('0' + left % 10));
            left /= 10;
        }
        out.position(end);
    }
}
