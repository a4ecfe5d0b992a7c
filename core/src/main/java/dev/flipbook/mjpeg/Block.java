package dev.flipbook.mjpeg;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * One frame as it goes to its viewers: part header, picture, delimiter and the next part's header in one piece of direct
 * memory that all viewers share.
 *
 * <pre>
 * --B CRLF | Content-Type, Content-Length, X-Timestamp, blank | picture | CRLF --B CRLF | Content-Type, blank
 * └ opens a response ┘                                        │         │               │
 *            └─ strict: from here ────────────────────────────┼─────────┼─── to here ──┘               │
 *                                          browser: from here ┘         │                    to here ──┘
 * </pre>
 *
 * <p>A block is filled once, before anybody else sees it, and never again while somebody holds it: holders are counted,
 * and the memory goes back to its {@link BlockPool} when the last one releases it. Every slice handed out is a view of its
 * own; a slice may be read until the holder that took it releases the block. Thread-safe after it was filled.
 */
public final class Block {

    private static final AtomicIntegerFieldUpdater<Block> HOLDERS =
            AtomicIntegerFieldUpdater.newUpdater(Block.class, "holders");
    private static final byte[] CRLF = {'\r', '\n'};
    /** More than the longest part header (content type, ten digits, timestamp) and two delimiters with boundaries. */
    static final int OVERHEAD = 512;

    private final BlockPool pool;
    private final ByteBuffer memory;
    private volatile int holders = 1;
    private int headerStart;
    private int pictureStart;
    private int pictureEnd;
    private int delimiterEnd;
    private int end;

    /** With the one who asked for it as its only holder. */
    Block(BlockPool pool, ByteBuffer memory) {
        this.pool = pool;
        this.memory = memory;
    }

    /**
     * Writes the frame in. For the one holder that took the block from its pool, before it shows it to anybody.
     *
     * @param last whether the response ends behind this picture: the closing delimiter, and no next header
     */
    void fill(Jpeg picture, String contentType, String boundary, long unixMicros, boolean last) {
        ByteBuffer out = memory.duplicate().clear();
        byte[] delimiter = ("--" + boundary).getBytes(StandardCharsets.US_ASCII);
        byte[] type = ("Content-Type: " + contentType + "\r\n").getBytes(StandardCharsets.US_ASCII);
        out.put(delimiter).put(CRLF);
        headerStart = out.position();
        out.put(type)
                .put(("Content-Length: " + picture.size() + "\r\nX-Timestamp: " + seconds(unixMicros) + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        pictureStart = out.position();
        for (ByteBuffer part : picture.parts()) {
            out.put(part.duplicate());
        }
        pictureEnd = out.position();
        out.put(CRLF).put(delimiter);
        if (last) {
            out.put((byte) '-').put((byte) '-').put(CRLF);
            delimiterEnd = out.position();
        } else {
            out.put(CRLF);
            delimiterEnd = out.position();
            out.put(type).put(CRLF);
        }
        end = out.position();
    }

    /** Microseconds as seconds with six decimals, the form that clients of the older servers read. */
    private static String seconds(long unixMicros) {
        String micros = Long.toString(1_000_000 + Math.floorMod(unixMicros, 1_000_000L));
        return Math.floorDiv(unixMicros, 1_000_000L) + "." + micros.substring(1);
    }

    /** The slice that opens a response: delimiter, header with length, picture, and what the framing puts behind it. */
    public ByteBuffer first(Framing framing) {
        return memory.slice(0, framing == Framing.STRICT ? delimiterEnd : end);
    }

    /** The slice that goes on with a response which {@link #first} opened in the same framing. */
    public ByteBuffer next(Framing framing) {
        return framing == Framing.STRICT
                ? memory.slice(headerStart, delimiterEnd - headerStart)
                : memory.slice(pictureStart, end - pictureStart);
    }

    /** The picture alone. */
    public ByteBuffer picture() {
        return memory.slice(pictureStart, pictureEnd - pictureStart);
    }

    /** Becomes a holder, unless the last one has just released the block; then it must not be used. */
    public boolean retain() {
        int now;
        do {
            now = holders;
            if (now == 0) {
                return false;
            }
        } while (!HOLDERS.compareAndSet(this, now, now + 1));
        return true;
    }

    /** Stops being a holder. Once for each {@link #retain} and once for who took it from the pool. */
    public void release() {
        int left = HOLDERS.decrementAndGet(this);
        if (left == 0) {
            pool.giveBack(memory);
        } else if (left < 0) {
            throw new IllegalStateException("a block was released more often than held");
        }
    }
}
