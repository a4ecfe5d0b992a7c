package dev.flipbook.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The body of an answer that does not end with its connection. Confined to the source thread. */
abstract class HttpBody extends InputStream {

    private final InputStream in;
    private long left; // of the piece

    private HttpBody(InputStream in, long left) {
        this.in = in;
        this.left = left;
    }

    /** One of so many bytes. */
    static InputStream counted(InputStream in, long length) {
        return new HttpBody(in, length) {
            @Override
            long nextPiece() {
                return 0;
            }
        };
    }

    /** One in pieces, each with its length before it. */
    static InputStream chunked(InputStream in) {
        return new Chunked(in);
    }

    /** How many bytes come next; 0 at the end. */
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

        /** A length, and what some servers put behind it. */
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
                line(); // behind each piece
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
