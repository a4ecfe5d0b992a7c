package dev.flipbook.image;

import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.jpeg.Orientation;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.awt.image.SinglePixelPackedSampleModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A picture in memory that can be drawn on: rows of pixels from the top, each {@code 0xRRGGBB} in sRGB. What is drawn
 * outside its edges is cut off. Text is drawn in Flipbook's own letters, because machines without a screen often have
 * no fonts. Not thread-safe.
 */
public final class Canvas {

    /** Maximum length of a side in pixels; {@link dev.flipbook.jpeg.Jpeg#MAX_PIXELS} is a square of this size. */
    private static final int MAX_SIDE = 8192;

    private final int[] pixels;
    private final int width;
    private final int height;

    /**
     * A picture in one colour.
     *
     * @param width in pixels, 1 to 8192
     * @param height in pixels, 1 to 8192
     * @param colour {@code 0xRRGGBB}, as in all methods of this class
     * @throws IllegalArgumentException when a side is out of range
     */
    public Canvas(int width, int height, int colour) {
        this(new int[checkedSize(width, height)], width, height);
        Arrays.fill(pixels, colour);
    }

    private Canvas(int[] pixels, int width, int height) {
        this.pixels = pixels;
        this.width = width;
        this.height = height;
    }

    /** Whether {@link #of(BufferedImage)} would share the pixels of this image instead of copying them. */
    public static boolean shares(BufferedImage image) {
        return Desktop.pixels(image, image.getWidth() * image.getHeight()) != null;
    }

    /**
     * Checks the size of an image.
     *
     * @throws IllegalArgumentException when {@link #of(BufferedImage)} would not take the image
     */
    public static void check(BufferedImage image) {
        int unused = checkedSize(image.getWidth(), image.getHeight());
    }

