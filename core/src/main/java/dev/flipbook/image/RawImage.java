package dev.flipbook.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A picture as plain pixels, the form in which image-processing programs have it. The pixels are not copied. Immutable
 * as long as their owner does not change them.
 *
 * {@snippet :
 * feed.publish(RawImage.of(PixelFormat.BGR24, mat.cols(), mat.rows(), buffer)); // an OpenCV Mat's pixels
 * }
 *
 * @param format layout of the pixels in memory
 * @param width in pixels, 1 to 8192
 * @param height in pixels, 1 to 8192
 * @param stride bytes from one row to the next; at least the bytes of a row, at most 131,072
 * @param pixels rows from the top, between position and limit; on the heap or direct
 * @param range values that are shown as black and white, for grey with 16 bits only; empty for the lowest and highest
 *     value of each picture, with which the brightness may flicker from one picture to the next
 */
public record RawImage(
        PixelFormat format, int width, int height, int stride, ByteBuffer pixels, Optional<GreyRange> range) {

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException when a size is out of range, or there are too few pixels
     */
    public RawImage {
        checkSize(width, height);
        if (stride < format.rowBytes(width) || stride > 1 << 17) {
            throw new IllegalArgumentException("the stride is " + stride + "; a row of " + width + " pixels in "
                    + format + " takes " + format.rowBytes(width) + " bytes, and a stride is at most " + (1 << 17));
        }
        int needed = format.bytes(width, height, stride);
        if (pixels.remaining() < needed) {
            throw new IllegalArgumentException("a picture of " + width + "x" + height + " in " + format + " has "
                    + needed + " bytes; here are " + pixels.remaining());
        }
        pixels = pixels.slice().asReadOnlyBuffer();
    }

    /**
     * A picture without a range.
     *
     * @throws IllegalArgumentException when a size is out of range, or there are too few pixels
     */
    public RawImage(PixelFormat format, int width, int height, int stride, ByteBuffer pixels) {
        this(format, width, height, stride, pixels, Optional.empty());
    }

    /**
     * The same pixels with a range of values that is shown: {@code withRange(500, 4500)} for a depth camera in
     * millimetres.
     *
     * @param low shown as black, with everything beyond it; 0 to 65535
     * @param high shown as white, with everything beyond it; different from low, and may be smaller
     */
    public RawImage withRange(int low, int high) {
        return withRange(Optional.of(new GreyRange(low, high)));
    }

    /** The same pixels with this range; empty for the range of the values in the picture. */
    public RawImage withRange(Optional<GreyRange> shown) {
        return new RawImage(format, width, height, stride, pixels, shown);
    }

    /**
     * A picture whose rows have no gaps between them.
     *
     * @throws IllegalArgumentException when a size is out of range, or there are too few pixels
     */
    public static RawImage of(PixelFormat format, int width, int height, ByteBuffer pixels) {
        checkSize(width, height); // first, because the length of a row follows from it
        return new RawImage(format, width, height, format.rowBytes(width), pixels);
    }

    /**
     * A picture whose rows have no gaps between them.
     *
     * @throws IllegalArgumentException when a size is out of range, or there are too few pixels
     */
    public static RawImage of(PixelFormat format, int width, int height, byte[] pixels) {
        return of(format, width, height, ByteBuffer.wrap(pixels));
    }

    private static void checkSize(int width, int height) {
        if (width < 1 || height < 1 || width > 8192 || height > 8192) {
            throw new IllegalArgumentException(
                    "the picture's size is " + width + "x" + height + "; each side goes from 1 to 8192 pixels");
        }
    }

    /** Bytes of the picture. */
    public int bytes() {
        return format.bytes(width, height, stride);
    }

    /** The picture with 8 bits a sample; this image itself if it has no more. For encoders. */
    public RawImage in8Bits() {
        if (!format.isGrey16()) {
            return this;
        }
        ByteOrder order = format == PixelFormat.GREY16LE ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        char[] samples = Grey16.samples(pixels.duplicate().order(order), width, height, stride);
        return of(PixelFormat.GREY8, width, height, Grey16.shown(samples, range));
    }

    /** The pixels, each {@code 0xRRGGBB}, rows from the top without gaps. For encoders that read nothing else. */
    public int[] rgb() {
        if (format.isGrey16()) {
            return in8Bits().rgb();
        }
        int[] rgb = new int[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                rgb[y * width + x] = format == PixelFormat.YUV420P ? yuv(x, y) : plain(x, y);
            }
        }
        return rgb;
    }

    private int plain(int x, int y) {
        int at = y * stride + format.rowBytes(x);
        int first = sample(at);
        return switch (format) {
            case BGR24 -> sample(at + 2) << 16 | sample(at + 1) << 8 | first;
            case RGB24, RGBA -> first << 16 | sample(at + 1) << 8 | sample(at + 2);
            case GREY8, GREY16LE, GREY16BE, YUV420P -> first * 0x010101;
        };
    }

    /** The colour of one pixel by ITU-R BT.601, in 65536ths. */
    private int yuv(int x, int y) {
        int half = (stride + 1) / 2;
        int blueAt = stride * height + y / 2 * half + x / 2;
        int brightness = (sample(y * stride + x) - 16) * 76309;
        int blue = sample(blueAt) - 128;
        int red = sample(blueAt + half * ((height + 1) / 2)) - 128;
        return clamp(brightness + 104597 * red) << 16
                | clamp(brightness - 25675 * blue - 53279 * red) << 8
                | clamp(brightness + 132201 * blue);
    }

    private static int clamp(int scaled) {
        return Math.max(0, Math.min(255, (scaled + 32768) >> 16));
    }

    private int sample(int at) {
        return pixels.get(at) & 0xFF;
    }
}
