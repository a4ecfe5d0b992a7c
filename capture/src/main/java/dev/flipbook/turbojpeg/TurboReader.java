package dev.flipbook.turbojpeg;

import static dev.flipbook.turbojpeg.TurboJpegLibrary.C_LONG;
import static dev.flipbook.turbojpeg.TurboJpegLibrary.NO_REALLOC;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.flipbook.jpeg.Jpeg;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.util.List;

/** A decompressor of libjpeg-turbo and its output memory. Used by one thread at a time. */
@SuppressWarnings("restricted") // this class calls native code
final class TurboReader implements AutoCloseable {

    /** {@code TJXOP_ROT90}, one quarter turn clockwise, minus one. The numbers of two and three quarters follow. */
    private static final int ROTATE = 4;

    /** {@code TJXOPT_PERFECT}, which fails if a block at an edge is incomplete, and {@code TJXOPT_COPYNONE}. */
    private static final int PERFECT_WITHOUT_MARKERS = 1 | 64;

    /** Size and offsets of {@code tjtransform}: a region of four ints, the operation, options, and two pointers. */
    private static final int TRANSFORM = 40;

    private static final int OPERATION = 16;
    private static final int OPTIONS = 20;

    /**
     * Pixels in width and height that share one colour sample, by the number of the subsampling: 4:4:4, 4:2:2, 4:2:0,
     * grey, 4:4:0, 4:1:1.
     */
    private static final int[] ACROSS = {1, 2, 2, 1, 1, 4};

    private static final int[] DOWN = {1, 1, 2, 1, 2, 1};

    // tjDecompressHeader3(handle, jpeg, size, width, height, subsampling, colours)
    private final MethodHandle readHeader;

    // tjDecompressToYUVPlanes(handle, jpeg, size, planes, width, strides, height, flags)
    private final MethodHandle decodePlanes;

    // tjDecompress2(handle, jpeg, size, pixels, width, pitch, height, format, flags), with the pixels in an array on
    // the Java heap; the garbage collector waits for the call
    private final MethodHandle decodePixels;

    // tjTransform(handle, jpeg, size, count, jpegs, sizes, transforms, flags)
    private final MethodHandle transformBlocks;

    private final TurboHandle handle;
    private final MemorySegment out;
    private final MemorySegment planes;
    private final MemorySegment strides;
    private final MemorySegment transform;
    private final MemorySegment turned;
    private final MemorySegment turnedSize;
    private final JpegBuffer input = new JpegBuffer();
    private final JpegBuffer samples = new JpegBuffer();
    private final JpegBuffer output = new JpegBuffer();

    TurboReader(TurboJpegLibrary library) {
        readHeader = ofJpeg(library, "tjDecompressHeader3", List.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS));
        decodePlanes =
                ofJpeg(library, "tjDecompressToYUVPlanes", List.of(ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
        decodePixels = ofJpeg(
                library,
                "tjDecompress2",
                List.of(ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                Linker.Option.critical(true));
        transformBlocks = ofJpeg(library, "tjTransform", List.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT));
        handle = new TurboHandle(library, "tjInitTransform");
        Arena memory = handle.memory();
        out = memory.allocate(JAVA_INT, 4);
        planes = memory.allocate(ADDRESS, 3);
        strides = memory.allocate(JAVA_INT, 3);
        transform = memory.allocate(TRANSFORM, 8);
        turned = memory.allocate(ADDRESS);
        turnedSize = memory.allocate(JAVA_LONG);
    }

    /**
     * A function whose first parameters are a handle, a JPEG and its size as a Java {@code long}, even if C's has only
     * 4 bytes.
     *
     * @param rest the other parameters
     */
    private static MethodHandle ofJpeg(
            TurboJpegLibrary library, String name, List<MemoryLayout> rest, Linker.Option... options) {
        FunctionDescriptor descriptor = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, C_LONG)
                .appendArgumentLayouts(rest.toArray(MemoryLayout[]::new));
        MethodHandle function = library.function(name, descriptor, options);
        return MethodHandles.explicitCastArguments(function, function.type().changeParameterType(2, long.class));
    }

    /** The picture in native memory: in place if it is there already, otherwise a copy. */
    MemorySegment inMemory(Jpeg picture) {
        if (picture.parts().size() == 1 && picture.parts().get(0).isDirect()) {
            return MemorySegment.ofBuffer(picture.parts().get(0));
        }
        MemorySegment copy = input.atLeast(picture.size()).asSlice(0, picture.size());
        ByteBuffer to = copy.asByteBuffer();
        picture.parts().forEach(part -> to.put(part.duplicate()));
        return copy;
    }

    /**
     * The header of a picture.
     *
     * @param subsampling libjpeg-turbo's number; negative if it has none for this subsampling
     * @param colours libjpeg-turbo's number for the meaning of the components
     */
    record Header(int subsampling, int colours) {

        private static final int RGB = 0;
        private static final int CMYK = 3;

        /**
         * Whether the components are brightness and colour differences, or brightness alone, as in the JPEGs that are
         * made here.
         */
        boolean isYcc() {
            return colours > RGB && colours < CMYK;
        }

        /** Whether there are four components, including pictures stored as YCCK. */
        boolean isCmyk() {
            return colours >= CMYK;
        }
    }

