package dev.flipbook.mjpeg;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The direct memory of all {@link Block}s, reused so that the garbage collector sees no pictures, and never more than a
 * ceiling. Thread-safe; its lock is held for a few list operations once for each frame, never for each viewer.
 */
public final class BlockPool {

    /** Smaller blocks are rounded up to this. */
    private static final int SMALLEST = 4096;

    private final long ceiling;
    private final SnapshotMemory snapshots;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private final TreeMap<Integer, Shelf> free = new TreeMap<>();
    private long allocated;
    private long idle;
    private long refused;

    /** @param ceiling how many bytes may be allocated at once, used or waiting for reuse */
    public BlockPool(long ceiling) {
        if (ceiling <= 0) {
            throw new IllegalArgumentException("ceiling must be above 0 bytes: " + ceiling);
        }
        this.ceiling = ceiling;
        this.snapshots = new SnapshotMemory(this);
    }

    /** The blocks out of which snapshots are sent. */
    public SnapshotMemory snapshots() {
        return snapshots;
    }

    /**
     * A block with this picture in it, held by the caller.
     *
     * @param text what stands around the pictures of this feed
     * @param unixMicros when the picture was taken, in microseconds since 1970
     * @param last whether the responses end behind this picture
     * @return nothing when the ceiling is reached: the frame is to be dropped
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

    /** Bytes allocated now, used or waiting for reuse. */
    public long allocatedBytes() {
        lock.lock();
        try {
            return allocated;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes in blocks that somebody holds now. */
    public long usedBytes() {
        lock.lock();
        try {
            return allocated - idle;
        } finally {
            lock.unlock();
        }
    }

    /** There is no memory for something else than a block. */
    void tellShort() {
        lock.lock();
        try {
            refused++;
        } finally {
            lock.unlock();
        }
    }

    /** How many times there was no memory. */
    public long refused() {
        lock.lock();
        try {
            return refused;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that may be allocated at once. */
    public long ceilingBytes() {
        return ceiling;
    }

    /** Four sizes for each power of two: a block wastes a fifth at most, and a feed's frames share one size or two. */
    static int sizeFor(int bytes) {
        int step = Math.max(SMALLEST, Integer.highestOneBit(bytes) / 4);
        return (bytes + step - 1) / step * step;
    }

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

    /** Outside the lock: the JVM zeroes the memory, and may wait for the garbage collector before it refuses. */
    private @Nullable ByteBuffer allocate(int size) {
        try {
            return ByteBuffer.allocateDirect(size);
        } catch (OutOfMemoryError e) { // its own limit for direct memory lies below our ceiling
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

    /** Lets go of free memory of other sizes until this fits below the ceiling. */
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
     * Lets go of the memory that nobody has needed since this was called last; the garbage collector gives it back to the
     * system. What a feed uses stays.
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

    private void forget(int count, int size) {
        allocated -= (long) count * size;
        idle -= (long) count * size;
    }

    /** Free memory of one size. The piece that came last is taken first, so that those that nobody needs stay behind. */
    private static final class Shelf {

        private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>();
        /** So many at least were there all the time since the last trimming. */
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

        /** How many it lets go of. */
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
