package dev.flipbook.turbojpeg;

import dev.flipbook.jpeg.Jpeg;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Native memory for one JPEG, which is reused for the next one.
 *
 * <p>Pictures of this class are views of the memory. After the buffer was closed they throw when they are read, so freed
 * memory is never read. Used by one thread at a time.
 */
public final class JpegBuffer implements AutoCloseable {

    private Arena arena = Arena.ofShared();
    private MemorySegment memory = MemorySegment.NULL;

    /** Memory of at least this size. The previous content is lost. */
    MemorySegment atLeast(long bytes) {
        if (memory.byteSize() < bytes) {
            close();
            arena = Arena.ofShared();
            memory = arena.allocate(bytes + bytes / 4, 64);
        }
        return memory;
    }

    /** A picture that is a copy of this native memory. */
    public Jpeg copyOf(MemorySegment jpeg) {
        MemorySegment.copy(jpeg, 0, atLeast(jpeg.byteSize()), 0, jpeg.byteSize());
        return Jpeg.check(memory.asSlice(0, jpeg.byteSize()).asByteBuffer());
    }

    /** A picture of the first bytes of the memory. */
    Jpeg jpeg(long bytes) throws IOException {
        try {
            return Jpeg.check(memory.asSlice(0, bytes).asByteBuffer());
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        memory = MemorySegment.NULL;
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