    private static int checkedSize(int width, int height) {
        if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
            throw new IllegalArgumentException("the picture's size is " + width + "x" + height
                    + "; each side goes from 1 to " + MAX_SIDE + " pixels");
        }
        return width * height;
    }

    /**
     * The image as a canvas. An image of type {@code INT_RGB}, or {@code INT_ARGB} without transparency, shares its
     * pixels with the canvas. Any other image is copied by {@link ImagePixels}: it looks as in an ordinary image
     * viewer, with transparent parts on black.
     *
     * @throws IllegalArgumentException when a side is longer than 8192 pixels
     */
    public static Canvas of(BufferedImage image) {
        int size = checkedSize(image.getWidth(), image.getHeight());
        int[] shared = Desktop.pixels(image, size);
        int[] pixels = shared != null ? shared : ImagePixels.of(image, Optional.empty());
        return new Canvas(pixels, image.getWidth(), image.getHeight());
    }

    /**
     * A canvas that shares this array.
     *
     * @param pixels rows from the top without gaps, each pixel {@code 0xRRGGBB} in the low bits
     * @throws IllegalArgumentException when a side is longer than 8192 pixels, or there are too few pixels
     */
    public static Canvas of(int[] pixels, int width, int height) {
        if (pixels.length < checkedSize(width, height)) {
            throw new IllegalArgumentException(
                    pixels.length + " pixels are too few for a picture of " + width + "x" + height);
        }
        return new Canvas(pixels, width, height);
    }

    /** The picture of a JPEG, turned upright; empty when it cannot be decoded here. */
    static Optional<Canvas> decode(byte[] jpeg) {
        try {
            return decode(Jpeg.check(ByteBuffer.wrap(jpeg)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The picture of a JPEG that has been checked before, turned upright; empty when it cannot be decoded here. */
    static Optional<Canvas> decode(Jpeg jpeg) {
        try {
            return Optional.of(
                    of(JpegPixels.decode(jpeg), jpeg.width(), jpeg.height()).turned(jpeg.orientation()));
        } catch (IOException | RuntimeException | LinkageError e) {
            return Optional.empty(); // damaged image data, or a Java without java.desktop
        }
    }

    /** Width in pixels. */
    public int width() {
        return width;
    }

    /** Height in pixels. */
    public int height() {
        return height;
    }

    /**
     * Copies one row of the picture into an array.
     *
     * @param y the row, from 0 at the top
     * @param row receives {@link #width()} pixels, each {@code 0xRRGGBB} in the low bits
     */
    public void copyRow(int y, int[] row) {
        System.arraycopy(pixels, y * width, row, 0, width);
    }

    /** The colour of one pixel. */
    int colour(int x, int y) {
        return pixels[y * width + x] & 0xFFFFFF;
    }

    /** Fills a rectangle whose upper left corner is at x, y. */
    public void fill(int x, int y, int width, int height, int colour) {
        int left = Math.max(0, x);
        int right = (int) Math.min(this.width, (long) x + width);
        int bottom = (int) Math.min(this.height, (long) y + height);
        for (int row = Math.max(0, y); row < bottom && left < right; row++) {
            Arrays.fill(pixels, row * this.width + left, row * this.width + right, colour);
        }
    }

    /**
     * Draws one line of text, with the upper left corner of its first capital at x, y. Accents are left out. A
     * character outside ASCII becomes the ASCII characters that look like it, or {@code ?}.
     *
     * @param scale pixels for each dot of the letters: capitals are 5 × 7 dots, and descenders reach two dots lower
     */
    public void text(int x, int y, int scale, int colour, String text) {
        String plain = PixelFont.plain(text);
        for (int i = 0; i < plain.length(); i++) {
            for (int row = 0; row < PixelFont.HEIGHT; row++) {
                int dots = PixelFont.row(plain.charAt(i), row);
                for (int column = 0; column < PixelFont.WIDTH; column++) {
                    if ((dots >> (PixelFont.WIDTH - 1 - column) & 1) != 0) {
                        int left = x + (i * PixelFont.ADVANCE + column) * scale;
                        fill(left, y + row * scale, scale, scale, colour);
                    }
                }
            }
        }
    }

    /** Width in pixels of a text that {@link #text} draws at this scale. */
    public static int textWidth(String text, int scale) {
        int characters = PixelFont.plain(text).length();
        return Math.max(0, characters * PixelFont.ADVANCE - 1) * scale;
    }

    /**
     * Copies all pixels of another canvas into this one, such as a background that was drawn once.
     *
     * @throws IllegalArgumentException when the other canvas has another size
     */
    public void copyFrom(Canvas other) {
        if (other.width != width || other.height != height) {
            throw new IllegalArgumentException("a canvas of " + other.width + "x" + other.height
                    + " cannot be copied to one of " + width + "x" + height);
        }
        System.arraycopy(other.pixels, 0, pixels, 0, pixels.length);
    }

    /** A canvas with its own copy of the pixels. */
    public Canvas copy() {
        return new Canvas(pixels.clone(), width, height);
    }

    /** Makes the picture grey and half as bright. */
    void grey() {
        for (int i = 0; i < pixels.length; i++) {
            int pixel = pixels[i];
            // The weights of ITU-R BT.601, by which JPEGs are made, in 512ths. Their sum is one half.
            int half = ((pixel >> 16 & 0xFF) * 77 + (pixel >> 8 & 0xFF) * 150 + (pixel & 0xFF) * 29) >> 9;
            pixels[i] = half * 0x010101;
        }
    }

    /** The picture turned; this canvas itself when there is nothing to turn. */
    public Canvas turned(Orientation turn) {
        if (turn.equals(Orientation.UPRIGHT)) {
            return this;
        }
        int newWidth = turn.swapsSides() ? height : width;
        int newHeight = turn.swapsSides() ? width : height;
        int origin = origin(turn, 0, 0);
        int right = origin(turn, 1, 0) - origin;
        int down = origin(turn, 0, 1) - origin;
        int[] turned = new int[newWidth * newHeight];
        for (int y = 0; y < newHeight; y++) {
            for (int x = 0; x < newWidth; x++) {
                turned[y * newWidth + x] = pixels[origin + x * right + y * down];
            }
        }
        return new Canvas(turned, newWidth, newHeight);
    }

    /** Index of the pixel that ends up at x, y of the turned picture. */
    private int origin(Orientation turn, int x, int y) {
        int[] from = switch (turn.quarters()) {
            case 1 -> new int[] {y, height - 1 - x};
            case 2 -> new int[] {width - 1 - x, height - 1 - y};
            case 3 -> new int[] {width - 1 - y, x};
            default -> new int[] {x, y};
        };
        return from[1] * width + (turn.mirrored() ? width - 1 - from[0] : from[0]);
    }

    /**
     * The picture in another size, without keeping its proportions; this canvas itself when it has that size already.
     *
     * @throws IllegalArgumentException when a side is longer than 8192 pixels
     */
    public Canvas scaled(int newWidth, int newHeight) {
        int unused = checkedSize(newWidth, newHeight);
        if (newWidth == width && newHeight == height) {
            return this;
        }
        int[] columns = stretched(pixels, width, height, newWidth);
        return new Canvas(stretched(columns, height, newWidth, newHeight), newWidth, newHeight);
    }

    /**
     * Stretches or shrinks each line, and returns the result with lines and columns exchanged; two calls scale a
     * picture. A new pixel is the weighted mean of the old ones under a triangle, which reaches to the neighbours when
     * enlarging, and over all the old pixels that it replaces when shrinking.
     */
    private static int[] stretched(int[] lines, int length, int count, int newLength) {
        int[] columns = new int[newLength * count];
        double step = (double) length / newLength;
        double reach = Math.max(1, step);
        for (int i = 0; i < newLength; i++) {
            double centre = (i + 0.5) * step - 0.5;
            int first = Math.max(0, (int) Math.ceil(centre - reach));
            int last = Math.min(length - 1, (int) Math.floor(centre + reach));
            float[] weights = new float[last - first + 1];
            float sum = 0;
            for (int j = 0; j < weights.length; j++) {
                weights[j] = (float) (reach - Math.abs(first + j - centre));
                sum += weights[j];
            }
            for (int line = 0; line < count; line++) {
                columns[i * count + line] = mean(lines, line * length + first, weights, sum);
            }
        }
        return columns;
    }

    private static int mean(int[] pixels, int from, float[] weights, float sum) {
        float red = 0;
        float green = 0;
        float blue = 0;
        for (int i = 0; i < weights.length; i++) {
            int pixel = pixels[from + i];
            red += weights[i] * (pixel >> 16 & 0xFF);
            green += weights[i] * (pixel >> 8 & 0xFF);
            blue += weights[i] * (pixel & 0xFF);
        }
        return Math.round(red / sum) << 16 | Math.round(green / sum) << 8 | Math.round(blue / sum);
    }

    /**
     * The picture as a frame. The frame's bytes may be overwritten by the next call of the encoder.
     *
     * @param quality 1 to 100
     */
    public Jpeg encode(JpegEncoder encoder, int quality) {
        return encoder.encode(pixels, width, height, quality);
    }

    /**
     * Everything that needs java.desktop, in a class of its own, so that the rest works in a Java without that module.
     */
    private static final class Desktop {

        /** The image's own pixel array; null when it is not laid out as that of a canvas. */
        static int @Nullable [] pixels(BufferedImage image, int size) {
            boolean opaque = image.getType() == BufferedImage.TYPE_INT_RGB;
            if ((opaque || image.getType() == BufferedImage.TYPE_INT_ARGB)
                    && image.getRaster().getDataBuffer() instanceof DataBufferInt buffer
                    && image.getRaster().getSampleModel() instanceof SinglePixelPackedSampleModel rows
                    && rows.getScanlineStride() == image.getWidth()
                    && buffer.getOffset() == 0
                    // false for a part of a larger image, whose buffer has the pixels of the whole
                    && buffer.getSize() == size
                    && (opaque || opaque(buffer.getData()))) {
                return buffer.getData();
            }
            return null;
        }

        private static boolean opaque(int[] pixels) {
            int all = 0xFF000000;
            for (int pixel : pixels) {
                all &= pixel;
            }
            return all == 0xFF000000;
        }
    }
}
