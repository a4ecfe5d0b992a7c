package dev.flipbook.mjpeg;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

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

    private final BlockPool pool;
    private final ByteBuffer memory;
    private volatile int holders = 1;
    private final AtomicReference<@Nullable ByteBuffer> spare = new AtomicReference<>();
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
    void fill(Jpeg picture, BlockText text, long unixMicros, boolean last) {
        ByteBuffer out = memory.duplicate().clear();
        headerStart = text.open(out, picture.size(), unixMicros);
        pictureStart = out.position();
        for (ByteBuffer part : picture.parts()) {
            out.put(part.duplicate());
        }
        pictureEnd = out.position();
        delimiterEnd = text.close(out, last);
        end = out.position();
    }

    /** What opens a response: delimiter, header with length, picture, and what the framing puts behind it. */
    public ByteBuffer first(Framing framing) {
        return switch (framing) {
            case STRICT -> view(0, delimiterEnd);
            case BROWSER -> view(0, end);
            case NONE -> view(pictureStart, pictureEnd);
        };
    }

    /** What goes on with a response that {@link #first} opened in the same framing. */
    public ByteBuffer next(Framing framing) {
        return switch (framing) {
            case STRICT -> view(headerStart, delimiterEnd);
            case BROWSER -> view(pictureStart, end);
            case NONE -> view(pictureStart, pictureEnd);
        };
    }

    private ByteBuffer view(int from, int to) {
        ByteBuffer view = spare.getAndSet(null);
        return (view == null ? memory.duplicate() : view).limit(to).position(from);
    }

    /** Gives back what {@link #first} or {@link #next} gave, which is not used any more: the next viewer gets it. */
    public void spare(ByteBuffer view) {
        spare.set(view);
    }

    /** Of its memory in bytes. */
    int size() {
        return memory.capacity();
    }

    /** The picture alone. */
    public ByteBuffer picture() {
        return memory.slice(pictureStart, pictureEnd - pictureStart);
    }

    /** Whether its picture has just these bytes. */
    public boolean holds(Jpeg picture) {
        if (picture.size() != pictureEnd - pictureStart) {
            return false;
        }
        int at = pictureStart;
        for (ByteBuffer part : picture.parts()) {
            if (memory.slice(at, part.remaining()).mismatch(part) >= 0) {
                return false;
            }
            at += part.remaining();
        }
        return true;
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
