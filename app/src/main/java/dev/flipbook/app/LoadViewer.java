package dev.flipbook.app;

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
 * One viewer of a {@link LoadRun}: a connection that does not block, and what came over it. Confined to the thread of its
 * {@link LoadLoop}, and after that has ended to the one that adds up.
 */
final class LoadViewer implements MultipartReader.Parts {

    /** SOI and a comment segment of 20 bytes that begins with STAMP!; then the time and the picture's length. */
    private static final byte[] STAMP = {
        (byte) 0xFF, (byte) 0xD8, (byte) 0xFF, (byte) 0xFE, 0, 0x14, 'S', 'T', 'A', 'M', 'P', '!'
    };

    private static final int STAMP_END = STAMP.length + Long.BYTES;

    /** An older stamp is that of another machine, whose clock began at another time. */
    private static final long OLDEST = 3_600_000_000_000L;

    /** One viewer with much to read may not keep the others of its thread waiting longer. */
    private static final int MOST_READS = 4;

    private final BenchTarget target;
    private final Ticker ticker;
    private final LoadPhase phase;
    private final Ages byStamp;
    private final Ages byTimestamp;
    private final ResponseReader response = new ResponseReader(this);
    private final ByteBuffer start = ByteBuffer.allocate(STAMP_END).order(ByteOrder.LITTLE_ENDIAN);
    private @Nullable SocketChannel socket;
    private @Nullable PartHeader header;
    private long now;
    private long arrived; // when the latest bytes of the part came
    private boolean measured;
    private boolean asked;
    private boolean letIn;
    private String reason = "";
    private long frames;
    private long bytes;

    /** One whose ages go into these two. */
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

    /** Does what the connection is ready for; reads into this buffer, whose content is void afterwards. */
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
            throw new IOException("takes no request"); // a fresh connection has room for one
        }
        asked = true;
        key.interestOps(SelectionKey.OP_READ);
    }

    private void read(SocketChannel from, ByteBuffer buffer) throws IOException {
        for (int i = 0; i < MOST_READS && !isGone(); i++) {
            int count = receive(from, buffer.clear());
            if (count <= 0) {
                return;
            }
            now = ticker.nanos();
            measured = phase.window().holds(now);
            bytes += measured ? count : 0;
            try {
                response.feed(buffer.flip());
            } finally { // what is wrong may stand behind a good head
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

    /** As {@code read}; the viewer has gone when the connection has. */
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

    /** Goes for this reason, the first one given, which continues a sentence that begins with the server. */
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
            // it is gone either way
        }
    }

    // parts

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

    /** The age in nanoseconds by the picture's stamp; -1 when there is none of this machine. */
    private long stampedAge() {
        if (!target.local() || start.hasRemaining() || !ByteBuffer.wrap(STAMP).equals(start.slice(0, STAMP.length))) {
            return -1;
        }
        long age = arrived - start.getLong(STAMP.length);
        return age < OLDEST ? age : -1;
    }

    private void addTimestamp(String seconds) {
        try {
            Instant wall = ticker.now();
            double age = wall.getEpochSecond() - Double.parseDouble(seconds) + wall.getNano() / 1e9;
            byTimestamp.add((long) (age * 1e9) - (now - arrived));
        } catch (NumberFormatException e) {
            // some other notion of a time: as if there were none
        }
    }

    // figures

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
