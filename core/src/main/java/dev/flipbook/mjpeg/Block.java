package dev.flipbook.mjpeg;

import dev.flipbook.jpeg.Jpeg;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One frame as it goes to its viewers: part header, picture, delimiter and the next part's header in one piece of
 * direct memory, which all viewers share.
 *
 * <pre>
 * --B CRLF | Content-Type, Content-Length, X-Timestamp, blank | picture | CRLF --B CRLF | Content-Type, blank
 * └ opens a response ┘                                        │         │               │
 *            └─ strict: from here ────────────────────────────┼─────────┼─── to here ──┘               │
 *                                          browser: from here ┘         │                    to here ──┘
 * </pre>
 *
 * <p><b>One copy.</b> The picture is copied once, into the block. Every {@link Framing} is a slice of the same bytes,
 * so a viewer costs one write and no copy, in every framing. The memory is direct, because the JDK would copy a heap
 * array into direct memory for each write.
 *
 * <p><b>Life.</b> The thread that took the block from its {@link BlockPool} fills it before any other thread sees it,
 * and nobody writes into it after that. Holders are counted: the feed, each viewer that writes the block, each
 * snapshot. When the last holder releases it, the memory goes back to the pool and may become part of another block. A
 * viewer that is slow therefore keeps this block's memory, and a viewer that is gone must release it.
 *
 * <p><b>What must not happen.</b> No slice is read after its holder has released the block, because its bytes may be
 * those of another frame by then. {@link #retain} refuses a block whose last holder has just released it, and a release
 * too many throws.
 *
 * <p>Thread-safe after it was filled.
 */
public final class Block {

    private static final AtomicIntegerFieldUpdater<Block> HOLDERS =
            AtomicIntegerFieldUpdater.newUpdater(Block.class, "holders");

    private final BlockPool pool;
    private final ByteBuffer memory;
    private volatile int holders = 1;
    /**
     * A view that a viewer has given back, for the next one. Most viewers write one after another, so one view serves
     * nearly all.
     */
    private final AtomicReference<@Nullable ByteBuffer> spare = new AtomicReference<>();
    // Places in the memory, in the order of the picture above.
    private int headerStart;
    private int pictureStart;
    private int pictureEnd;
    private int delimiterEnd;
    private int end;

    /** A block that is not filled yet; its only holder is the caller. */
    Block(BlockPool pool, ByteBuffer memory) {
        this.pool = pool;
        this.memory = memory;
    }

    /**
     * Writes the frame into the block. Called once, by the thread that took the block from its pool, before any other
     * thread sees it.
     *
     * @param unixMicros when the picture was taken, in microseconds since 1970
     * @param last whether responses end after this picture: the closing delimiter follows, and no next header
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

    /**
     * The slice that opens a response: delimiter, header with length, picture, and what the framing puts after it.
     * Valid until the caller releases the block.
     */
    public ByteBuffer first(Framing framing) {
        return switch (framing) {
            case STRICT -> view(0, delimiterEnd);
            case BROWSER -> view(0, end);
            case NONE -> view(pictureStart, pictureEnd);
        };
    }

    /**
     * The slice that continues a response which {@link #first} opened in the same framing. Valid until the caller
     * releases the block.
     */
    public ByteBuffer next(Framing framing) {
        return switch (framing) {
            case STRICT -> view(headerStart, delimiterEnd);
            case BROWSER -> view(pictureStart, end);
            case NONE -> view(pictureStart, pictureEnd);
        };
    }

    /** A view of a part of the memory: the spare one, or a new one. */
    private ByteBuffer view(int from, int to) {
        ByteBuffer view = spare.getAndSet(null);
        return (view == null ? memory.duplicate() : view).limit(to).position(from);
    }

    /**
     * Takes back a slice of {@link #first} or {@link #next} that the caller does not use any more; the next viewer gets
     * it.
     */
    public void spare(ByteBuffer view) {
        spare.set(view);
    }

    /** Size of the block's memory in bytes. */
    int size() {
        return memory.capacity();
    }

    /** A slice with the picture alone. Valid until the caller releases the block. */
    public ByteBuffer picture() {
        return memory.slice(pictureStart, pictureEnd - pictureStart);
    }

    /** Whether the picture in the block has exactly these bytes. */
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

    /**
     * Makes the caller a holder. Returns false when the last holder has just released the block; then it must not be
     * used.
     */
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

    /**
     * Ends one holding. Called once for each {@link #retain}, and once by the thread that took the block from the pool.
     *
     * @throws IllegalStateException when there is no holder left
     */
    public void release() {
        int left = HOLDERS.decrementAndGet(this);
        if (left == 0) {
            pool.giveBack(memory);
        } else if (left < 0) {
            throw new IllegalStateException("a block was released more often than held");
        }
    }
}
