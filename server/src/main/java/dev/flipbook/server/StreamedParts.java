package dev.flipbook.server;

import dev.flipbook.mjpeg.Framing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.stream.Collectors;

/**
 * What the generator of replacing content writes to: part after part, each whole and sent at once, with the delimiter right
 * behind it so that a reader knows that it has all.
 *
 * <p>Each method waits while the reader is behind, and throws an {@link IOException} when it has left. For one thread.
 */
public final class StreamedParts {

    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    /** A part up to this size is copied, so that it goes out in one piece with what is around it. */
    private static final int SMALL = 8 << 10;

    private final StreamedResponse.Request request;
    private final StreamedBody body;
    private final String contentType;
    private final String delimiter;
    private final Framing framing;
    private byte[] newest = {};

    StreamedParts(
            StreamedResponse.Request request, StreamedBody body, String contentType, String boundary, Framing framing) {
        this.request = request;
        this.body = body;
        this.contentType = contentType;
        this.delimiter = "--" + boundary;
        this.framing = framing;
    }

    /** Cannot occur in a part but by a chance of one in 62 to the 30th. */
    static String boundary() {
        return new SecureRandom()
                .ints(30, 0, LETTERS.length())
                .mapToObj(i -> LETTERS.substring(i, i + 1))
                .collect(Collectors.joining());
    }

    /** What was asked for. */
    public StreamedResponse.Request request() {
        return request;
    }

    /**
     * Sends the next part.
     *
     * @param content is not to be changed afterwards
     * @throws IllegalArgumentException when it is empty: browsers give up on such a part
     */
    public void send(byte[] content) throws IOException {
        if (content.length == 0) {
            throw new IllegalArgumentException("a part is empty; it takes a byte or more");
        }
        boolean first = newest.length == 0;
        newest = content;
        put(header(content.length, first), content, "\r\n" + delimiter + "\r\n" + openHeader());
        body.flush();
    }

    /** Sends the next part, a text in UTF-8. */
    public void send(String content) throws IOException {
        send(content.getBytes(StandardCharsets.UTF_8));
    }

    /** Runs the generator and ends what it leaves. */
    void run(StreamedResponse.Generator<StreamedParts> generator) throws Exception {
        boolean returned = false;
        try {
            generator.generate(this);
            returned = true;
        } finally {
            if (returned) {
                end();
            } else if (newest.length > 0 && framing == Framing.BROWSER && body.lost() == null) {
                put("", newest, ""); // whose header it has already: a part without content ends an <img> for good
            }
        }
    }

    /** In the browser's framing a part's header is there before the part: the newest comes once more, as at the end of a feed. */
    private void end() throws IOException {
        if (newest.length == 0) {
            body.put(ascii(delimiter + "--\r\n"));
        } else if (framing == Framing.BROWSER) {
            put("", newest, "\r\n" + delimiter + "--\r\n");
        } else {
            put(header(newest.length, false), newest, "\r\n" + delimiter + "--\r\n");
        }
    }

    private String header(int length, boolean first) {
        if (framing == Framing.BROWSER && !first) {
            return "";
        }
        String header = "Content-Type: " + contentType + "\r\nContent-Length: " + length + "\r\n\r\n";
        return first ? delimiter + "\r\n" + header : header;
    }

    /** Browsers show a part only when the header of the next one has come; it has no length, which nobody knows yet. */
    private String openHeader() {
        return framing == Framing.BROWSER ? "Content-Type: " + contentType + "\r\n\r\n" : "";
    }

    private void put(String before, byte[] content, String behind) throws IOException {
        if (content.length > SMALL) {
            body.put(ascii(before));
            body.put(content);
            body.put(ascii(behind));
            return;
        }
        ByteArrayOutputStream part = new ByteArrayOutputStream(before.length() + content.length + behind.length());
        part.writeBytes(ascii(before));
        part.writeBytes(content);
        part.writeBytes(ascii(behind));
        body.put(part.toByteArray());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
