package dev.flipbook.app.bench;

import dev.flipbook.mjpeg.MultipartReader;
import dev.flipbook.text.PlainText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the response of any HTTP/1 server that streams pictures: its head, and its body, chunked or not, with a
 * {@link MultipartReader}. Messages of its exceptions are the end of a sentence that begins with the server. Used by
 * one thread.
 */
final class ResponseReader {

    /** Maximum bytes of a head. Servers send less than 1 KB, and many accept 8 to 16 KB themselves. */
    private static final int MAX_HEAD = 16 << 10;

    /** Maximum characters of the line before a chunk. A size has at most 16 digits; extensions are rare and short. */
    private static final int MAX_CHUNK_LINE = 256;

    /** The content type that some servers give a multipart body for scripts. The body begins with its delimiter. */
    private static final String RAW = "application/octet-stream";

    /** Maximum characters of a server's text that are shown. */
    private static final int MAX_SHOWN = 200;

    private enum State {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        ENDED
    }

    private final MultipartReader.Parts parts;
    private final StringBuilder line = new StringBuilder();
    private final Map<String, String> headers = new HashMap<>();
    private String statusLine = "";
    private State state = State.HEAD;
    private @Nullable MultipartReader body;
    private int headBytes;
    private long chunkLeft; // bytes of the current chunk that have not been read

    ResponseReader(MultipartReader.Parts parts) {
        this.parts = parts;
    }

    /** Reads all bytes between position and limit. */
    void feed(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            switch (state) {
                case HEAD -> head((char) (bytes.get() & 0xFF));
                case BODY -> parts(bytes);
                case CHUNK_SIZE -> chunkSize((char) (bytes.get() & 0xFF));
                case CHUNK -> chunk(bytes);
                case CHUNK_END -> state = bytes.get() == '\n' ? State.CHUNK_SIZE : State.CHUNK_END;
                case ENDED -> bytes.position(bytes.limit());
            }
        }
    }

    /** Whether the head has arrived and announces pictures. */
    boolean accepted() {
        return body != null;
    }

    /** Whether the server has ended the stream. */
    boolean ended() {
        return state == State.ENDED || (body != null && body.ended());
    }

    private void head(char next) throws IOException {
        if (++headBytes > MAX_HEAD) {
            throw new IOException("does not answer in HTTP: its head has more than " + MAX_HEAD + " bytes");
        }
        if (next != '\n') {
            line.append(next);
            return;
        }
        String text = line.toString().stripTrailing();
        line.setLength(0);
        if (statusLine.isEmpty()) {
            if (!text.startsWith("HTTP/1.")) {
                throw new IOException("does not answer in HTTP/1");
            }
            statusLine = text;
        } else if (text.isEmpty()) {
            endHead();
        } else {
            int colon = Math.max(0, text.indexOf(':'));
            headers.put(
                    text.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                    text.substring(colon + 1).strip());
        }
    }

    private void endHead() throws IOException {
        String[] words = statusLine.split(" +", 3);
        String status = words.length > 1 ? words[1] : "";
        if (!status.equals("200")) {
            throw new IOException(refusal(status, words.length > 2 ? words[2] : ""));
        }
        String type = headers.getOrDefault("content-type", "");
        if (!MultipartReader.isMultipart(type) && !type.toLowerCase(Locale.ROOT).startsWith(RAW)) {
            throw new IOException("does not answer with a stream of pictures: "
                    + shown("the content type is '" + type + "', not multipart/x-mixed-replace"));
        }
        try {
            body = MultipartReader.of(type, parts);
        } catch (IOException e) {
            throw new IOException(
                    "does not answer with a stream of pictures: " + shown(String.valueOf(e.getMessage())), e);
        }
        boolean chunked = headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .endsWith("chunked");
        state = chunked ? State.CHUNK_SIZE : State.BODY;
        headers.clear();
    }

    private String refusal(String status, String reason) {
        String answer = "answers " + shown((status + " " + reason).strip());
        String location = headers.getOrDefault("location", "");
        if (status.startsWith("3") && !location.isEmpty()) {
            return answer + "; redirects are not followed, give the address it points to: " + shown(location);
        }
        return answer
                + (status.equals("401")
                        ? "; put NAME:PASSWORD@ before the host"
                        : ", not 200 with a stream of pictures");
    }

    /** A server's text for a terminal: without control characters and passwords, and shortened. */
    private static String shown(String text) {
        String plain = text.replaceAll("//[^/\\s]*@", "//");
        return PlainText.line(plain, "?", MAX_SHOWN);
    }

    private void parts(ByteBuffer bytes) throws IOException {
        try {
            if (body != null) {
                body.feed(bytes);
            }
        } catch (IOException e) {
            throw new IOException("sends what cannot be read: " + shown(String.valueOf(e.getMessage())), e);
        }
    }

    private void chunkSize(char next) throws IOException {
        if (next != '\n') {
            if (line.length() == MAX_CHUNK_LINE) {
                throw new IOException("sends what cannot be read: the line before a chunk is endless");
            }
            line.append(next);
            return;
        }
        String size = line.toString().replaceFirst(";.*", "").strip();
        line.setLength(0);
        try {
            chunkLeft = Long.parseUnsignedLong(size, 16);
        } catch (NumberFormatException e) {
            throw new IOException("sends what cannot be read: the size of a chunk is '" + shown(size) + "'", e);
        }
        state = chunkLeft == 0 ? State.ENDED : State.CHUNK;
    }

    private void chunk(ByteBuffer bytes) throws IOException {
        int limit = bytes.limit();
        int take = Long.compareUnsigned(chunkLeft, bytes.remaining()) < 0 ? (int) chunkLeft : bytes.remaining();
        int end = bytes.position() + take;
        parts(bytes.limit(end));
        bytes.limit(limit).position(end);
        chunkLeft -= take;
        if (chunkLeft == 0) {
            state = State.CHUNK_END;
        }
    }
}
