package dev.flipbook.ffmpeg;

import dev.flipbook.jpeg.Orientation;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Reads FFmpeg's display matrix, by which a file says how its pictures must be turned or mirrored to be upright. */
public final class DisplayMatrix {

    /** Size of a matrix: nine numbers, row by row. */
    private static final long BYTES = 9 * Integer.BYTES;

    private DisplayMatrix() {}

    /**
     * The quarter turn, with or without mirroring, that is nearest to the matrix.
     *
     * @return upright if there are too few bytes
     */
    public static Orientation turn(Pointer data, long bytes) {
        if (bytes < BYTES) {
            return Orientation.UPRIGHT;
        }
        IntPointer matrix = new IntPointer(data);
        int a = matrix.get(0);
        int b = matrix.get(1);
        int c = matrix.get(3);
        int d = matrix.get(4);
        if (Math.abs((long) a) >= Math.abs((long) b)) {
            return Orientation.ofExif(a < 0 ? d < 0 ? 3 : 2 : d < 0 ? 4 : 1);
        }
        return Orientation.ofExif(b > 0 ? c > 0 ? 5 : 6 : c < 0 ? 7 : 8);
    }
}
