package dev.flipbook.turbojpeg;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The system's libjpeg-turbo, with the functions of version 2 of its TurboJPEG interface, which version 3 still has.
 * Each class binds the functions that it calls, because binding a function takes milliseconds at its first use.
 * Immutable.
 */
@SuppressWarnings("restricted") // this class calls native code
public final class TurboJpegLibrary {

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

    /** Functions without which the library is not used. */
    private static final List<String> FUNCTIONS = List.of(
            "tjBufSize",
            "tjCompress2",
            "tjCompressFromYUVPlanes",
            "tjDecompress2",
            "tjDecompressHeader3",
            "tjDecompressToYUVPlanes",
            "tjDestroy",
            "tjGetErrorCode",
            "tjGetErrorStr2",
            "tjInitCompress",
            "tjInitTransform",
            "tjTransform");

    private final SymbolLookup symbols;

    private TurboJpegLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /** Finds the library. Empty if this machine has no libjpeg-turbo of version 2 or later. */
    public static Optional<TurboJpegLibrary> find() {
        return Loaded.LIBRARY;
    }

    /** Separate class, so that the library is loaded once, at the first use. */
    private static final class Loaded {
        static final Optional<TurboJpegLibrary> LIBRARY =
                names().stream().flatMap(name -> open(name).stream()).findFirst();
    }

    private static List<String> names() {
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
            boolean complete =
                    FUNCTIONS.stream().allMatch(each -> symbols.find(each).isPresent());
            return complete ? Optional.of(new TurboJpegLibrary(symbols)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // there is no such library
        }
    }

    /** A function of the library, one of {@link #FUNCTIONS}. */
    MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(symbols.find(name).orElseThrow(), descriptor, options);
    }
}
