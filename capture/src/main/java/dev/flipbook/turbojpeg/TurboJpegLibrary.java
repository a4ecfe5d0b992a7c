package dev.flipbook.turbojpeg;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The functions of the system's libjpeg-turbo that encode, from version 2 of its TurboJPEG interface, which version 3
 * still has. Immutable.
 *
 * @param initCompress {@code tjInitCompress()}, returns a handle
 * @param destroy {@code tjDestroy(handle)}
 * @param bufSize {@code tjBufSize(width, height, subsampling)}, returns the maximum bytes of a JPEG
 * @param planes
 *     {@code tjCompressFromYUVPlanes(handle, planes, width, strides, height, subsampling, jpeg, size, quality, flags)}
 * @param pixels
 *     {@code tjCompress2(handle, pixels, width, pitch, height, format, jpeg, size, subsampling, quality, flags)}
 * @param heapPixels the same function for an array on the Java heap; the garbage collector must wait for the call
 * @param error {@code tjGetErrorStr2(handle)}
 */
@SuppressWarnings("restricted") // this class calls native code
public record TurboJpegLibrary(
        MethodHandle initCompress,
        MethodHandle destroy,
        MethodHandle bufSize,
        MethodHandle planes,
        MethodHandle pixels,
        MethodHandle heapPixels,
        MethodHandle error) {

    public static final int SUBSAMPLING_444 = 0;
    public static final int SUBSAMPLING_422 = 1;
    public static final int SUBSAMPLING_420 = 2;
    public static final int SUBSAMPLING_GRAY = 3;

    /** {@code TJPF_BGRX}: an {@code int} 0xRRGGBB as a little-endian machine stores it. */
    public static final int BGRX = 3;

    /** {@code TJPF_RGB}. */
    static final int RGB = 0;

    /** {@code TJPF_BGR}. */
    static final int BGR = 1;

    /** {@code TJPF_RGBX}: the fourth byte is ignored. */
    static final int RGBX = 2;

    /** {@code TJPF_GRAY}. */
    static final int GRAY = 6;

    /** {@code TJPF_CMYK}. */
    static final int CMYK = 11;

    /** {@code TJFLAG_NOREALLOC}: write only to our buffer, which is large enough for any JPEG. */
    static final int NO_REALLOC = 1024;

    /** C's {@code long}: 4 bytes on Windows, 8 elsewhere. */
    static final MemoryLayout C_LONG =
            Objects.requireNonNull(Linker.nativeLinker().canonicalLayouts().get("long"));

    /** Finds the library. Empty if this machine has no libjpeg-turbo. */
    public static Optional<TurboJpegLibrary> find() {
        return Loaded.LIBRARY;
    }

    /** Separate class, so that the library is loaded once, at the first use. */
    private static final class Loaded {
        static final Optional<TurboJpegLibrary> LIBRARY =
                names().stream().flatMap(name -> open(name).stream()).findFirst();
    }

    static List<String> names() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (os.startsWith("mac")) {
            return List.of(
                    "libturbojpeg.dylib",
                    "/opt/homebrew/opt/jpeg-turbo/lib/libturbojpeg.dylib",
                    "/usr/local/opt/jpeg-turbo/lib/libturbojpeg.dylib",
                    "/opt/libjpeg-turbo/lib/libturbojpeg.dylib");
        }
        return os.startsWith("windows")
                ? List.of("turbojpeg.dll", "libturbojpeg.dll", "C:\\libjpeg-turbo64\\bin\\turbojpeg.dll")
                : List.of("libturbojpeg.so.0", "libturbojpeg.so");
    }

    private static Optional<TurboJpegLibrary> open(String name) {
        try {
            SymbolLookup symbols = SymbolLookup.libraryLookup(name, Arena.global());
            return Optional.of(new TurboJpegLibrary(
                    bind(symbols, "tjInitCompress", FunctionDescriptor.of(ADDRESS)),
                    bind(symbols, "tjDestroy", FunctionDescriptor.of(JAVA_INT, ADDRESS)),
                    bind(symbols, "tjBufSize", FunctionDescriptor.of(C_LONG, JAVA_INT, JAVA_INT, JAVA_INT)),
                    bind(symbols, "tjCompressFromYUVPlanes", planesDescriptor()),
                    bind(symbols, "tjCompress2", pixelsDescriptor()),
                    bind(symbols, "tjCompress2", pixelsDescriptor(), Linker.Option.critical(true)),
                    bind(symbols, "tjGetErrorStr2", FunctionDescriptor.of(ADDRESS, ADDRESS))));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no such library, or one without these functions
        }
    }

    private static FunctionDescriptor planesDescriptor() {
        return FunctionDescriptor.of(
                JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT,
                JAVA_INT);
    }

    private static FunctionDescriptor pixelsDescriptor() {
        return FunctionDescriptor.of(
                JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT,
                JAVA_INT, JAVA_INT);
    }

    static MethodHandle bind(
            SymbolLookup symbols, String name, FunctionDescriptor descriptor, Linker.Option... options) {
        MemorySegment symbol = symbols.find(name).orElseThrow(() -> new IllegalArgumentException(name));
        return Linker.nativeLinker().downcallHandle(symbol, descriptor, options);
    }
}
