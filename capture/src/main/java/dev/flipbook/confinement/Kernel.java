package dev.flipbook.confinement;

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

/** Makes system calls to the Linux kernel by number. Used by one thread; holds native memory until it is closed. */
@SuppressWarnings("restricted") // this class calls native code
final class Kernel implements AutoCloseable {

    private static final int ARGUMENTS = 6; // the maximum of any Linux call

    private final Machine machine;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
    private final MethodHandle syscall;

    /** @throws IllegalStateException if the C library has no {@code syscall} */
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

    /**
     * Makes a call.
     *
     * @return the kernel's result, 0 or more; or the negative error number
     */
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

    /** Copies these numbers to native memory and returns their address, which is valid until this object is closed. */
    long memory(long... values) {
        return arena.allocateFrom(JAVA_LONG, values).address();
    }

    /**
     * Copies this text to native memory, with a zero at its end, and returns its address, which is valid until this
     * object is closed.
     */
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
