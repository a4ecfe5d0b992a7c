package dev.flipbook.image;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Converts grey pictures from 16 to 8 bits a sample. */
public final class Grey16 {

    private Grey16() {}

    /**
     * The samples as they are shown, one byte for each.
     *
     * @param samples of 16 bits
     * @param range values shown as black and white; empty for the lowest and highest value in the picture
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
     * @param bytes the picture from the buffer's position on, in the buffer's byte order
     * @param stride bytes from one row to the next
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
