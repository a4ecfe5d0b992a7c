package dev.flipbook.turbojpeg;

import static dev.flipbook.turbojpeg.TurboJpegLibrary.C_LONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A compressor or decompressor of libjpeg-turbo, the functions that both have, and memory for parameters. Used by one
 * thread at a time.
 */
@SuppressWarnings("restricted") // this class calls native code
final class TurboHandle implements AutoCloseable {

    private static final int MAX_ERROR = 200; // JMSG_LENGTH_MAX: bytes of an error text

    private final MethodHandle destroy; // tjDestroy(handle)
    private final MethodHandle maxSize; // tjBufSize(width, height, subsampling)
    private final MethodHandle errorCode; // tjGetErrorCode(handle)
    private final MethodHandle errorText; // tjGetErrorStr2(handle)
    private final Arena arena = Arena.ofShared();
    private final MemorySegment address;

    /**
     * Creates a compressor or decompressor.
     *
     * @param init {@code tjInitCompress}, or {@code tjInitTransform} for a handle that decompresses and turns
     */
    TurboHandle(TurboJpegLibrary library, String init) {
        destroy = library.function("tjDestroy", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        maxSize = library.function("tjBufSize", FunctionDescriptor.of(C_LONG, JAVA_INT, JAVA_INT, JAVA_INT));
        errorCode = library.function("tjGetErrorCode", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        errorText = library.function("tjGetErrorStr2", FunctionDescriptor.of(ADDRESS, ADDRESS));
        try {
            address = (MemorySegment)
                    library.function(init, FunctionDescriptor.of(ADDRESS)).invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (address.equals(MemorySegment.NULL)) {
            throw new IllegalStateException("libjpeg-turbo's " + init + " returned nothing; is there enough memory?");
        }
    }

    /** The handle as the library's functions take it. */
    MemorySegment address() {
        return address;
    }

    /** Memory for the parameters of calls, which is freed with the handle. */
    Arena memory() {
        return arena;
    }

    /**
     * Maximum bytes of a JPEG of this size.
     *
     * @throws IOException if libjpeg-turbo cannot encode a picture of this size
     */
    long maxSize(int width, int height, int subsampling) throws IOException {
        long bytes;
        try {
            bytes = C_LONG.byteSize() == 8
                    ? (long) maxSize.invokeExact(width, height, subsampling)
                    : (int) maxSize.invokeExact(width, height, subsampling);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (bytes <= 0) {
            throw new IOException("libjpeg-turbo cannot encode a picture of " + width + "x" + height + " pixels");
        }
        return bytes;
    }

    /** Whether the last call failed only with a warning, after which there is a picture. */
    boolean isWarning() {
        try {
            return (int) errorCode.invokeExact(address) == 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The exception to throw after a call that failed, with libjpeg-turbo's own text. */
    IOException failure() {
        try {
            MemorySegment text = (MemorySegment) errorText.invokeExact(address);
            return new IOException(
                    "libjpeg-turbo: " + text.reinterpret(MAX_ERROR).getString(0));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The exception for a native call that threw, which a correct call never does. */
    static IllegalStateException unexpected(Throwable e) {
        return new IllegalStateException("calling libjpeg-turbo failed", e);
    }

    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        try {
            int ignored = (int) destroy.invokeExact(address);
        } catch (Throwable e) {
            throw unexpected(e);
        } finally {
            arena.close();
        }
    }
}
