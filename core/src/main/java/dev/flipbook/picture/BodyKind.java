package dev.flipbook.picture;

import dev.flipbook.mjpeg.MultipartReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * What a body or a stream consists of. The kind is recognised by the first bytes. The content type is used only to
 * decide between one picture and many, and when the bytes leave the question open.
 */
public enum BodyKind {
    /** Parts with delimiters between them, with one picture in each. */
    MULTIPART,
    /** JPEGs or PNGs, one after another. */
    BACK_TO_BACK,
    /** Plain pixels with a header before each picture. */
    Y4M,
    /** One picture. */
    PICTURE,
    /** The first bytes do not look like pictures. */
    UNKNOWN;

    /** Number of bytes that are enough to recognise every kind. */
    private static final int HEAD = 16;

    /** Maximum bytes before the first picture or delimiter: blank lines, or a sentence. */
    private static final int MAX_BEFORE = 4096;

    /** The beginning of JSON, after which no pictures come. */
    private static final Pattern JSON = Pattern.compile("\\s*(\\{|\\[\\s*[\\[{\"])");

    /** A delimiter followed by a header or a blank line, anywhere in a text. */
    private static final Pattern DELIMITER = Pattern.compile("(?m)^--[^\\s>-][^\\r\\n]*\\r?\\n([A-Za-z-]+ *:|\\r?\\n)");

    /**
     * Reads only as much of the beginning as is needed to recognise the kind.
     *
     * @return the bytes; fewer than 16 only if the body is shorter than that
     * @throws IOException when the body cannot be read
     */
    public static byte[] beginning(InputStream in) throws IOException {
        byte[] all = in.readNBytes(HEAD);
        boolean more = all.length == HEAD;
        while (more && all.length < MAX_BEFORE && mayBeBeforeIt(all)) {
            byte[] next = in.readNBytes(HEAD);
            all = Arrays.copyOf(all, all.length + next.length);
            System.arraycopy(next, 0, all, all.length - next.length, next.length);
            more = next.length == HEAD;
        }
        return all;
    }

    /** Whether these bytes prove nothing yet, and may stand before pictures. */
    static boolean mayBeBeforeIt(byte[] first) {
        String text = new String(first, StandardCharsets.ISO_8859_1);
        boolean page = text.stripLeading().startsWith("<") || JSON.matcher(text).lookingAt();
        boolean other = page || StreamKind.of(first, first.length) != StreamKind.UNKNOWN;
        return !other && of(first, "", -1) == UNKNOWN && (blanks(first) > first.length - HEAD || isText(text));
    }

    private static boolean isText(String text) {
        return beginning(text).length() == text.length();
    }

    /** The text up to the first character that people cannot read. */
    private static String beginning(String bytes) {
        int end = 0;
        while (end < bytes.length() && isReadable(bytes.charAt(end))) {
            end++;
        }
        return bytes.substring(0, end);
    }

    private static boolean isReadable(char letter) {
        return (letter >= ' ' && letter < 0x7F) || letter == '\r' || letter == '\n' || letter == '\t';
    }

    /**
     * The kind of a body.
     *
     * @param first its first bytes, see {@link #beginning}
     * @param contentType as HTTP says; empty when unknown
     * @param length in bytes, as HTTP says; -1 when unknown
     */
    public static BodyKind of(byte[] first, String contentType, long length) {
        int blanks = ContentKind.of(ByteBuffer.wrap(first)) == ContentKind.OTHER ? blanks(first) : 0;
        String text = new String(first, blanks, first.length - blanks, StandardCharsets.ISO_8859_1);
        if (text.startsWith(Y4mSplitter.MAGIC)) {
            return Y4M;
        }
        if (MultipartReader.begins(text)) {
            return MULTIPART;
        }
        ContentKind kind = ContentKind.of(ByteBuffer.wrap(first, blanks, first.length - blanks));
        if (kind == ContentKind.JPEG || kind == ContentKind.PNG) {
            return length >= 0 && isImage(contentType) ? PICTURE : BACK_TO_BACK;
        }
        if (kind != ContentKind.OTHER) {
            return PICTURE;
        }
        boolean delimited = DELIMITER.matcher(beginning(text)).find();
        return delimited || MultipartReader.isMultipart(contentType) ? MULTIPART : UNKNOWN;
    }

    private static boolean isImage(String contentType) {
        return contentType.stripLeading().regionMatches(true, 0, "image/", 0, "image/".length());
    }

    /** Whether this content type is one of many pictures that follow each other in time. */
    static boolean isVideo(String contentType) {
        return contentType.stripLeading().regionMatches(true, 0, "video/", 0, "video/".length());
    }

    private static int blanks(byte[] first) {
        int count = 0;
        while (count < first.length && ContentKind.isBlank(first[count])) {
            count++;
        }
        return count;
    }
}
