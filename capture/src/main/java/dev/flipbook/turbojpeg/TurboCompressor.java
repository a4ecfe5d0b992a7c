package dev.flipbook.turbojpeg;

import static dev.flipbook.turbojpeg.TurboJpegLibrary.C_LONG;
import static dev.flipbook.turbojpeg.TurboJpegLibrary.NO_REALLOC;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.flipbook.jpeg.Jpeg;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** A compressor of libjpeg-turbo and its output memory. Used by one thread at a time. */
@SuppressWarnings("restricted") // this class calls native code
public final class TurboCompressor implements AutoCloseable {

    private static final FunctionDescriptor PIXELS = FunctionDescriptor.of(
            JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT,
            JAVA_INT);

    private static final FunctionDescriptor PLANES = FunctionDescriptor.of(
            JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT);

    // tjCompress2(handle, pixels, width, pitch, height, format, jpeg, size, subsampling, quality, flags)
    private final MethodHandle compress;
    private final MethodHandle compressHeap; // for arrays on the Java heap; the garbage collector waits for the call

    // tjCompressFromYUVPlanes(handle, planes, width, strides, height, subsampling, jpeg, size, quality, flags)
    private final MethodHandle compressPlanes;

    private final TurboHandle handle;
    private final MemorySegment jpeg;
    private final MemorySegment size;
    private final JpegBuffer buffer = new JpegBuffer();

    public TurboCompressor(TurboJpegLibrary library) {
        compress = library.function("tjCompress2", PIXELS);
        compressHeap = library.function("tjCompress2", PIXELS, Linker.Option.critical(true));
        compressPlanes = library.function("tjCompressFromYUVPlanes", PLANES);
        handle = new TurboHandle(library, "tjInitCompress");
        jpeg = handle.memory().allocate(ADDRESS);
        size = handle.memory().allocate(JAVA_LONG);
    }

    /**
     * Encodes a picture that is stored as planes.
     *
     * @param planes array of addresses, one for each plane
     * @param strides array of ints, the bytes of a row for each plane
     */
    public Jpeg planes(MemorySegment planes, MemorySegment strides, Picture picture) throws IOException {
        prepare(picture);
        int code;
        try {
            code = (int) compressPlanes.invokeExact(
                    handle.address(),
                    planes,
                    picture.width,
                    strides,
                    picture.height,
                    picture.subsampling,
                    jpeg,
                    size,
                    picture.quality,
                    NO_REALLOC);
        } catch (Throwable e) {
            throw TurboHandle.unexpected(e);
        }
        return finish(code);
    }

    /**
     * Encodes a picture that is stored as pixels.
     *
     * @param pixels in native memory or in an array on the heap
     * @param format libjpeg-turbo's number, such as {@link TurboJpegLibrary#BGRX}
     * @param pitch bytes of a row
     */
    public Jpeg pixels(MemorySegment pixels, int format, int pitch, Picture picture) throws IOException {
        prepare(picture);
        MethodHandle function = pixels.isNative() ? compress : compressHeap;
        int code;
        try {
            code = (int) function.invokeExact(
                    handle.address(),
                    pixels,
                    picture.width,
                    pitch,
                    picture.height,
                    format,
                    jpeg,
                    size,
                    picture.subsampling,
                    picture.quality,
                    NO_REALLOC);
        } catch (Throwable e) {
            throw TurboHandle.unexpected(e);
        }
        return finish(code);
    }

    private void prepare(Picture picture) throws IOException {
        long maxSize = handle.maxSize(picture.width, picture.height, picture.subsampling);
        jpeg.set(ADDRESS, 0, buffer.atLeast(maxSize));
        size.set(JAVA_LONG, 0, 0); // clears all 8 bytes, because C's long may have only 4
        if (C_LONG.byteSize() == 8) {
            size.set(JAVA_LONG, 0, maxSize);
        } else {
            size.set(JAVA_INT, 0, (int) maxSize);
        }
    }

    private Jpeg finish(int code) throws IOException {
        if (code != 0) {
            throw handle.failure();
        }
        return buffer.jpeg(size.get(JAVA_LONG, 0));
    }

    @Override
    public void close() {
        handle.close();
        buffer.close();
    }

    /** The properties of a picture that is to be encoded. */
    public record Picture(int width, int height, int subsampling, int quality) {}
}
