package dev.flipbook.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The body of an answer that ends before its connection does. Confined to the source thread. */
abstract class HttpBody extends InputStream {

    private final InputStream in;
    private long left; // bytes of the current piece that are still to come

    private HttpBody(InputStream in, long left) {
        this.in = in;
        this.left = left;
    }

    /** A body of this length in bytes. */
    static InputStream counted(InputStream in, long length) {
        return new HttpBody(in, length) {
            @Override
            long nextPiece() {
                return 0;
            }
        };
    }

    /** A body in chunks, each after its length. */
    static InputStream chunked(InputStream in) {
        return new Chunked(in);
    }

    /** Number of bytes of the next piece; 0 at the end. */
    abstract long nextPiece() throws IOException;

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            left = nextPiece();
        }
        if (left == 0) {
            return -1;
        }
        int count = in.read(to, from, (int) Math.min(length, left));
        if (count < 0) {
            throw new EOFException("the body is cut off");
        }
        left -= count;
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private static final class Chunked extends HttpBody {

        /** Maximum length of the line before a chunk: its length, and what some servers put after it. */
        private static final int MAX_LINE = 1024;

        private final InputStream in;
        private boolean begun;
        private boolean ended;

        Chunked(InputStream in) {
            super(in, 0);
            this.in = in;
        }

        @Override
        long nextPiece() throws IOException {
            if (begun && !ended) {
                line(); // the line end after each chunk
            }
            begun = true;
            long length = ended ? 0 : length(line());
            ended |= length == 0;
            return length;
        }

        private static long length(String line) throws IOException {
            String digits = line.replaceFirst("(?s)[;\\s].*", "");
            if (!digits.matches("[0-9A-Fa-f]{1,15}")) {
                throw new IOException("a chunk of the answer has no length that can be read");
            }
            return Long.parseLong(digits, 16);
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new EOFException("the body is cut off");
                }
                if (line.length() == MAX_LINE) {
                    throw new IOException("a chunk of the answer has no length that can be read");
                }
                line.append((char) next);
            }
            return line.toString();
        }
    }
}
