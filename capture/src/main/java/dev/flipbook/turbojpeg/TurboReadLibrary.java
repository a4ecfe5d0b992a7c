package dev.flipbook.turbojpeg;

import static dev.flipbook.turbojpeg.TurboJpegLibrary.C_LONG;
import static dev.flipbook.turbojpeg.TurboJpegLibrary.bind;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Optional;

/**
 * The functions of the system's libjpeg-turbo that read JPEGs, from the same version 2 as {@link TurboJpegLibrary}.
 * Immutable.
 *
 * @param init {@code tjInitTransform()}, returns a handle that can also decompress
 * @param destroy {@code tjDestroy(handle)}
 * @param header {@code tjDecompressHeader3(handle, jpeg, size, width, height, subsampling, colours)}
 * @param planes {@code tjDecompressToYUVPlanes(handle, jpeg, size, planes, width, strides, height, flags)}
 * @param pixels {@code tjDecompress2(handle, jpeg, size, pixels, width, pitch, height, format, flags)}, with the pixels
 *     in an array on the Java heap; the garbage collector must wait for the call
 * @param transform {@code tjTransform(handle, jpeg, size, count, jpegs, sizes, transforms, flags)}
 * @param bufSize {@code tjBufSize(width, height, subsampling)}
 * @param errorCode {@code tjGetErrorCode(handle)}, returns 0 for a warning, after which there is a picture
 * @param error {@code tjGetErrorStr2(handle)}
 */
@SuppressWarnings("restricted") // this class calls native code
record TurboReadLibrary(
        MethodHandle init,
        MethodHandle destroy,
        MethodHandle header,
        MethodHandle planes,
        MethodHandle pixels,
        MethodHandle transform,
        MethodHandle bufSize,
        MethodHandle errorCode,
        MethodHandle error) {

    /** Finds the library. Empty if this machine has no libjpeg-turbo of version 2 or later. */
    static Optional<TurboReadLibrary> find() {
        return Loaded.LIBRARY;
    }

    /** Separate class, so that the library is loaded once, at the first use. */
    private static final class Loaded {
        static final Optional<TurboReadLibrary> LIBRARY = TurboJpegLibrary.names().stream()
                .flatMap(name -> open(name).stream())
                .findFirst();
    }

    private static Optional<TurboReadLibrary> open(String name) {
        try {
            SymbolLookup symbols = SymbolLookup.libraryLookup(name, Arena.global());
            return Optional.of(new TurboReadLibrary(
                    bind(symbols, "tjInitTransform", FunctionDescriptor.of(ADDRESS)),
                    bind(symbols, "tjDestroy", FunctionDescriptor.of(JAVA_INT, ADDRESS)),
                    ofJpeg(symbols, "tjDecompressHeader3", ADDRESS, ADDRESS, ADDRESS, ADDRESS),
                    ofJpeg(symbols, "tjDecompressToYUVPlanes", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
                    takesLong(bind(
                            symbols,
                            "tjDecompress2",
                            jpeg(ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                            Linker.Option.critical(true))),
                    ofJpeg(symbols, "tjTransform", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT),
                    givesLong(bind(symbols, "tjBufSize", FunctionDescriptor.of(C_LONG, JAVA_INT, JAVA_INT, JAVA_INT))),
                    bind(symbols, "tjGetErrorCode", FunctionDescriptor.of(JAVA_INT, ADDRESS)),
                    bind(symbols, "tjGetErrorStr2", FunctionDescriptor.of(ADDRESS, ADDRESS))));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no such library, or one without these functions
        }
    }

    private static MethodHandle ofJpeg(SymbolLookup symbols, String name, MemoryLayout... rest) {
        return takesLong(bind(symbols, name, jpeg(rest)));
    }

    /** Parameters: a handle, a JPEG, its size, and these. */
    private static FunctionDescriptor jpeg(MemoryLayout... rest) {
        return FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, C_LONG).appendArgumentLayouts(rest);
    }

    /** Makes the size of a JPEG a Java {@code long}, even if C's has only 4 bytes. */
    private static MethodHandle takesLong(MethodHandle function) {
        return MethodHandles.explicitCastArguments(function, function.type().changeParameterType(2, long.class));
    }

    private static MethodHandle givesLong(MethodHandle function) {
        return MethodHandles.explicitCastArguments(function, function.type().changeReturnType(long.class));
    }
}
