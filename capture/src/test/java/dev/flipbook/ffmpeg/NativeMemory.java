package dev.flipbook.ffmpeg;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Collections;

/** The memory that native code of this process has allocated and not freed, without the Java heap. */
public final class NativeMemory {

    /** The struct {@code mallinfo2} of glibc: ten numbers of the type {@code size_t}. */
    private static final MemoryLayout FIGURES = MemoryLayout.structLayout(
            Collections.nCopies(10, ValueLayout.JAVA_LONG).toArray(MemoryLayout[]::new));

    /** Bytes in large pieces, each of which is a mapping of its own. */
    private static final int HBLKHD = 4;

    /** Bytes in all other pieces. */
    private static final int UORDBLKS = 7;

    private NativeMemory() {}

    /** Allocated bytes; skips the test where the C library does not report them. */
    @SuppressWarnings("restricted") // the JVM is started with the right to call native code
    public static long used() throws Throwable {
        Linker linker = Linker.nativeLinker();
        MemorySegment function = linker.defaultLookup().find("mallinfo2").orElse(MemorySegment.NULL);
        if (function.equals(MemorySegment.NULL)) {
            Clips.skip("the C library here has no mallinfo2 to count native memory with");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment figures = (MemorySegment) linker.downcallHandle(function, FunctionDescriptor.of(FIGURES))
                    .invokeExact((SegmentAllocator) arena);
            return figures.getAtIndex(ValueLayout.JAVA_LONG, HBLKHD)
                    + figures.getAtIndex(ValueLayout.JAVA_LONG, UORDBLKS);
        }
    }
}
