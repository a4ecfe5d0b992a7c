package dev.flipbook.image;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Grey pictures with 16 bits a sample, made into such of 8 bits. */
public final class Grey16 {

    private Grey16() {}

    /**
     * The samples as they are to be seen.
     *
     * @param samples of 16 bits
     * @param range that is shown; empty for what is in the picture
     * @return one byte for each
     */
    public static byte[] shown(char[] samples, Optional<GreyRange> range) {
        GreyRange shown = range.orElseGet(() -> in(samples));
        byte[] grey = new byte[samples.length];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = (byte) shown.shown(samples[i]);
        }
        return grey;
    }

    private static GreyRange in(char[] samples) {
        int[] counts = new int[1 << 16];
        for (char sample : samples) {
            counts[sample]++;
        }
        return GreyRange.of(counts, samples.length);
    }

    /**
     * The samples of a picture whose rows may have gaps between them.
     *
     * @param bytes from the position on, in the order of bytes that the buffer says
     * @param stride from one row to the next, in bytes
     */
    public static char[] samples(ByteBuffer bytes, int width, int height, int stride) {
        char[] samples = new char[width * height];
        for (int y = 0; y < height; y++) {
            bytes.slice(bytes.position() + y * stride, 2 * width)
                    .order(bytes.order())
                    .asCharBuffer()
                    .get(samples, y * width, width);
        }
        return samples;
    }
}
