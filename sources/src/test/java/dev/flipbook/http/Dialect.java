package dev.flipbook.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How servers write an MJPEG stream: by the standard, and in the ways that occur in practice. */
public enum Dialect {
    PROPER("multipart/x-mixed-replace; boundary=frame", "--frame", "Content-Length: %d", 0),
    WITHOUT_LENGTHS("multipart/x-mixed-replace; boundary=frame", "--frame", "X-Nothing: %d", 0),
    PADDED_LENGTHS("multipart/x-mixed-replace; boundary=frame", "--frame", "Content-Length: %9d", 0),
    LOWER_CASE("multipart/x-mixed-replace;boundary=frame", "--frame", "content-length:%d", 0),
    LENGTHS_TOO_SHORT("multipart/x-mixed-replace; boundary=frame", "--frame", "Content-Length: %d", -20),
    LENGTHS_TOO_LONG("multipart/x-mixed-replace; boundary=frame", "--frame", "Content-Length: %d", 100),
    LENGTHS_OF_NOTHING("multipart/x-mixed-replace; boundary=frame", "--frame", "Content-Length: %d", -1_000_000),
    LENGTHS_WITH_THE_LINE_END("multipart/x-mixed-replace; boundary=frame", "--frame", "Content-Length: %d", 2),
    QUOTED_BOUNDARY("multipart/x-mixed-replace; boundary=\"frame\"", "--frame", "Content-Length: %d", 0),
    DASHES_IN_THE_PARAMETER("multipart/x-mixed-replace; boundary=--frame", "--frame", "Content-Length: %d", 0),
    DASHES_DOUBLED("multipart/x-mixed-replace; boundary=--frame", "----frame", "X-Nothing: %d", 0),
    QUOTED_WITH_DASHES("multipart/x-mixed-replace; boundary=\"--frame\"", "--frame", "X-Nothing: %d", 0),
    NO_DASHES_AT_ALL("multipart/x-mixed-replace; boundary=frame", "frame", "Content-Length: %d", 0),
    REGULAR_EXPRESSION("multipart/x-mixed-replace; boundary=a.*+?[(b)|]$^{2}", "--a.*+?[(b)|]$^{2}", "X-N: %d", 0),
    OTHER_BOUNDARY("multipart/x-mixed-replace; boundary=other", "--frame", "X-Nothing: %d", 0),
    NO_PARAMETER("multipart/x-mixed-replace", "--frame", "X-Nothing: %d", 0),
    LINE_FEEDS_ALONE("multipart/x-mixed-replace; boundary=frame", "--frame", "Content-Length: %d", 0),
    LINE_FEEDS_WITHOUT_LENGTHS("multipart/x-mixed-replace; boundary=frame", "--frame", "X-Nothing: %d", 0),
    NO_FIRST_DELIMITER("multipart/x-mixed-replace; boundary=frame", "--frame", "Content-Length: %d", 0),
    NO_LINE_END_BEHIND_PICTURES("multipart/x-mixed-replace; boundary=frame", "--frame", "Content-Length: %d", 0),
    MIXED("multipart/mixed; boundary=frame", "--frame", "X-Nothing: %d", 0),
    RELATED("multipart/related;type=\"image/jpeg\";boundary=frame", "--frame", "Content-Length: %d", 0),
    LENGTHS_OF_ZERO_IN_A_MIXED("multipart/mixed", "--frame", "Content-Length: %d", -1_000_000),
    NAMED_A_PICTURE("image/jpeg", "--frame", "X-Nothing: %d", 0),
    UNNAMED("", "--frame", "Content-Length: %d", 0),
    MISNAMED("text/plain", "--frame", "X-Nothing: %d", 0),
    BACK_TO_BACK("video/x-motion-jpeg", "", "", 0),
    BACK_TO_BACK_NAMED_MULTIPART("multipart/x-mixed-replace; boundary=frame", "", "", 0),
    BACK_TO_BACK_UNNAMED("application/octet-stream", "", "", 0);

    private final String contentType;
    private final String delimiter;
    private final String length;
    private final int more;

    Dialect(String contentType, String delimiter, String length, int more) {
        this.contentType = contentType;
        this.delimiter = delimiter;
        this.length = length;
        this.more = more;
    }

    /** The answer's head. */
    public String head() {
        return "HTTP/1.0 200 OK\r\n" + (contentType.isEmpty() ? "" : "Content-Type: " + contentType + "\r\n") + "\r\n";
    }

    /** The answer's body with these pictures. More pictures may follow. */
    public byte[] body(List<byte[]> pictures) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (delimiter.isEmpty()) {
            pictures.forEach(out::writeBytes);
            return out.toByteArray();
        }
        String lineEnd = name().startsWith("LINE_FEEDS") ? "\n" : "\r\n";
        if (this != NO_FIRST_DELIMITER) {
            text(out, delimiter + lineEnd);
        }
        for (byte[] picture : pictures) {
            String header = String.format(length, Math.max(0, picture.length + more));
            text(out, "Content-Type: image/jpeg" + lineEnd + header + lineEnd + lineEnd);
            out.writeBytes(picture);
            text(out, (this == NO_LINE_END_BEHIND_PICTURES ? "" : lineEnd) + delimiter + lineEnd);
        }
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
