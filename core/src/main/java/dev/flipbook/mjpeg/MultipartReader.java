package dev.flipbook.mjpeg;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;

/**
 * Takes a multipart body apart as it comes in, in pieces of any size, wider than the standard because cameras and scripts are.
 * Nothing of a part's body is copied or kept: it is passed on as it arrives.
 *
 * <ul>
 *   <li>A part ends where its reader sees that what is in it has ended. Where the reader cannot see that, a part with a {@code
 *       Content-Length} is counted, and one without ends at the next delimiter line.
 *   <li>Where a counted part is not followed by a delimiter its length was wrong: the reader goes on at the next part, and
 *       believes no length of this body any more. What it has passed on may be a piece of a picture, or more than one.
 *   <li>A length of 0 before bytes is no length, and one that cuts a picture off is none either.
 *   <li>The first delimiter line says how delimiters look. So the {@code boundary} parameter may be quoted or not, contain the
 *       dashes that belong before it or not, differ from what is sent, or be missing.
 *   <li>A closing delimiter may stand after each part: what follows is passed over up to the next delimiter.
 *   <li>Lines end with CRLF or LF, lengths may be padded, names be in any case, blank lines stand between parts, and the first
 *       delimiter be missing, or the header with the blank line after it.
 * </ul>
 *
 * <p>Confined to the thread that feeds it.
 */
public final class MultipartReader {

    /** Longer parts are refused before they are passed on; the same limit as that of a picture. */
    public static final int MAX_PART_BYTES = Jpeg.MAX_BYTES;

    /** Blanks and a carriage return that may stand behind a delimiter. */
    private static final int MAX_DELIMITER_TAIL = 16;

    /** The longest the standard allows is 70; some cameras send a sentence. */
    private static final int MAX_DELIMITER = 256;

    /** Who is told of the parts, on the thread that feeds the reader. */
    public interface Parts {
        /** A part begins; its header can be read until the part has ended. */
        void begin(PartHeader header);

        /** Some more bytes of the part, between position and limit; both may be moved, and both are void after the call. */
        void bytes(ByteBuffer bytes);

        /** The part is whole. */
        void end();

        /**
         * Whether what is in the part has ended, asked after each piece: how many bytes at the end of what was passed are not
         * of it any more, or -1 when it has not ended, or nobody can tell. What is left of the part is not passed on.
         */
        default int surplus() {
            return -1;
        }

        /** Whether something in the part has begun and not ended, asked when as many bytes have come as its header says. */
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
    private final PartHeader header = new PartHeader();
    private State state = State.PREAMBLE;
    private byte[] delimiter;
    private boolean delimiterSeen;
    private final ByteBuffer held; // what may be the beginning of a delimiter: [CR] LF delimiter, and a tail
    private long
            left; // of the part's counted bytes, or of those that it may still have, or that may still be passed over
    private boolean byLength; // the last part was ended
    private boolean lengthsLie;

