package dev.flipbook.it.kit;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The content of a response with {@code Transfer-Encoding: chunked}, without the lengths of chunks. For one thread. */
final class Chunks extends InputStream {

    private final InputStream in;
    private int left;
    private boolean begun;
    private boolean ended;

    Chunks(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (left == 0 && !ended) {
            open();
        }
        if (ended) {
            return -1;
        }
        int read = in.read(buffer, offset, Math.min(length, left));
        if (read < 0) {
            throw new EOFException("the server closed the connection within a chunk");
        }
        left -= read;
        return read;
    }

    private void open() throws IOException {
        if (begun && !line().isEmpty()) {
            throw new IOException("a chunk is longer than it said");
        }
        begun = true;
        left = Integer.parseInt(line(), 16);
        ended = left == 0;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the server closed the connection without a last chunk");
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }
}
