package dev.flipbook.capture;

import dev.flipbook.mjpeg.Orientation;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** FFmpeg's display matrix: how a file says that its pictures are to be turned or mirrored before they are shown. */
final class DisplayMatrix {

    /** Nine numbers, row by row. */
    private static final long BYTES = 9 * Integer.BYTES;

    private DisplayMatrix() {}

    /** The nearest quarter turn, with or without mirroring, to what the matrix in this memory says. */
    static Orientation turn(Pointer data, long bytes) {
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
