package dev.flipbook.mjpeg;

import dev.flipbook.jpeg.Jpeg;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The direct memory of all {@link Block}s, which is reused and limited.
 *
 * <p><b>Reuse.</b> The pictures of a feed have similar sizes. A block's memory has one of four sizes for each power of
 * two, and free memory waits on a shelf for each size. A frame nearly always finds memory on its shelf, so that the
 * garbage collector sees no pictures and the JVM need not zero new memory.
 *
 * <p><b>Ceiling.</b> Used and free memory together never exceed the ceiling. When there is no room for a new piece,
 * free memory of other sizes is dropped first. If that is not enough, the frame finds no memory: its publisher drops
 * and counts it. The system may grant less than the ceiling; then a refused allocation counts as the ceiling.
 *
 * <p><b>Trim.</b> Memory that stayed on its shelf from one {@link #trim} to the next was not needed and is dropped; the
 * garbage collector gives it back to the system.
 *
 * <p>Thread-safe. The lock is held for a few list operations, once or twice for each frame, and never for each viewer.
 * Memory is allocated without the lock.
 */
public final class BlockPool {

    /** Minimum size of a block's memory in bytes. Smaller sizes are rounded up. */
    private static final int MIN_BYTES = 4096;

    private final long ceiling;
    private final SnapshotMemory snapshots;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final TreeMap<Integer, Shelf> free = new TreeMap<>();
    // bytes in blocks and on shelves
    private long allocated;
    // bytes on shelves
    private long idle;
    // number of times that there was no memory
    private long refused;

    /**
     * A pool without memory.
     *
     * @param ceiling maximum bytes allocated at once, used or free; above 0
     * @throws IllegalArgumentException when the ceiling is not above 0
     */
    public BlockPool(long ceiling) {
        if (ceiling <= 0) {
            throw new IllegalArgumentException("ceiling must be above 0 bytes: " + ceiling);
        }
        this.ceiling = ceiling;
        this.snapshots = new SnapshotMemory(this);
    }

    /** The blocks from which snapshots are sent, and their limits. */
    public SnapshotMemory snapshots() {
        return snapshots;
    }

    /**
     * A block with this picture. The caller is its only holder.
     *
     * @param text what stands around the pictures of the feed
     * @param unixMicros when the picture was taken, in microseconds since 1970
     * @param last whether responses end after this picture
     * @return empty when there is no memory; the frame has to be dropped
     */
    public Optional<Block> block(Jpeg picture, BlockText text, long unixMicros, boolean last) {
        ByteBuffer memory = take(sizeFor(picture.size() + text.size()));
        if (memory == null) {
            return Optional.empty();
        }
        Block block = new Block(this, memory);
        block.fill(picture, text, unixMicros, last);
        return Optional.of(block);
    }

    /** Bytes that are allocated now, used or free. */
    public long allocatedBytes() {
        lock.lock();
        try {
            return allocated;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of blocks that have a holder now. */
    public long usedBytes() {
        lock.lock();
        try {
            return allocated - idle;
        } finally {
            lock.unlock();
        }
    }

    /** Counts a request for memory that was refused before it came here. */
    void tellShort() {
        lock.lock();
        try {
            refused++;
        } finally {
            lock.unlock();
        }
    }

    /** Number of times that there was no memory. */
    public long refused() {
        lock.lock();
        try {
            return refused;
        } finally {
            lock.unlock();
        }
    }

    /** Maximum bytes that are allocated at once. */
    public long ceilingBytes() {
        return ceiling;
    }

    /**
     * Rounds up to one of four sizes for each power of two. A block wastes at most a fifth of its memory, and the
     * frames of a feed share one or two sizes.
     */
    static int sizeFor(int bytes) {
        int step = Math.max(MIN_BYTES, Integer.highestOneBit(bytes) / 4);
        return (bytes + step - 1) / step * step;
    }

    /** Free memory of this size, or new memory; null when there is none. */
    private @Nullable ByteBuffer take(int size) {
        lock.lock();
        try {
            Shelf same = free.get(size);
            ByteBuffer memory = same == null ? null : same.take();
            if (memory != null) {
                idle -= size;
                return memory;
            }
            if (!makeRoom(size)) {
                refused++;
                return null;
            }
            allocated += size;
        } finally {
            lock.unlock();
        }
        return allocate(size);
    }

    /**
     * Allocates memory. Runs without the lock, because the JVM zeroes the memory, and may wait for the garbage
     * collector before it refuses.
     */
    private @Nullable ByteBuffer allocate(int size) {
        try {
            return ByteBuffer.allocateDirect(size);
        } catch (OutOfMemoryError e) { // the JVM's own limit for direct memory may lie below the ceiling
            lock.lock();
            try {
                allocated -= size;
                refused++;
            } finally {
                lock.unlock();
            }
            return null;
        }
    }

    /** Under lock: drops free memory, the largest pieces first, until this size fits below the ceiling. */
    private boolean makeRoom(int size) {
        while (allocated + size > ceiling && !free.isEmpty()) {
            Map.Entry<Integer, Shelf> largest = free.lastEntry();
            if (largest.getValue().take() == null) {
                free.remove(largest.getKey());
            } else {
                forget(1, largest.getKey());
            }
        }
        return allocated + size <= ceiling;
    }

    /** Puts the memory of a block without holders on its shelf. */
    void giveBack(ByteBuffer memory) {
        lock.lock();
        try {
            free.computeIfAbsent(memory.capacity(), size -> new Shelf()).add(memory);
            idle += memory.capacity();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Drops the free memory that has not been needed since the last call. What feeds use stays. Called every ten
     * seconds.
     */
    public void trim() {
        lock.lock();
        try {
            for (Map.Entry<Integer, Shelf> one : free.entrySet()) {
                forget(one.getValue().trim(), one.getKey());
            }
            free.values().removeIf(Shelf::isEmpty);
        } finally {
            lock.unlock();
        }
    }

    /** Under lock: counts dropped pieces of one size. */
    private void forget(int count, int size) {
        allocated -= (long) count * size;
        idle -= (long) count * size;
    }

    /**
     * Free memory of one size. The piece that came last is taken first, so that pieces that nobody needs stay at the
     * other end. Guarded by lock.
     */
    private static final class Shelf {

        private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>();
        /** Minimum number of pieces that were here at every moment since the last trim: nobody has needed them. */
        private int unused;

        @Nullable
        ByteBuffer take() {
            ByteBuffer memory = pieces.pollLast();
            unused = Math.min(unused, pieces.size());
            return memory;
        }

        void add(ByteBuffer memory) {
            pieces.addLast(memory);
        }

        boolean isEmpty() {
            return pieces.isEmpty();
        }

        /** Drops the unused pieces and returns their number. */
        int trim() {
            int count = unused;
            for (int i = 0; i < count; i++) {
                pieces.pollFirst();
            }
            unused = pieces.size();
            return count;
        }
    }
}
