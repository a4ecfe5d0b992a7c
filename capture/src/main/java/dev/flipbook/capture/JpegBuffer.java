package dev.flipbook.capture;

import dev.flipbook.Frame;
import dev.flipbook.mjpeg.Jpeg;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Native memory for one JPEG, used again for the next one.
 *
 * <p>Its frames are views of it. Once it has been closed they throw when read, instead of reading freed memory. One thread at
 * a time.
 */
final class JpegBuffer implements AutoCloseable {

    private Arena arena = Arena.ofShared();
    private MemorySegment memory = MemorySegment.NULL;

    /** Memory of at least this size; what it held before is lost. */
    MemorySegment atLeast(long bytes) {
        if (memory.byteSize() < bytes) {
            close();
            arena = Arena.ofShared();
            memory = arena.allocate(bytes + bytes / 4, 64);
        }
        return memory;
    }

    /** Takes a copy of native memory that is not ours to keep. */
    Frame copyOf(MemorySegment jpeg) {
        MemorySegment.copy(jpeg, 0, atLeast(jpeg.byteSize()), 0, jpeg.byteSize());
        return Frame.ofJpeg(memory.asSlice(0, jpeg.byteSize()).asByteBuffer());
    }

    /** The frame that its first bytes are. */
    Frame frame(long bytes) throws IOException {
        try {
            return Frame.ofJpeg(memory.asSlice(0, bytes).asByteBuffer());
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The picture that its first bytes are. */
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
