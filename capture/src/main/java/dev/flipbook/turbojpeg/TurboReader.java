package dev.flipbook.turbojpeg;

import dev.flipbook.jpeg.Jpeg;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

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

    private final TurboReadLibrary library;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment out = arena.allocate(ValueLayout.JAVA_INT, 4);
    private final MemorySegment planes = arena.allocate(ValueLayout.ADDRESS, 3);
    private final MemorySegment strides = arena.allocate(ValueLayout.JAVA_INT, 3);
    private final MemorySegment transform = arena.allocate(TRANSFORM, 8);
    private final MemorySegment turned = arena.allocate(ValueLayout.ADDRESS);
    private final MemorySegment turnedSize = arena.allocate(ValueLayout.JAVA_LONG);
    private final JpegBuffer input = new JpegBuffer();
    private final JpegBuffer samples = new JpegBuffer();
    private final JpegBuffer output = new JpegBuffer();
    private final MemorySegment handle;

    TurboReader(TurboReadLibrary library) {
        this.library = library;
        try {
            this.handle = (MemorySegment) library.init().invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (handle.equals(MemorySegment.NULL)) {
            throw new IllegalStateException("libjpeg-turbo gives no decompressor; is there enough memory?");
        }
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
        number.set(ValueLayout.JAVA_INT, 0, -1);
        MemorySegment colours = out.asSlice(12, 4);
        colours.set(ValueLayout.JAVA_INT, 0, -1);
        int code;
        try {
            code = (int) library.header()
                    .invokeExact(handle, jpeg, jpeg.byteSize(), out, out.asSlice(4, 4), number, colours);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        int found = number.get(ValueLayout.JAVA_INT, 0);
        return new Header(code == 0 && found < ACROSS.length ? found : -1, colours.get(ValueLayout.JAVA_INT, 0));
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
            planes.setAtIndex(ValueLayout.ADDRESS, i, memory.asSlice(Math.min(at, memory.byteSize())));
            strides.setAtIndex(ValueLayout.JAVA_INT, i, i == 0 ? fullWidth : fullWidth / across);
        }
        try {
            check((int) library.planes().invokeExact(handle, jpeg, jpeg.byteSize(), planes, width, strides, height, 0));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
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
        try {
            check((int) library.pixels()
                    .invokeExact(handle, jpeg, jpeg.byteSize(), pixels, width, 4 * width, height, format, 0));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Turns a picture without loss, by moving its blocks without decoding them.
     *
     * @throws IOException also if blocks at an edge are incomplete, which makes that impossible
     */
    Jpeg turned(MemorySegment jpeg, Jpeg picture, int subsampling, int quarters) throws IOException {
        try {
            long most = (long) library.bufSize()
                    .invokeExact(
                            quarters == 2 ? picture.width() : picture.height(),
                            quarters == 2 ? picture.height() : picture.width(),
                            turnedSubsampling(subsampling, quarters));
            if (most <= 0) {
                throw new IOException("libjpeg-turbo cannot turn this picture");
            }
            transform.fill((byte) 0);
            transform.set(ValueLayout.JAVA_INT, OPERATION, ROTATE + quarters);
            transform.set(ValueLayout.JAVA_INT, OPTIONS, PERFECT_WITHOUT_MARKERS);
            turned.set(ValueLayout.ADDRESS, 0, output.atLeast(most));
            turnedSize.set(ValueLayout.JAVA_LONG, 0, 0);
            check((int) library.transform()
                    .invokeExact(
                            handle,
                            jpeg,
                            jpeg.byteSize(),
                            1,
                            turned,
                            turnedSize,
                            transform,
                            TurboJpegLibrary.NO_REALLOC));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
        return output.jpeg(turnedSize.get(ValueLayout.JAVA_LONG, 0));
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
    private void check(int code) throws Throwable {
        if (code != 0 && (int) library.errorCode().invokeExact(handle) != 0) {
            MemorySegment text = (MemorySegment) library.error().invokeExact(handle);
            throw new IOException("libjpeg-turbo: " + text.reinterpret(200).getString(0));
        }
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
            input.close();
            samples.close();
            output.close();
        }
    }
}
