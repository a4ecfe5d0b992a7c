package dev.flipbook;

import dev.flipbook.image.ImagePixels;
import dev.flipbook.image.JpegPixels;
import dev.flipbook.mjpeg.Jpeg;
import dev.flipbook.mjpeg.Orientation;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.awt.image.SinglePixelPackedSampleModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A picture under construction: rows of pixels from the top, each {@code 0xRRGGBB} in sRGB. What is drawn outside of it is cut off.
 * Text is drawn in letters of Flipbook's own, since machines without a screen often have no fonts. One thread at a time.
 */
public final class Canvas {

    /** In pixels, of a side; {@link dev.flipbook.mjpeg.Jpeg#MAX_PIXELS} is a square of it. */
    private static final int LONGEST_SIDE = 8192;

    private final int[] pixels;
    private final int width;
    private final int height;

    /**
     * A picture all in one colour.
     *
     * @param width in pixels, 1 to 8192
     * @param height in pixels, 1 to 8192
     * @param colour {@code 0xRRGGBB}, here and in the methods
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

    /** Whether {@link #of(BufferedImage)} shares its pixels. */
    static boolean shares(BufferedImage image) {
        return Desktop.pixels(image, image.getWidth() * image.getHeight()) != null;
    }

    /** @throws IllegalArgumentException when {@link #of} would not take it */
    static void check(BufferedImage image) {
        int unused = checkedSize(image.getWidth(), image.getHeight());
    }

    private static int checkedSize(int width, int height) {
        if (width < 1 || height < 1 || width > LONGEST_SIDE || height > LONGEST_SIDE) {
            throw new IllegalArgumentException("the picture's size is " + width + "x" + height
                    + "; each side goes from 1 to " + LONGEST_SIDE + " pixels");
        }
        return width * height;
    }

    /**
     * The image as a canvas. One of type {@code INT_RGB}, or {@code INT_ARGB} without transparency, shares its pixels with
     * the canvas; any other is copied as {@link ImagePixels} says: as an ordinary viewer shows it, its transparent parts on black.
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
     * These pixels, which it shares.
     *
     * @param pixels rows from the top without gaps, each {@code 0xRRGGBB} in the low bits
     * @throws IllegalArgumentException when a side is longer than 8192 pixels, or the pixels are too few
     */
    public static Canvas of(int[] pixels, int width, int height) {
        if (pixels.length < checkedSize(width, height)) {
            throw new IllegalArgumentException(
                    pixels.length + " pixels are too few for a picture of " + width + "x" + height);
        }
        return new Canvas(pixels, width, height);
    }

    /** The picture of a JPEG, upright; empty when it cannot be decoded here. */
    static Optional<Canvas> decode(byte[] jpeg) {
        try {
            return decode(Jpeg.check(ByteBuffer.wrap(jpeg)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The same of one that was checked before. */
    static Optional<Canvas> decode(Jpeg jpeg) {
        try {
            return Optional.of(
                    of(JpegPixels.decode(jpeg), jpeg.width(), jpeg.height()).turned(jpeg.orientation()));
        } catch (IOException | RuntimeException | LinkageError e) {
            return Optional.empty(); // damaged, or a Java without java.desktop
        }
    }

    /** In pixels. */
    public int width() {
        return width;
    }

    /** In pixels. */
    public int height() {
        return height;
    }

    /**
     * Copies one row.
     *
     * @param row takes {@link #width()} pixels, each {@code 0xRRGGBB} in the low bits
     */
    public void copyRow(int y, int[] row) {
        System.arraycopy(pixels, y * width, row, 0, width);
    }

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
     * Draws one line of text whose first capital has its upper left corner at x, y. Accents are left out; characters beyond
     * ASCII without a likeness in it become {@code ?}.
     *
     * @param scale pixels for each dot of the letters: capitals are 5 × 7 dots, descenders hang two lower
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

    /** How wide {@link #text} draws it, in pixels. */
    public static int textWidth(String text, int scale) {
        int characters = PixelFont.plain(text).length();
        return Math.max(0, characters * PixelFont.ADVANCE - 1) * scale;
    }

    /**
     * Takes over every pixel of another canvas, such as a background prepared once.
     *
     * @throws IllegalArgumentException when it is of another size
     */
    public void copyFrom(Canvas other) {
        if (other.width != width || other.height != height) {
            throw new IllegalArgumentException("a canvas of " + other.width + "x" + other.height
                    + " cannot be copied to one of " + width + "x" + height);
        }
        System.arraycopy(other.pixels, 0, pixels, 0, pixels.length);
    }

    Canvas copy() {
        return new Canvas(pixels.clone(), width, height);
    }

    /** Takes out the colours and half of the brightness. */
    void grey() {
        for (int i = 0; i < pixels.length; i++) {
            int pixel = pixels[i];
            // The weights of ITU-R BT.601, which JPEG is made with, in 512ths: they sum up to a half.
            int half = ((pixel >> 16 & 0xFF) * 77 + (pixel >> 8 & 0xFF) * 150 + (pixel & 0xFF) * 29) >> 9;
            pixels[i] = half * 0x010101;
        }
    }

    /** The picture turned; itself when there is nothing to turn. */
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

    /** The place of the pixel that comes to x, y of the turned picture. */
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
     * The picture in another size, whatever becomes of its proportions; itself when it has this one.
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
     * Makes each line longer or shorter, and columns of the lines. A new pixel is the mean of the old ones under a tent,
     * which reaches to its neighbours, or over all the old ones that it stands for.
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
     * The picture as a frame. Its bytes may be overwritten by the encoder's next call.
     *
     * @param quality 1 to 100
     */
    public Frame encode(JpegEncoder encoder, int quality) {
        return encoder.encode(pixels, width, height, quality);
    }

    /** What needs java.desktop, in a class of its own so that the rest works without. */
    private static final class Desktop {

        /** The image's own pixels; null when they are not as a canvas has them. */
        static int @Nullable [] pixels(BufferedImage image, int size) {
            boolean opaque = image.getType() == BufferedImage.TYPE_INT_RGB;
            if ((opaque || image.getType() == BufferedImage.TYPE_INT_ARGB)
                    && image.getRaster().getDataBuffer() instanceof DataBufferInt buffer
                    && image.getRaster().getSampleModel() instanceof SinglePixelPackedSampleModel rows
                    && rows.getScanlineStride() == image.getWidth()
                    && buffer.getOffset() == 0
                    && buffer.getSize() == size // a part of a larger image has all of its pixels
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