    Header header(MemorySegment jpeg) {
        MemorySegment number = out.asSlice(8, 4);
        number.set(JAVA_INT, 0, -1);
        MemorySegment colours = out.asSlice(12, 4);
        colours.set(JAVA_INT, 0, -1);
        int code;
        try {
            code = (int) readHeader.invokeExact(
                    handle.address(), jpeg, jpeg.byteSize(), out, out.asSlice(4, 4), number, colours);
        } catch (Throwable e) {
            throw TurboHandle.unexpected(e);
        }
        int found = number.get(JAVA_INT, 0);
        return new Header(code == 0 && found < ACROSS.length ? found : -1, colours.get(JAVA_INT, 0));
    }

    /**
     * Decodes to one plane for each component, in this size, which must be a multiple of an eighth of the picture's.
     */
    Planes planes(MemorySegment jpeg, int subsampling, int width, int height) throws IOException {
        int across = ACROSS[subsampling];
        int down = DOWN[subsampling];
        int fullWidth = (width + across - 1) / across * across;
        int fullHeight = (height + down - 1) / down * down;
        long first = (long) fullWidth * fullHeight;
        long further = subsampling == TurboJpegLibrary.SUBSAMPLING_GRAY ? 0 : first / across / down;
        MemorySegment memory = samples.atLeast(first + 2 * further);
        for (int i = 0; i < 3; i++) {
            long at = i == 0 ? 0 : first + (i - 1) * further;
            planes.setAtIndex(ADDRESS, i, memory.asSlice(Math.min(at, memory.byteSize())));
            strides.setAtIndex(JAVA_INT, i, i == 0 ? fullWidth : fullWidth / across);
        }
        int code;
        try {
            code = (int) decodePlanes.invokeExact(
                    handle.address(), jpeg, jpeg.byteSize(), planes, width, strides, height, 0);
        } catch (Throwable e) {
            throw TurboHandle.unexpected(e);
        }
        check(code);
        return new Planes(planes, strides);
    }

    /** Planes as {@link TurboCompressor#planes} takes them. Valid until the next picture. */
    record Planes(MemorySegment addresses, MemorySegment strides) {}

    /** Decodes to pixels 0xRRGGBB in this size. */
    int[] pixels(MemorySegment jpeg, int width, int height) throws IOException {
        int[] pixels = new int[width * height];
        decode(jpeg, MemorySegment.ofArray(pixels), TurboJpegLibrary.BGRX, width, height);
        return pixels;
    }

    /** Decodes to samples of four components in this size; 255 is no ink. */
    byte[] cmyk(MemorySegment jpeg, int width, int height) throws IOException {
        byte[] samples = new byte[4 * width * height];
        decode(jpeg, MemorySegment.ofArray(samples), TurboJpegLibrary.CMYK, width, height);
        return samples;
    }

    private void decode(MemorySegment jpeg, MemorySegment pixels, int format, int width, int height)
            throws IOException {
        int code;
        try {
            code = (int) decodePixels.invokeExact(
                    handle.address(), jpeg, jpeg.byteSize(), pixels, width, 4 * width, height, format, 0);
        } catch (Throwable e) {
            throw TurboHandle.unexpected(e);
        }
        check(code);
    }

    /**
     * Turns a picture without loss, by moving its blocks without decoding them.
     *
     * @throws IOException also if blocks at an edge are incomplete, which makes that impossible
     */
    Jpeg turned(MemorySegment jpeg, Jpeg picture, int subsampling, int quarters) throws IOException {
        long maxSize = handle.maxSize(
                quarters == 2 ? picture.width() : picture.height(),
                quarters == 2 ? picture.height() : picture.width(),
                turnedSubsampling(subsampling, quarters));
        transform.fill((byte) 0);
        transform.set(JAVA_INT, OPERATION, ROTATE + quarters);
        transform.set(JAVA_INT, OPTIONS, PERFECT_WITHOUT_MARKERS);
        turned.set(ADDRESS, 0, output.atLeast(maxSize));
        turnedSize.set(JAVA_LONG, 0, 0);
        int code;
        try {
            code = (int) transformBlocks.invokeExact(
                    handle.address(), jpeg, jpeg.byteSize(), 1, turned, turnedSize, transform, NO_REALLOC);
        } catch (Throwable e) {
            throw TurboHandle.unexpected(e);
        }
        check(code);
        return output.jpeg(turnedSize.get(JAVA_LONG, 0));
    }

    /**
     * 4:2:2 turned by a quarter is 4:4:0. There is no number for turned 4:1:1; such pictures are not larger than 4:4:4.
     */
    private static int turnedSubsampling(int subsampling, int quarters) {
        if (quarters == 2) {
            return subsampling;
        }
        return switch (subsampling) {
            case 1 -> 4;
            case 4 -> 1;
            case 5 -> 0;
            default -> subsampling;
        };
    }

    /** After a warning there is a picture, as complete as a browser shows it. */
    private void check(int code) throws IOException {
        if (code != 0 && !handle.isWarning()) {
            throw handle.failure();
        }
    }

    @Override
    public void close() {
        handle.close();
        input.close();
        samples.close();
        output.close();
    }
}
