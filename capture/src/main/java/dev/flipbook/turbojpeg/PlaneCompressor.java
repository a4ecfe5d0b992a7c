package dev.flipbook.turbojpeg;

import dev.flipbook.image.RawImage;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.turbojpeg.TurboCompressor.Picture;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * Encodes {@link dev.flipbook.image.PixelFormat#YUV420P}. The planes are copied to native memory and widened to the full
 * range that JPEGs use. Used by one thread at a time.
 */
final class PlaneCompressor implements AutoCloseable {

    private static final byte[] BRIGHTNESS = widened(16, 219, 0);
    private static final byte[] COLOUR = widened(128, 224, 128);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment addresses = arena.allocate(ValueLayout.ADDRESS, 3);
    private final MemorySegment strides = arena.allocate(ValueLayout.JAVA_INT, 3);
    private Arena samplesArena = Arena.ofShared();
    private MemorySegment samples = MemorySegment.NULL;
    private byte[] row = {};

    /**
     * A table that widens the samples of a video.
     *
     * @param from the sample that becomes {@code to}
     * @param steps number of steps in the limited range that become 255 in the full range
     */
    private static byte[] widened(int from, int steps, int to) {
        byte[] wide = new byte[256];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = (byte) Math.clamp(Math.round((i - from) * 255.0 / steps) + to, 0, 255);
        }
        return wide;
    }

    Jpeg encode(RawImage image, TurboCompressor compressor, int quality) throws IOException {
        int width = image.width();
        int height = image.height();
        int halfWidth = (width + 1) / 2;
        int halfHeight = (height + 1) / 2;
        int halfStride = (image.stride() + 1) / 2;
        int blue = image.stride() * height;
        int red = blue + halfStride * halfHeight;
        long blueTo = (long) width * height;
        long redTo = blueTo + (long) halfWidth * halfHeight;
        make(redTo + (long) halfWidth * halfHeight);
        copy(image.pixels(), 0, image.stride(), width, height, BRIGHTNESS, 0);
        copy(image.pixels(), blue, halfStride, halfWidth, halfHeight, COLOUR, blueTo);
        copy(image.pixels(), red, halfStride, halfWidth, halfHeight, COLOUR, redTo);
        place(0, 0, width);
        place(1, blueTo, halfWidth);
        place(2, redTo, halfWidth);
        Picture picture = new Picture(width, height, TurboJpegLibrary.SUBSAMPLING_420, quality);
        return compressor.planes(addresses, strides, picture);
    }

    private void make(long bytes) {
        if (samples.byteSize() < bytes) {
            samplesArena.close();
            samplesArena = Arena.ofShared();
            samples = samplesArena.allocate(bytes, 64);
        }
    }

    private void place(int plane, long at, int stride) {
        addresses.setAtIndex(ValueLayout.ADDRESS, plane, samples.asSlice(at));
        strides.setAtIndex(ValueLayout.JAVA_INT, plane, stride);
    }

    private void copy(ByteBuffer from, int at, int stride, int width, int height, byte[] wide, long to) {
        if (row.length < width) {
            row = new byte[width];
        }
        for (int y = 0; y < height; y++) {
            from.get(at + y * stride, row, 0, width);
            for (int x = 0; x < width; x++) {
                row[x] = wide[row[x] & 0xFF];
            }
            MemorySegment.copy(row, 0, samples, ValueLayout.JAVA_BYTE, to + (long) y * width, width);
        }
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
            samplesArena.close();
        }
    }
}
