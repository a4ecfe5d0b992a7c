package dev.flipbook.mjpeg;

import dev.flipbook.jpeg.ByteSearch;
import dev.flipbook.jpeg.Jpeg;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A parser of multipart bodies, which takes bytes in pieces of any size as they arrive and passes on the content of the
 * parts. This parser is more tolerant than the standard, because cameras and scripts send what works in one browser.
 * Nothing of a part's content is copied or kept.
 *
 * <p><b>Where a part ends.</b> This is the difficult question, and there are three answers, from the surest to the
 * least sure:
 *
 * <ul>
 *   <li>The receiver sees that the picture in the part has ended ({@link Parts#surplus}). A wrong length does not
 *       matter then.
 *   <li>Else a part with a {@code Content-Length} ends after that many bytes. If no delimiter follows, the length was
 *       wrong: the reader goes on at the next delimiter, and ignores all further lengths of this body. The content that
 *       it has passed on may be a piece of a picture, or more than one.
 *   <li>Else the part ends at the next delimiter line. The bytes that may begin one are held back until it is clear.
 * </ul>
 *
 * <p>A length of 0 before content is ignored, and so is one after which the receiver says that a picture
 * {@linkplain Parts#isCut has not ended}.
 *
 * <p><b>What is tolerated:</b>
 *
 * <ul>
 *   <li>The first delimiter line decides what delimiters look like. The {@code boundary} parameter may be quoted or
 *       not, contain the leading dashes or not, differ from the delimiters, or be missing.
 *   <li>A closing delimiter may follow each part. What comes after it is skipped up to the next delimiter.
 *   <li>Lines end with CRLF or LF. Lengths may be padded, and header names be in any case. Blank lines may stand
 *       between parts. The first delimiter may be missing, as may the blank line after a header.
 * </ul>
 *
 * <p><b>Limits.</b> A part, and what lies between parts, has at most {@link #MAX_PART_BYTES}; a part's header lines
 * together at most 8 KiB. No input makes the reader keep more than the header and one possible delimiter.
 *
 * <p><b>States.</b> {@code PREAMBLE} before the first delimiter and {@code HEADER} in header lines read lines.
 * {@code EMPTY} is right after a header with length 0, {@code COUNTED} in a part with a length, {@code SEARCHED} in one
 * without. {@code BETWEEN} follows a part that did not end with a delimiter; there one line without it leads to
 * {@code LOST}, which skips up to the next one. {@code ENDED} follows the closing delimiter.
 *
 * <p>Confined to the thread that feeds it.
 */
public final class MultipartReader {

    /** Maximum bytes of a part, the same as of a picture. A longer part is refused before its content is passed on. */
    public static final int MAX_PART_BYTES = Jpeg.MAX_BYTES;

    /** Maximum number of blanks after a delimiter, including the carriage return. */
    private static final int MAX_DELIMITER_TAIL = 16;

    /** Maximum length of a delimiter. The standard allows 70 characters; some cameras send a sentence. */
    private static final int MAX_DELIMITER = 256;

    /** The receiver of the parts, called on the thread that feeds the reader. */
    public interface Parts {
        /** A part begins. Its header can be read until the part has ended. */
        void begin(PartHeader header);

        /**
         * The next bytes of the part, between position and limit. The receiver may move both, and must not use the
         * buffer after the call.
         */
        void bytes(ByteBuffer bytes);

        /** The part has ended. */
        void end();

        /**
         * Whether the picture in the part has ended, asked after each piece. The rest of the part is not passed on
         * then.
         *
         * @return number of bytes at the end of that piece that are not part of the picture; -1 when it has not ended,
         *     or the receiver cannot tell
         */
        default int surplus() {
            return -1;
        }

        /**
         * Whether a picture in the part has begun and not ended. Asked when the part has as many bytes as its header
         * says.
         */
        default boolean isCut() {
            return false;
        }
    }

    private enum State {
        PREAMBLE,
        HEADER,
        EMPTY,
        COUNTED,
        SEARCHED,
        BETWEEN,
        LOST,
        ENDED
    }

    private final Parts parts;
    private final String boundary;
    private final int maxBytes; // of a part, and of anything between two parts
    private final PartHeader header = new PartHeader();
    private State state = State.PREAMBLE;
    private byte[] delimiter;
    private boolean delimiterSeen;
    private final ByteBuffer held; // bytes that may begin a delimiter: [CR] LF delimiter, and blanks
    private long left; // bytes that are left: of the part's length, or of the maximum that is allowed
    private boolean byLength; // the last part ended because its length was reached
    // a length of this body was wrong, so further lengths are ignored
    private boolean lengthsLie;

    private MultipartReader(String boundary, Parts parts, int maxBytes) {
        this.parts = parts;
        this.boundary = boundary;
        this.maxBytes = maxBytes;
        this.delimiter = ("--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        this.held = ByteBuffer.allocate(MAX_DELIMITER + MAX_DELIMITER_TAIL + 2);
    }

    /** Whether this content type is a multipart type of any kind. */
    public static boolean isMultipart(String contentType) {
        return contentType.stripLeading().regionMatches(true, 0, "multipart/", 0, "multipart/".length());
    }

    /** Whether a text is the beginning of a multipart body: of a delimiter, or of a part's header. */
    public static boolean begins(String text) {
        return text.startsWith("--") || isHeaderLine(text);
    }

    /**
     * A reader for one body.
     *
     * @param contentType content type of the body, of which only the boundary is used, if it has one
     * @throws IOException when the boundary is longer than 128 characters
     */
    public static MultipartReader of(String contentType, Parts parts) throws IOException {
        return of(contentType, parts, MAX_PART_BYTES);
    }

    /** A reader with another maximum than {@link #MAX_PART_BYTES}, so that tests need not send as many bytes. */
    static MultipartReader of(String contentType, Parts parts, int maxBytes) throws IOException {
        String[] parameters = contentType.split(";", -1);
        String boundary = "";
        for (String parameter : parameters) {
            String[] pair = parameter.split("=", 2);
            if (pair.length == 2 && pair[0].strip().equalsIgnoreCase("boundary")) {
                boundary = pair[1].strip().replaceAll("^\"|\"$", "");
            }
        }
        String bare = withoutDashes(boundary);
        if (bare.length() > MAX_DELIMITER / 2) {
            throw new IOException(
                    "the boundary has " + bare.length() + " characters; at most " + MAX_DELIMITER / 2 + " are taken");
        }
        return new MultipartReader(bare, Objects.requireNonNull(parts), maxBytes);
    }

    private static String withoutDashes(String line) {
        return line.replaceFirst("^-+", "");
    }

    /**
     * Reads all bytes between the buffer's position and limit, and calls the receiver for what they contain.
     *
     * @throws IOException when this is not a multipart body, or when a part or something between parts is longer than
     *     {@link #MAX_PART_BYTES}. The reader must not be used afterwards
     */
    public void feed(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            switch (state) {
                case EMPTY -> empty(bytes.get(bytes.position()));
                case COUNTED -> count(bytes);
                case SEARCHED -> search(bytes);
                case BETWEEN, LOST, ENDED -> lineBetween(bytes);
                default -> line(bytes);
            }
        }
    }

    /** Whether the closing delimiter has come, and no part after it. Bytes after the delimiter are skipped. */
    public boolean ended() {
        return state == State.ENDED;
    }

    /** Whether the bytes so far end within a line between parts, or within a header. */
    public boolean isAmidLines() {
        return header.length() > 0;
    }

    /** Reads a line before the first part, or a header line. */
    private void line(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            byte next = bytes.get(bytes.position());
            if (state == State.HEADER && header.isAtLineStart() && beginsPicture(next)) {
                beginPart(); // the blank line is missing
                return;
            }
            bytes.get();
            if (next == '\n') {
                endLine();
                return;
            }
            header.add(next);
        }
    }

    /** Whether this byte begins a JPEG or PNG; no header line begins with it. */
    private static boolean beginsPicture(byte first) {
        return first == (byte) 0xFF || first == (byte) 0x89;
    }

    private void endLine() throws IOException {
        boolean blank = header.endLine();
        if (state == State.HEADER) {
            if (blank) {
                beginPart();
            }
        } else if (!blank) {
            lineBefore(header.firstLine());
        }
    }

    /**
     * Reads a line after a part. The line may be the rest of a picture, so only as much of it is kept as a delimiter
     * may have.
     */
    private void lineBetween(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (state != State.BETWEEN && left-- == 0) {
                throw new IOException("there is no delimiter within " + maxBytes + " bytes");
            }
            if (next == '\n') {
                endLineBetween();
                return;
            }
            if (header.length() < MAX_DELIMITER + MAX_DELIMITER_TAIL) {
                header.add(next);
            } else if (state == State.BETWEEN) {
                lost();
            }
        }
    }

    private void endLineBetween() throws IOException {
        if (header.endLine()) {
            return;
        }
        if (header.firstLineIs(delimiter, "")) {
            expectHeader();
        } else if (header.firstLineIs(delimiter, "--")) {
            close();
        } else if (isHeaderLine(header.firstLine())) {
            state = State.HEADER; // the delimiter was counted as part of the content, or is missing
        } else {
            header.clear();
            if (state == State.BETWEEN) {
                lost();
            }
        }
    }

    private void close() {
        header.clear();
        left = maxBytes;
        state = State.ENDED;
    }

    /** There is no delimiter where one should be: skips up to the next one. */
    private void lost() {
        lengthsLie |= byLength;
        left = maxBytes;
        state = State.LOST;
    }

    private static boolean isHeaderLine(String line) {
        return line.regionMatches(true, 0, "content-", 0, "content-".length());
    }

    /** Reads a line while no delimiter has come; the line may be the first delimiter. */
    private void lineBefore(String line) throws IOException {
        String bare = withoutDashes(line);
        if (isHeaderLine(line)) {
            state = State.HEADER; // the server sends no delimiter before the first part
        } else if (bare.equals(boundary + "--")) {
            close();
        } else if (line.startsWith("--") || bare.equals(boundary)) {
            if (line.length() > MAX_DELIMITER) {
                throw new IOException(
                        "a delimiter has " + line.length() + " characters; at most " + MAX_DELIMITER + " are taken");
            }
            delimiter = line.getBytes(StandardCharsets.ISO_8859_1);
            delimiterSeen = true;
            expectHeader();
        } else {
            header.clear();
        }
    }

    private void expectHeader() {
        header.clear();
        state = State.HEADER;
    }

    /** The header is complete: decides how to find the end of the part. */
    private void beginPart() throws IOException {
        long length = header.contentLength();
        if (length > maxBytes) {
            throw tooLong();
        }
        boolean counted = length > 0 && !lengthsLie;
        parts.begin(header);
        left = counted ? length : maxBytes;
        state = length == 0 ? State.EMPTY : counted ? State.COUNTED : State.SEARCHED;
    }

    /**
     * Looks at the first byte after a header with length 0: line ends and delimiters belong there, anything else is
     * content.
     */
    private void empty(byte next) {
        if (next == '\r' || next == '\n' || next == delimiter[0]) {
            endCounted();
        } else {
            state = State.SEARCHED;
        }
    }

    private IOException tooLong() {
        return new IOException("a part has more than " + maxBytes + " bytes");
    }

    /** Ends the part. Its header must not be read any more. */
    private void endPart(State next) {
        parts.end();
        header.clear();
        state = next;
    }

    /** Passes on content up to the part's length. */
    private void count(ByteBuffer bytes) throws IOException {
        boolean over = pass(bytes, bytes.position() + (int) Math.min(left, bytes.remaining()));
        if (over || left > 0) {
            return;
        }
        if (parts.isCut()) {
            left = maxBytes - header.contentLength();
            state = State.SEARCHED;
        } else {
            endCounted();
        }
    }

    /** Ends a part at its length. */
    private void endCounted() {
        byLength = true;
        endPart(delimiterSeen ? State.BETWEEN : State.PREAMBLE);
    }

    /**
     * Passes on the bytes from the buffer's position up to this place, as content of the part.
     *
     * @return whether the receiver found the end of the part in these bytes; the buffer's position is then at that end
     */
    private boolean pass(ByteBuffer bytes, int end) throws IOException {
        int length = end - bytes.position();
        if (length > left) {
            throw tooLong();
        }
        if (length > 0) {
            left -= length;
            int limit = bytes.limit();
            parts.bytes(bytes.limit(end));
            int surplus = Math.min(length, parts.surplus());
            bytes.limit(limit).position(end - Math.max(0, surplus));
            if (surplus >= 0) {
                byLength = false;
                endPart(delimiterSeen ? State.BETWEEN : State.PREAMBLE);
                return true;
            }
        }
        return false;
    }

    /** Passes on content up to the next delimiter. */
    private void search(ByteBuffer bytes) throws IOException {
        if (held.position() == 0 && pass(bytes, candidate(bytes))) {
            return;
        }
        while (bytes.hasRemaining()) {
            byte next = bytes.get(bytes.position());
            if (!continuesDelimiter(next)) {
                held.flip(); // not a delimiter, so these bytes are content
                pass(held, held.limit());
                held.clear();
                return;
            }
            bytes.get();
            if (next == '\n' && tailLength() >= 0) {
                boolean closing = tailLength() > 0 && held.get(held.position() - tailLength()) == '-';
                held.clear();
                left = maxBytes;
                endPart(closing ? State.ENDED : State.HEADER);
                return;
            }
            held.put(next);
        }
    }

    /**
     * Place where a delimiter may begin, or the limit. A line end at the very end may be one, because the delimiter may
     * come in the next piece.
     */
    private int candidate(ByteBuffer bytes) {
        int from = bytes.position();
        int end = bytes.limit();
        for (int at = lineFeed(bytes, from); at < end; at = lineFeed(bytes, at + 1)) {
            if (at + 1 == end || bytes.get(at + 1) == delimiter[0]) {
                return at > from && bytes.get(at - 1) == '\r' ? at - 1 : at;
            }
        }
        return end > from && bytes.get(end - 1) == '\r' ? end - 1 : end;
    }

    /**
     * Place of the next line feed from here on, or the limit. Memory without an array is read eight bytes at a time,
     * because nearly all of a picture is searched this way.
     */
    private static int lineFeed(ByteBuffer bytes, int from) {
        int limit = bytes.limit();
        if (bytes.hasArray()) {
            int start = bytes.arrayOffset();
            return ByteSearch.find((byte) '\n', bytes.array(), start + from, start + limit) - start;
        }
        int at = from;
        while (at <= limit - 8 && !ByteSearch.isAmong((byte) '\n', bytes.getLong(at))) {
            at += 8;
        }
        while (at < limit && bytes.get(at) != '\n') {
            at++;
        }
        return at;
    }

    /** Whether the held bytes, with this byte after them, can begin a delimiter with its line ends. */
    private boolean continuesDelimiter(byte next) {
        int length = held.position();
        if (length == 0) {
            return next == '\r' || next == '\n';
        }
        int lineEnd = held.get(0) == '\r' ? 2 : 1;
        int tail = tailLength();
        if (length < lineEnd) {
            return next == '\n';
        }
        if (tail < 0) {
            return next == delimiter[length - lineEnd];
        }
        boolean dashed = tail > 0 && held.get(length - tail) == '-';
        if (next == '-') {
            return tail == 0 || (tail == 1 && dashed);
        }
        boolean blank = tail < MAX_DELIMITER_TAIL && (next == ' ' || next == '\t' || next == '\r');
        return (blank || next == '\n') && !(tail == 1 && dashed);
    }

    /** Number of bytes that are held after the delimiter; negative while the delimiter is incomplete. */
    private int tailLength() {
        int lineEnd = held.position() > 0 && held.get(0) == '\r' ? 2 : 1;
        return held.position() - lineEnd - delimiter.length;
    }
}
