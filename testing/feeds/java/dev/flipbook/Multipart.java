package dev.flipbook;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A multipart response, parsed strictly: every byte that does not follow the grammar throws.
 *
 * @param headers of each part, the last one of which may wait for its picture
 * @param pictures the whole pictures
 * @param ended whether the response ends with the closing delimiter
 */
public record Multipart(List<String> headers, List<byte[]> pictures, boolean ended) {

    public static Multipart read(byte[] bytes, String boundary) {
        List<String> headers = new ArrayList<>();
        List<byte[]> pictures = new ArrayList<>();
        if (bytes.length == 0) {
            return new Multipart(headers, pictures, false);
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        String delimiter = "--" + boundary;
        int at = expect(text, 0, delimiter + "\r\n");
        while (at < bytes.length) {
            int blank = text.indexOf("\r\n\r\n", at);
            String header = text.substring(at, blank + 2);
            headers.add(header);
            at = blank + 4;
            if (at == bytes.length) {
                break;
            }
            int length = header.indexOf("Content-Length: ");
            int end = length < 0
                    ? text.indexOf("\r\n" + delimiter, at)
                    : at + Integer.parseInt(header.substring(length + 16, header.indexOf('\r', length)));
            pictures.add(Arrays.copyOfRange(bytes, at, end));
            at = expect(text, end, "\r\n" + delimiter);
            if (text.startsWith("--", at)) {
                if (expect(text, at, "--\r\n") != bytes.length) {
                    throw new AssertionError("bytes behind the closing delimiter");
                }
                return new Multipart(headers, pictures, true);
            }
            at = expect(text, at, "\r\n");
        }
        return new Multipart(headers, pictures, false);
    }

    private static int expect(String text, int at, String expected) {
        if (!text.startsWith(expected, at)) {
            throw new AssertionError("at byte " + at + " of " + text.length() + " there is not '" + expected + "'");
        }
        return at + expected.length();
    }
}