    private MultipartReader(String boundary, Parts parts) {
        this.parts = parts;
        this.boundary = boundary;
        this.delimiter = ("--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        this.held = ByteBuffer.allocate(MAX_DELIMITER + MAX_DELIMITER_TAIL + 2);
    }

    /** Whether this content type promises a multipart body, of whatever kind. */
    public static boolean isMultipart(String contentType) {
        return contentType.stripLeading().regionMatches(true, 0, "multipart/", 0, "multipart/".length());
    }

    /**
     * A reader for a body of parts.
     *
     * @param contentType of which only the boundary is looked at, if it has one
     * @throws IOException when the boundary is too long
     */
    public static MultipartReader of(String contentType, Parts parts) throws IOException {
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
        return new MultipartReader(bare, Objects.requireNonNull(parts));
    }

    private static String withoutDashes(String line) {
        return line.replaceFirst("^-+", "");
    }

    /**
     * Reads all that is between the buffer's position and limit.
     *
     * @throws IOException when this is no multipart body, or a part or what has no place in it is above {@link
     *     #MAX_PART_BYTES}; the reader is of no use then
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

    /** Whether the closing delimiter has come, and no further part. What comes after the delimiter is passed over. */
    public boolean ended() {
        return state == State.ENDED;
    }

    /** Whether a line outside of parts has begun, or a header, and is not whole. */
    public boolean isAmidLines() {
        return header.length() > 0;
    }

    private void line(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            byte next = bytes.get(bytes.position());
            if (state == State.HEADER && header.isAtLineStart() && beginsPicture(next)) {
                beginPart(); // without the blank line
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

    /** Whether no header line begins so, and a JPEG or PNG does. */
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

    /** After a part: a line that may be the rest of a picture, and is kept no further than a delimiter goes. */
    private void lineBetween(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (state != State.BETWEEN && left-- == 0) {
                throw new IOException("there is no delimiter within " + MAX_PART_BYTES + " bytes");
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
            state = State.HEADER; // the delimiter was counted as of the part, or there is none
        } else {
            header.clear();
            if (state == State.BETWEEN) {
                lost();
            }
        }
    }

    private void close() {
        header.clear();
        left = MAX_PART_BYTES;
        state = State.ENDED;
    }

    private void lost() {
        lengthsLie |= byLength;
        left = MAX_PART_BYTES;
        state = State.LOST;
    }

    private static boolean isHeaderLine(String line) {
        return line.toLowerCase(Locale.ROOT).startsWith("content-");
    }

    /** A line before any delimiter was seen, which may be the first one. */
    private void lineBefore(String line) throws IOException {
        String bare = withoutDashes(line);
        if (isHeaderLine(line)) {
            state = State.HEADER; // of a server that sends no delimiter before the first part
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

    private void beginPart() throws IOException {
        long length = header.contentLength();
        if (length > MAX_PART_BYTES) {
            throw tooLong();
        }
        boolean counted = length > 0 && !lengthsLie;
        parts.begin(header);
        left = counted ? length : MAX_PART_BYTES;
        state = length == 0 ? State.EMPTY : counted ? State.COUNTED : State.SEARCHED;
    }

    /** At the first byte behind a header that says that the part has none. */
    private void empty(byte next) {
        if (next == '\r' || next == '\n' || next == delimiter[0]) {
            endCounted();
        } else {
            state = State.SEARCHED;
        }
    }

    private static IOException tooLong() {
        return new IOException("a part has more than " + MAX_PART_BYTES + " bytes");
    }

    /** Ends the part; its header is void from here on. */
    private void endPart(State next) {
        parts.end();
        header.clear();
        state = next;
    }

    private void count(ByteBuffer bytes) throws IOException {
        boolean over = pass(bytes, bytes.position() + (int) Math.min(left, bytes.remaining()));
        if (over || left > 0) {
            return;
        }
        if (parts.isCut()) {
            left = MAX_PART_BYTES - header.contentLength();
            state = State.SEARCHED;
        } else {
            endCounted();
        }
    }

    private void endCounted() {
        byLength = true;
        endPart(delimiterSeen ? State.BETWEEN : State.PREAMBLE);
    }

    /**
     * Passes the bytes from the buffer's position up to there on, as a piece of the part.
     *
     * @return whether the part has ended in them; the buffer's position is there then
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

    private void search(ByteBuffer bytes) throws IOException {
        if (held.position() == 0 && pass(bytes, candidate(bytes))) {
            return;
        }
        while (bytes.hasRemaining()) {
            byte next = bytes.get(bytes.position());
            if (!continuesDelimiter(next)) {
                held.flip(); // it was part of the picture
                pass(held, held.limit());
                held.clear();
                return;
            }
            bytes.get();
            if (next == '\n' && tailLength() >= 0) {
                boolean closing = tailLength() > 0 && held.get(held.position() - tailLength()) == '-';
                held.clear();
                left = MAX_PART_BYTES;
                endPart(closing ? State.ENDED : State.HEADER);
                return;
            }
            held.put(next);
        }
    }

    /** Where a delimiter may begin, or the limit; a line end that stands last may go on in the next piece. */
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

    /** The place of the next line feed from there on, or the limit. Reads eight bytes at a time: a picture is mostly this. */
    private static int lineFeed(ByteBuffer bytes, int from) {
        int at = from;
        for (; at <= bytes.limit() - 8; at += 8) {
            long eight = bytes.getLong(at) ^ 0x0A0A0A0A0A0A0A0AL;
            if (((eight - 0x0101010101010101L) & ~eight & 0x8080808080808080L) != 0) {
                break;
            }
        }
        while (at < bytes.limit() && bytes.get(at) != '\n') {
            at++;
        }
        return at;
    }

    /** Whether what is held, and this byte behind it, can be the beginning of a delimiter with its line ends. */
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
        boolean blank = next == ' ' || next == '\t' || next == '\r' || next == '\n';
        return blank && tail < MAX_DELIMITER_TAIL && !(tail == 1 && dashed);
    }

    /** How many bytes are held behind the delimiter; below 0 while it is not whole. */
    private int tailLength() {
        int lineEnd = held.position() > 0 && held.get(0) == '\r' ? 2 : 1;
        return held.position() - lineEnd - delimiter.length;
    }
}
