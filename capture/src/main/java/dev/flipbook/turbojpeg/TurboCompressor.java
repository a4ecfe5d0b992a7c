package dev.flipbook.turbojpeg;

import static dev.flipbook.turbojpeg.TurboJpegLibrary.C_LONG;
import static dev.flipbook.turbojpeg.TurboJpegLibrary.NO_REALLOC;

import dev.flipbook.jpeg.Jpeg;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** A compressor of libjpeg-turbo and its output memory. Used by one thread at a time. */
@SuppressWarnings("restricted") // this class calls native code
public final class TurboCompressor implements AutoCloseable {

    private final TurboJpegLibrary library;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment jpeg = arena.allocate(ValueLayout.ADDRESS);
    private final MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
    private final JpegBuffer buffer = new JpegBuffer();
    private final MemorySegment handle;

    public TurboCompressor(TurboJpegLibrary library) {
        this.library = library;
        try {
            this.handle = (MemorySegment) library.initCompress().invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (handle.equals(MemorySegment.NULL)) {
            throw new IllegalStateException("libjpeg-turbo gives no compressor; is there enough memory?");
        }
    }

    /**
     * Encodes a picture that is stored as planes.
     *
     * @param planes array of addresses, one for each plane
     * @param strides array of ints, the bytes of a row for each plane
     */
    public Jpeg planes(MemorySegment planes, MemorySegment strides, Picture picture) throws IOException {
        try {
            prepare(picture);
            int code = (int) library.planes()
                    .invokeExact(
                            handle,
                            planes,
                            picture.width,
                            strides,
                            picture.height,
                            picture.subsampling,
                            jpeg,
                            size,
                            picture.quality,
                            NO_REALLOC);
            return finish(code);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Encodes a picture that is stored as pixels.
     *
     * @param pixels in native memory or in an array on the heap
     * @param format libjpeg-turbo's number, such as {@link TurboJpegLibrary#BGRX}
     * @param pitch bytes of a row
     */
    public Jpeg pixels(MemorySegment pixels, int format, int pitch, Picture picture) throws IOException {
        try {
            prepare(picture);
            MethodHandle compress = pixels.isNative() ? library.pixels() : library.heapPixels();
            int code = (int) compress.invokeExact(
                    handle,
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
            return finish(code);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private void prepare(Picture picture) throws Throwable {
        long most = C_LONG.byteSize() == 8
                ? (long) library.bufSize().invokeExact(picture.width, picture.height, picture.subsampling)
                : (int) library.bufSize().invokeExact(picture.width, picture.height, picture.subsampling);
        if (most <= 0) {
            throw new IOException(
                    "libjpeg-turbo cannot encode a picture of " + picture.width + "x" + picture.height + " pixels");
        }
        jpeg.set(ValueLayout.ADDRESS, 0, buffer.atLeast(most));
        size.set(ValueLayout.JAVA_LONG, 0, 0); // clears all 8 bytes, because C's long may have only 4
        if (C_LONG.byteSize() == 8) {
            size.set(ValueLayout.JAVA_LONG, 0, most);
        } else {
            size.set(ValueLayout.JAVA_INT, 0, (int) most);
        }
    }

    private Jpeg finish(int code) throws Throwable {
        if (code != 0) {
            MemorySegment text = (MemorySegment) library.error().invokeExact(handle);
            throw new IOException("libjpeg-turbo: " + text.reinterpret(200).getString(0));
        }
        return buffer.jpeg(size.get(ValueLayout.JAVA_LONG, 0));
    }

    private static IllegalStateException unexpected(Throwable e) {
        return new IllegalStateException("calling libjpeg-turbo failed", e);
    }

    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        try {
            int ignored = (int) library.destroy().invokeExact(handle);
        } catch (Throwable e) {
            throw unexpected(e);
        } finally {
            arena.close();
            buffer.close();
        }
    }

    /** The properties of a picture that is to be encoded. */
    public record Picture(int width, int height, int subsampling, int quality) {}
}
