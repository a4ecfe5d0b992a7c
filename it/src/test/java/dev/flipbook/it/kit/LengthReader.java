package dev.flipbook.it.kit;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Queue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a stream as clients do that rely on lengths alone, such as Mainsail, a page for 3D printers. A picture begins
 * where one read contains an SOI, has the length of the {@code Content-Length} before it, and is shown when one more
 * byte has come. For one thread.
 */
public final class LengthReader {

    private static final Pattern LENGTH = Pattern.compile("content-length:\\s*(\\d+)");

    private final RawConnection connection;
    private final StringBuilder between = new StringBuilder();
    private final Queue<byte[]> shown = new ArrayDeque<>();
    private byte[] picture = new byte[0];
    private int filled;

    /** A reader of a connection that has sent its request and of which nothing has been read. */
    public LengthReader(RawConnection connection) {
        this.connection = connection;
    }

    /**
     * The next picture that such a client shows.
     *
     * @throws IOException when a picture has no length
     */
    public byte[] next() throws IOException {
        while (shown.isEmpty()) {
            byte[] read = connection.readOnce();
            if (read.length == 0) {
                throw new IOException("the response has ended");
            }
            take(read);
        }
        return shown.remove();
    }

    private void take(byte[] read) throws IOException {
        for (int i = 0; i < read.length; i++) {
            if (i + 1 < read.length && read[i] == (byte) 0xFF && read[i + 1] == (byte) 0xD8) {
                picture = new byte[length()];
                filled = 0;
            }
            if (filled < picture.length) {
                picture[filled++] = read[i];
                continue;
            }
            if (picture.length > 0) {
                shown.add(picture);
                picture = new byte[0];
                filled = 0;
                between.setLength(0);
            }
            between.append((char) (read[i] & 0xFF));
        }
    }

    private int length() throws IOException {
        Matcher length = LENGTH.matcher(between.toString().toLowerCase(Locale.ROOT));
        if (!length.find()) {
            throw new IOException("a picture without a length");
        }
        return Integer.parseInt(length.group(1));
    }
}
