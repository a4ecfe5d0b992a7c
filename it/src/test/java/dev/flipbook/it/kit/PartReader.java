package dev.flipbook.it.kit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a streamed response part by part, and is strict about every byte between the pictures. For one thread.
 */
public final class PartReader {

    /** One part. */
    public static final class Part {

        private final Map<String, String> headers;
        private final byte[] picture;

        private Part(Map<String, String> headers, byte[] picture) {
            this.headers = headers;
            this.picture = picture;
        }

        public Map<String, String> headers() {
            return headers;
        }

        public byte[] picture() {
            return picture;
        }

        /** The number of the picture, see {@link NumberedPicture#numberOf}. */
        public int number() {
            return NumberedPicture.numberOf(picture);
        }
    }

    /** A stream of a type that does not name the boundary still begins with the boundary. */
    private static final Pattern TYPE = Pattern.compile(
            "multipart/(?:x-mixed-replace|mixed); boundary=([A-Za-z0-9]{20,70})|application/octet-stream");

    private final RawConnection connection;
    private final ResponseHead head;
    private final byte[] delimiter;
    private Map<String, String> nextHeaders = Map.of();
    private boolean ended;

    private PartReader(RawConnection connection, ResponseHead head) throws IOException {
        this.connection = connection;
        this.head = head;
        Matcher type = TYPE.matcher(head.header("Content-Type"));
        if (!type.matches()) {
            throw new AssertionError("not a streamed response: " + head);
        }
        String first = connection.line();
        String boundary = Objects.requireNonNullElse(type.group(1), first.replaceFirst("^--", ""));
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.US_ASCII);
        expect("--" + boundary, first);
    }

    /** Reads the response's head and the delimiter line that opens it. */
    public static PartReader on(RawConnection connection) throws IOException {
        ResponseHead head = connection.head();
        if (head.header("Transfer-Encoding").equals("chunked")) {
            connection.readChunks();
        }
        return new PartReader(connection, head);
    }

    /** Sends a request for this address, and reads as {@link #on} does. */
    public static PartReader of(RawConnection connection, String target, String... headers) throws IOException {
        return on(connection.ask("GET", target, headers));
    }

    public ResponseHead head() {
        return head;
    }

    /**
     * The next part, whole, with the delimiter line after it; nothing when the closing delimiter has come.
     *
     * @throws AssertionError when a byte is wrong
     */
    public Optional<Part> next() throws IOException {
        if (ended) {
            return Optional.empty();
        }
        Map<String, String> headers = nextHeaders();
        nextHeaders = Map.of();
        String length = headers.getOrDefault("Content-Length", "");
        byte[] picture = length.isEmpty() ? upToDelimiter() : connection.read(Integer.parseInt(length));
        if (!length.isEmpty()) {
            expect(text(delimiter), text(connection.read(delimiter.length)));
        }
        String end = connection.line();
        ended = end.equals("--");
        if (!ended) {
            expect("", end);
        }
        return Optional.of(new Part(headers, picture));
    }

    /** The headers of the next part, to their end; its picture need not have come. */
    public Map<String, String> nextHeaders() throws IOException {
        if (nextHeaders.isEmpty()) {
            Map<String, String> headers = new LinkedHashMap<>();
            for (String line = connection.line(); !line.isEmpty(); line = connection.line()) {
                int colon = line.indexOf(": ");
                headers.put(line.substring(0, colon), line.substring(colon + 2));
            }
            nextHeaders = headers;
        }
        return nextHeaders;
    }

    /** The next part's number. */
    public int nextNumber() throws IOException {
        return next().orElseThrow(() -> new AssertionError("the response has ended"))
                .number();
    }

    /** Whether the closing delimiter has been read. */
    public boolean ended() {
        return ended;
    }

    private byte[] upToDelimiter() throws IOException {
        ByteArrayOutputStream picture = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < delimiter.length) {
            int next = connection.read();
            picture.write(next);
            // a delimiter's first byte is not in its rest, so that a mismatch can only begin a new one
            matched = next == delimiter[matched] ? matched + 1 : next == delimiter[0] ? 1 : 0;
        }
        byte[] all = picture.toByteArray();
        return Arrays.copyOf(all, all.length - delimiter.length);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static void expect(String expected, String found) {
        if (!expected.equals(found)) {
            throw new AssertionError("expected '" + expected + "' between parts and found '" + found + "'");
        }
    }
}
