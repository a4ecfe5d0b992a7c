package dev.flipbook.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The answer of a web server.
 *
 * @param status 200 to 999
 * @param headers all values by their names in lower case
 * @param length of the body in bytes; -1 when it ends with the connection, or comes in chunks
 * @param body without the lengths of chunks
 */
record HttpAnswer(int status, Map<String, List<String>> headers, long length, InputStream body) {

    /** Maximum bytes of all header lines together. Servers send about 300 bytes and some cookies. */
    static final int MAX_HEAD = 64 << 10;

    private static final Pattern STATUS = Pattern.compile("(?:HTTP/\\d\\.\\d|ICY) +(\\d{3})(?: .*)?");

    /**
     * Reads an answer up to its body.
     *
     * @param head stream from which the lines are read
     * @param rest stream with the same bytes, from which the body is read
     * @throws EOFException when the answer ends before its body
     * @throws IOException when the answer is not one of a web server, or too long
     */
    static HttpAnswer read(InputStream head, InputStream rest) throws IOException {
        Lines lines = new Lines(head);
        int status;
        Map<String, List<String>> headers;
        do {
            status = status(lines.next());
            headers = headers(lines);
        } while (status < 200); // an interim answer; the final one follows
        long length = length(headers);
        boolean chunked = String.join(",", headers.getOrDefault("transfer-encoding", List.of()))
                .toLowerCase(Locale.ROOT)
                .endsWith("chunked");
        InputStream body = chunked ? HttpBody.chunked(rest) : length >= 0 ? HttpBody.counted(rest, length) : rest;
        return new HttpAnswer(status, headers, chunked ? -1 : length, body);
    }

    private static int status(String line) throws IOException {
        Matcher status = STATUS.matcher(line);
        if (!status.matches()) {
            throw new IOException("the answer is not from a web server: it does not begin with HTTP");
        }
        return Integer.parseInt(status.group(1));
    }

    private static Map<String, List<String>> headers(Lines lines) throws IOException {
        Map<String, List<String>> headers = new HashMap<>();
        for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
                headers.computeIfAbsent(name, key -> new ArrayList<>())
                        .add(line.substring(colon + 1).strip());
            }
        }
        return headers;
    }

    private static long length(Map<String, List<String>> headers) throws IOException {
        List<String> values = headers.getOrDefault("content-length", List.of("-1"));
        try {
            return Math.max(-1, Long.parseLong(values.get(0)));
        } catch (NumberFormatException e) {
            throw new IOException("the answer's Content-Length is not a possible number", e);
        }
    }

    /** The first value of a header, by its name in lower case; empty when there is none. */
    String value(String name) {
        return headers.getOrDefault(name, List.of("")).get(0);
    }

    List<String> values(String name) {
        return headers.getOrDefault(name, List.of());
    }

    /** Whether the answer sends the client to another address. */
    boolean isRedirect() {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> !value("location").isEmpty();
            default -> false;
        };
    }

    /** Reads lines of Latin-1 text, which end with CRLF or LF. */
    private static final class Lines {
        private final InputStream in;
        private int left = MAX_HEAD;

        Lines(InputStream in) {
            this.in = in;
        }

        String next() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new EOFException("the answer ends within its head");
                }
                if (left-- == 0) {
                    throw new IOException("the answer's head has more than " + MAX_HEAD + " bytes");
                }
                line.append((char) next);
            }
            return line.toString().stripTrailing();
        }
    }
}
