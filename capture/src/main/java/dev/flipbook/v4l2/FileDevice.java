package dev.flipbook.v4l2;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/** A device file opened by the operating system. */
@SuppressWarnings("restricted") // this class calls native code
final class FileDevice implements Device {

    private static final int O_RDWR = 0x2;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int READ_AND_WRITE = 0x3;
    private static final int MAP_SHARED = 0x1;
    private static final VarHandle ERRNO =
            Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));

    // struct pollfd
    private static final int POLL_EVENTS = 4;
    private static final int POLL_RETURNED = 6;
    private static final int POLL_SIZE = 8;

    private final Libc libc;
    private final Arena arena = Arena.ofShared(); // the closing thread may be another one than the opening thread
    private final MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
    private final MemorySegment entry = arena.allocate(POLL_SIZE, Integer.BYTES);
    private final int descriptor;

    FileDevice(Libc libc, Path path) throws DeviceException {
        this.libc = libc;
        try {
            descriptor = (int) libc.open()
                    .invokeExact(state, arena.allocateFrom(path.toString()), O_RDWR | O_NONBLOCK | O_CLOEXEC);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (descriptor < 0) {
            int errno = errno();
            arena.close();
            throw new DeviceException(errno, path + " cannot be opened");
        }
        entry.set(JAVA_INT, 0, descriptor);
        entry.set(JAVA_SHORT, POLL_EVENTS, (short) POLLIN);
    }

    @Override
    public int ioctl(int request, MemorySegment structure) {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("the device is closed");
        }
        try (Arena call = Arena.ofConfined()) { // controls are set by another thread than the one that takes pictures
            MemorySegment error = call.allocate(Linker.Option.captureStateLayout());
            while (true) {
                int code =
                        (int) libc.ioctl().invokeExact(error, descriptor, Integer.toUnsignedLong(request), structure);
                int errno = code < 0 ? (int) ERRNO.get(error, 0L) : 0;
                if (errno != Errno.EINTR) {
                    return errno;
                }
            }
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public MemorySegment map(long offset, long length, Arena until) throws DeviceException {
        MemorySegment mapped;
        try {
            mapped = (MemorySegment) libc.mmap()
                    .invokeExact(state, MemorySegment.NULL, length, READ_AND_WRITE, MAP_SHARED, descriptor, offset);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (mapped.address() == -1) {
            throw new DeviceException(errno(), "its memory cannot be shared");
        }
        return mapped.reinterpret(length, until, memory -> unmap(libc, memory, length));
    }

    /** Unmaps memory with a state of its own, because the device and its state are closed before the arena unmaps. */
    private static void unmap(Libc libc, MemorySegment memory, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            int ignored = (int) libc.munmap().invokeExact(state, memory, length);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    @Override
    public int poll(int millis) throws DeviceException {
        int ready;
        try {
            ready = (int) libc.poll().invokeExact(state, entry, 1L, millis);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (ready < 0) {
            if (errno() == Errno.EINTR) {
                return 0;
            }
            throw new DeviceException(errno(), "waiting for it failed");
        }
        return ready == 0 ? 0 : entry.get(JAVA_SHORT, POLL_RETURNED);
    }

    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        try {
            int ignored = (int) libc.close().invokeExact(state, descriptor);
        } catch (Throwable e) {
            throw unexpected(e);
        } finally {
            arena.close();
        }
    }

    private int errno() {
        return (int) ERRNO.get(state, 0L);
    }

    private static IllegalStateException unexpected(Throwable e) {
        return new IllegalStateException("calling the system failed", e);
    }
}
