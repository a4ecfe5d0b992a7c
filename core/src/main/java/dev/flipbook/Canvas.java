package dev.flipbook;

import java.awt.image.BufferedImage;
import java.util.Optional;

/** To be drawn. */
public final class Canvas {
    private final int[] pixels;
    private final int width;
    private final int height;

    public Canvas(int width, int height, int colour) {
        this.width = width;
        this.height = height;
        this.pixels = new int[width * height];
        java.util.Arrays.fill(pixels, colour);
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    static Optional<Canvas> decode(byte[] jpeg) {
        return Optional.empty();
    }

    public static Canvas of(BufferedImage image) {
        return new Canvas(image.getWidth(), image.getHeight(), 0);
    }

    void grey() {}

    Canvas copy() {
        return this;
    }

    public void fill(int x, int y, int width, int height, int colour) {}

    public void text(int x, int y, int scale, int colour, String text) {}

    public static int textWidth(String text, int scale) {
        return 6 * scale * text.length();
    }

    public Frame encode(JpegEncoder encoder, int quality) {
        return encoder.encode(pixels, width, height, quality);
    }
}
