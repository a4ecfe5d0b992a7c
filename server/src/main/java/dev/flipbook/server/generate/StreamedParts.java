package dev.flipbook.server.generate;

import dev.flipbook.mjpeg.Framing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.stream.Collectors;

/**
 * Writes content that replaces itself: part after part. Each part is sent completely and at once, with the delimiter
 * directly after it, so that the reader knows that the part is complete.
 *
 * <p>Each method waits while the reader is slow, and throws an {@link IOException} if the reader has gone. Used by one
 * thread.
 */
public final class StreamedParts {

    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    /**
     * Maximum size in bytes of a part that is copied, so that it is sent in one write with its header and delimiter.
     */
    private static final int MAX_COPIED = 8 << 10;

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

    /** A boundary of 30 random characters, whose probability of occurring at a given place in a part is 62⁻³⁰. */
    static String boundary() {
        return new SecureRandom()
                .ints(30, 0, LETTERS.length())
                .mapToObj(i -> LETTERS.substring(i, i + 1))
                .collect(Collectors.joining());
    }

    /** The request. */
    public StreamedResponse.Request request() {
        return request;
    }

    /**
     * Sends the next part.
     *
     * @param content must not be changed afterwards
     * @throws IllegalArgumentException if the content is empty, because browsers stop at an empty part
     */
    public void send(byte[] content) throws IOException {
        if (content.length == 0) {
            throw new IllegalArgumentException("a part is empty; it needs at least one byte");
        }
        boolean first = newest.length == 0;
        newest = content;
        put(header(content.length, first), content, "\r\n" + delimiter + "\r\n" + openHeader());
        body.flush();
    }

    /** Sends the next part, as text in UTF-8. */
    public void send(String content) throws IOException {
        send(content.getBytes(StandardCharsets.UTF_8));
    }

    /** Runs the generator, and completes the response after it. */
    void run(StreamedResponse.Generator<StreamedParts> generator) throws Exception {
        boolean returned = false;
        try {
            generator.generate(this);
            returned = true;
        } finally {
            if (returned) {
                end();
            } else if (newest.length > 0 && framing == Framing.BROWSER && body.lost() == null) {
                // The header of this part was sent already, and after a part without content an img shows no further
                // part.
                put("", newest, "");
            }
        }
    }

    /**
     * Ends the response. In the browser's framing the header of the next part has been sent already, so the last part
     * is repeated, as at the end of a feed.
     */
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

    /**
     * The header of the next part. Browsers show a part only after they have seen the header of the next one; that
     * header has no length because the next part is not known yet.
     */
    private String openHeader() {
        return framing == Framing.BROWSER ? "Content-Type: " + contentType + "\r\n\r\n" : "";
    }

    private void put(String before, byte[] content, String behind) throws IOException {
        if (content.length > MAX_COPIED) {
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
