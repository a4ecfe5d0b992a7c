package dev.flipbook.decoder;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The Linux kernel of this machine, whose calls are made by their numbers. For one thread; it holds native memory until it is closed. */
@SuppressWarnings("restricted") // calling native code is what this class is for
final class Kernel implements AutoCloseable {

    private static final int ARGUMENTS = 6; // no call of Linux has more

    private final Machine machine;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
    private final MethodHandle syscall;

    /** @throws IllegalStateException when this C library has no {@code syscall} */
    Kernel(Machine machine) {
        this.machine = machine;
        Linker linker = Linker.nativeLinker();
        MemorySegment symbol = linker.defaultLookup()
                .find("syscall")
                .orElseThrow(() -> new IllegalStateException("this C library has no syscall()"));
        this.syscall = linker.downcallHandle(
                        symbol,
                        FunctionDescriptor.of(
                                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                        Linker.Option.captureCallState("errno"),
                        Linker.Option.firstVariadicArg(1))
                .asSpreader(long[].class, ARGUMENTS + 1);
    }

    /** What the kernel returned: 0 or more, or the error's number below 0. */
    long call(Call call, long... arguments) {
        long[] all = new long[ARGUMENTS + 1];
        all[0] = call.on(machine).orElseThrow();
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try {
            long result = (long) syscall.invokeExact(errno, all);
            return result == -1 ? -errno.get(JAVA_INT, 0) : result;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("syscall() failed", e);
        }
    }

    /** The address of these numbers in memory, for as long as this object is open. */
    long memory(long... values) {
        return arena.allocateFrom(JAVA_LONG, values).address();
    }

    /** The address of this text in memory, ended by a zero. */
    long memory(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return arena.allocateFrom(JAVA_BYTE, Arrays.copyOf(bytes, bytes.length + 1))
                .address();
    }

    @Override
    public void close() {
        arena.close();
    }
}
