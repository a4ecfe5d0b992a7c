package dev.flipbook.v4l2;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;

/**
 * The system calls for device files. The first argument of each handle is memory for {@code errno}, with the layout of
 * {@link Linker.Option#captureStateLayout()}. Immutable.
 *
 * @param open {@code open(path, flags)}, returns a descriptor
 * @param ioctl {@code ioctl(descriptor, request, structure)}
 * @param mmap {@code mmap(address, length, protection, flags, descriptor, offset)}
 * @param munmap {@code munmap(address, length)}
 * @param poll {@code poll(entries, count, milliseconds)}
 * @param close {@code close(descriptor)}
 */
@SuppressWarnings("restricted") // this class calls native code
record Libc(
        MethodHandle open,
        MethodHandle ioctl,
        MethodHandle mmap,
        MethodHandle munmap,
        MethodHandle poll,
        MethodHandle close) {

    /** Finds the calls. Empty on any system but 64-bit Linux, because others have no V4L2 or other structures. */
    static Optional<Libc> find() {
        return Loaded.LIBC;
    }

    /** Separate class, so that the calls are looked up once, at the first use. */
    private static final class Loaded {
        static final Optional<Libc> LIBC = isLinux64() ? load() : Optional.empty();
    }

    private static boolean isLinux64() {
        String processor = System.getProperty("os.arch", "");
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux")
                && (processor.equals("amd64") || processor.equals("aarch64"));
    }

    private static Optional<Libc> load() {
        try (Arena arena = Arena.ofConfined()) {
            Linker.Option second = Linker.Option.firstVariadicArg(2);
            return Optional.of(new Libc(
                    bind(arena, "open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), second),
                    bind(arena, "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), second),
                    bind(
                            arena,
                            "mmap",
                            FunctionDescriptor.of(
                                    ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG)),
                    bind(arena, "munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG)),
                    bind(arena, "poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT)),
                    bind(arena, "close", FunctionDescriptor.of(JAVA_INT, JAVA_INT))));
        } catch (IllegalStateException e) {
            System.getLogger("dev.flipbook.v4l2")
                    .log(System.Logger.Level.DEBUG, "cameras cannot be used: {0}", e.getMessage());
            return Optional.empty();
        }
    }

    private static MethodHandle bind(
            Arena arena, String name, FunctionDescriptor descriptor, Linker.Option... variadic) {
        Linker.Option errno = Linker.Option.captureCallState("errno");
        Linker.Option[] options =
                variadic.length == 0 ? new Linker.Option[] {errno} : new Linker.Option[] {errno, variadic[0]};
        return Linker.nativeLinker().downcallHandle(symbol(arena, name), descriptor, options);
    }

    /**
     * Looks up a function by {@code dlsym(RTLD_DEFAULT, name)}. The linker's own lookup would ignore libraries that
     * were preloaded (LD_PRELOAD), such as a camera in user space.
     */
    private static MemorySegment symbol(Arena arena, String name) {
        Linker linker = Linker.nativeLinker();
        MemorySegment dlsym = linker.defaultLookup()
                .find("dlsym")
                .orElseThrow(() -> new IllegalStateException("this C library has no dlsym"));
        try {
            MemorySegment found =
                    (MemorySegment) linker.downcallHandle(dlsym, FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS))
                            .invokeExact(MemorySegment.NULL, arena.allocateFrom(name));
            if (found.equals(MemorySegment.NULL)) {
                throw new IllegalStateException("this C library has no " + name);
            }
            return found;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("dlsym failed", e);
        }
    }
}
