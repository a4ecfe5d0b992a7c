package dev.flipbook.app.bench;

import dev.flipbook.Ticker;
import dev.flipbook.mjpeg.MultipartReader;
import dev.flipbook.mjpeg.PartHeader;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One viewer of a {@link LoadRun}: a non-blocking connection and what was received over it. Used by the thread of its
 * {@link LoadLoop}, and after that thread has ended by the one that adds up the results.
 */
final class LoadViewer implements MultipartReader.Parts {

    /**
     * Beginning of a stamped picture: SOI and a comment segment of 20 bytes that begins with STAMP!. The time and the
     * picture's length follow.
     */
    private static final byte[] STAMP = {
        (byte) 0xFF, (byte) 0xD8, (byte) 0xFF, (byte) 0xFE, 0, 0x14, 'S', 'T', 'A', 'M', 'P', '!'
    };

    private static final int STAMP_END = STAMP.length + Long.BYTES;

    /** Maximum age in nanoseconds. An older stamp comes from another machine, whose clock has another origin. */
    private static final long MAX_AGE = 3_600_000_000_000L;

    /** Maximum number of reads in a row, so that a viewer with much data does not delay the others of its thread. */
    private static final int MAX_READS = 4;

    private final BenchTarget target;
    private final Ticker ticker;
    private final LoadPhase phase;
    private final Ages byStamp;
    private final Ages byTimestamp;
    private final ResponseReader response = new ResponseReader(this);
    private final ByteBuffer start = ByteBuffer.allocate(STAMP_END).order(ByteOrder.LITTLE_ENDIAN);
    private @Nullable SocketChannel socket;
    private @Nullable PartHeader header;
    private long now; // time of the last read
    private long arrived; // when the latest bytes of the part arrived
    private boolean measured; // whether that time is in the measured window
    private boolean asked; // whether the request was sent
    private boolean letIn; // whether the server has accepted it
    private String reason = ""; // why the viewer has gone; empty while it has not
    private long frames;
    private long bytes;

    /**
     * @param byStamp gets the ages measured by stamps
     * @param byTimestamp gets the ages measured by X-Timestamp
     */
    LoadViewer(BenchTarget target, Ticker ticker, LoadPhase phase, Ages byStamp, Ages byTimestamp) {
        this.target = target;
        this.ticker = ticker;
        this.phase = phase;
        this.byStamp = byStamp;
        this.byTimestamp = byTimestamp;
    }

    void connect(Selector selector) {
        try {
            socket = SocketChannel.open();
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean connected = socket.connect(target.address());
            SelectionKey key = socket.register(selector, SelectionKey.OP_CONNECT, this);
            if (connected) {
                ask(key);
            }
        } catch (IOException e) {
            leave("cannot be reached: " + e.getMessage());
        }
    }

    /**
     * Does what the connection is ready for.
     *
     * @param buffer memory to read into; its content is undefined afterwards
     */
    void ready(SelectionKey key, ByteBuffer buffer) {
        if (socket == null || !key.isValid()) {
            return;
        }
        try {
            if (asked) {
                read(socket, buffer);
            } else if (socket.finishConnect()) {
                ask(key);
            }
        } catch (IOException e) {
            leave((asked ? "" : "cannot be reached: ") + e.getMessage());
        }
    }

    private void ask(SelectionKey key) throws IOException {
        ByteBuffer request = ByteBuffer.wrap(target.request().getBytes(StandardCharsets.US_ASCII));
        if (socket == null || socket.write(request) < request.limit()) {
            throw new IOException(
                    "does not accept the request"); // cannot happen: a new connection has room for a request
        }
        asked = true;
        key.interestOps(SelectionKey.OP_READ);
    }

    private void read(SocketChannel from, ByteBuffer buffer) throws IOException {
        for (int i = 0; i < MAX_READS && !isGone(); i++) {
            int count = receive(from, buffer.clear());
            if (count <= 0) {
                return;
            }
            now = ticker.nanos();
            measured = phase.window().holds(now);
            bytes += measured ? count : 0;
            try {
                response.feed(buffer.flip());
            } finally { // an error may come after a good head
                if (!letIn && response.accepted()) {
                    letIn = true;
                    phase.letIn();
                }
            }
            if (response.ended()) {
                leave("ended the stream");
            }
            if (count < buffer.capacity()) {
                return;
            }
        }
    }

    /** Reads like {@code read}; disconnects the viewer if its connection has ended. */
    private int receive(SocketChannel from, ByteBuffer buffer) {
        try {
            int count = from.read(buffer);
            if (count < 0) {
                leave("closed the connection");
            }
            return count;
        } catch (IOException e) {
            leave("broke the connection: " + e.getMessage());
            return -1;
        }
    }

    /**
     * Disconnects the viewer. Only the first reason is kept.
     *
     * @param why the end of a sentence that begins with the server
     */
    void leave(String why) {
        if (isGone()) {
            return;
        }
        reason = why;
        if (!letIn) {
            phase.failed();
        }
        close();
    }

    void close() {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            // gone in any case
        }
    }

    // //: Parts of the stream.

    @Override
    public void begin(PartHeader partHeader) {
        header = partHeader;
        arrived = now;
        start.clear();
    }

    @Override
    public void bytes(ByteBuffer piece) {
        arrived = now;
        if (start.hasRemaining()) {
            int take = Math.min(start.remaining(), piece.remaining());
            start.put(start.position(), piece, piece.position(), take);
            start.position(start.position() + take);
        }
    }

    @Override
    public void end() {
        if (!measured) {
            return;
        }
        frames++;
        long age = stampedAge();
        if (age >= 0) {
            byStamp.add(age);
            return;
        }
        String timestamp = header == null ? "" : header.value("X-Timestamp");
        if (!timestamp.isEmpty()) {
            addTimestamp(timestamp);
        }
    }

    /** The age in nanoseconds by the picture's stamp, or -1 if it has no stamp of this machine. */
    private long stampedAge() {
        if (!target.local() || start.hasRemaining() || !ByteBuffer.wrap(STAMP).equals(start.slice(0, STAMP.length))) {
            return -1;
        }
        long age = arrived - start.getLong(STAMP.length);
        return age < MAX_AGE ? age : -1;
    }

    private void addTimestamp(String seconds) {
        try {
            Instant wall = ticker.now();
            double age = wall.getEpochSecond() - Double.parseDouble(seconds) + wall.getNano() / 1e9;
            byTimestamp.add((long) (age * 1e9) - (now - arrived));
        } catch (NumberFormatException e) {
            // another format of time: ignored
        }
    }

    // //: Results.

    boolean isAsking() {
        return socket != null && !letIn && !isGone();
    }

    boolean isGone() {
        return !reason.isEmpty();
    }

    boolean wasLetIn() {
        return letIn;
    }

    String reason() {
        return reason;
    }

    long frames() {
        return frames;
    }

    long byteCount() {
        return bytes;
    }
}
