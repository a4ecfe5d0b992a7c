package dev.flipbook.image;

import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferInt;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.util.Arrays;
import java.util.Optional;

/**
 * Converts an image of any kind to the pixels that an ordinary image viewer shows: in sRGB, with transparent parts on
 * black. Grey keeps its values; the JDK would treat grey as linear and make it brighter. Grey with 16 bits is shown in
 * a {@link GreyRange}.
 */
public final class ImagePixels {

    private final BufferedImage image;
    private final ColorModel model;
    private final ColorSpace colours;
    private final int width;
    private final int height;

    private ImagePixels(BufferedImage image) {
        this.image = image;
        this.model = image.getColorModel();
        this.colours = model.getColorSpace();
        this.width = image.getWidth();
        this.height = image.getHeight();
    }

    /**
     * A copy of the image's pixels, each 0xRRGGBB in the low bits, rows from the top without gaps.
     *
     * @param range values shown as black and white, for grey with 16 bits; empty for the lowest and highest value in
     *     the picture
     */
    public static int[] of(BufferedImage image, Optional<GreyRange> range) {
        ImagePixels pixels = new ImagePixels(image);
        boolean usual = pixels.model instanceof IndexColorModel || image.getType() == BufferedImage.TYPE_BYTE_GRAY;
        if (usual || pixels.colours.isCS_sRGB()) {
            return pixels.drawn();
        }
        if (pixels.colours.equals(ColorSpace.getInstance(ColorSpace.CS_GRAY))) {
            return pixels.grey(range);
        }
        return pixels.converted();
    }

    /** Pixels as the JDK draws them: right for sRGB, for palettes and for grey of 8 bits. */
    private int[] drawn() {
        BufferedImage rgb = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = rgb.createGraphics();
        try {
            graphics.drawImage(image, 0, 0, null);
        } finally {
            graphics.dispose();
        }
        return ((DataBufferInt) rgb.getRaster().getDataBuffer()).getData();
    }

    /** Pixels of a grey image with other samples, in the given range. */
    private int[] grey(Optional<GreyRange> range) {
        int bits = model.getComponentSize(0);
        boolean whole =
                model.getTransferType() == DataBuffer.TYPE_BYTE || model.getTransferType() == DataBuffer.TYPE_USHORT;
        float[] opacity = new float[model.hasAlpha() ? width * height : 0];
        char[] samples = whole && !model.hasAlpha() && model instanceof ComponentColorModel
                ? samples((1 << bits) - 1)
                : samples(opacity);
        byte[] grey = Grey16.shown(samples, whole && bits == 16 ? range : Optional.of(GreyRange.FULL));
        int[] pixels = new int[grey.length];
        for (int i = 0; i < pixels.length; i++) {
            int shown = grey[i] & 0xFF;
            pixels[i] = (model.hasAlpha() ? Math.round(shown * opacity[i]) : shown) * 0x010101;
        }
        return pixels;
    }

    /** The samples of an image with one band, scaled to 16 bits. */
    private char[] samples(int greatest) {
        char[] samples = new char[width * height];
        int[] row = new int[width];
        Raster raster = image.getRaster();
        for (int y = 0; y < height; y++) {
            raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
            for (int x = 0; x < width; x++) {
                samples[y * width + x] = (char) (row[x] * 0xFFFFL / greatest);
            }
        }
        return samples;
    }

    /**
     * The samples of any grey image, scaled to 16 bits.
     *
     * @param opacity receives the opacity of each pixel, if the image has one
     */
    private char[] samples(float[] opacity) {
        char[] samples = new char[width * height];
        float[] row = new float[width * model.getNumComponents()];
        for (int y = 0; y < height; y++) {
            normalized(y, row);
            for (int x = 0; x < width; x++) {
                samples[y * width + x] = in16Bits(row[x * model.getNumComponents()]);
                if (model.hasAlpha()) {
                    opacity[y * width + x] = clamped(row[x * 2 + 1]);
                }
            }
        }
        return samples;
    }

    private static float clamped(float value) {
        return Math.max(0, Math.min(1, value));
    }

    private static char in16Bits(float value) {
        return (char) Math.round(clamped(value) * 0xFFFF);
    }

    /** Reads a row's components and opacities, from 0 to 1. The colours are those of an opaque picture. */
    private void normalized(int y, float[] row) {
        Raster raster = image.getRaster();
        Object pixel = null;
        for (int x = 0; x < width; x++) {
            pixel = raster.getDataElements(raster.getMinX() + x, raster.getMinY() + y, pixel);
            model.getNormalizedComponents(pixel, row, x * model.getNumComponents());
        }
    }

    /** Converts colours by their own profile. This uses 16 bits, because linear colours lose too much with 8. */
    private int[] converted() {
        Optional<ColourProfile> profile =
                colours instanceof ICC_ColorSpace icc ? ColourProfile.of(icc.getProfile()) : Optional.empty();
        int[] pixels = new int[width * height];
        int components = model.getNumComponents();
        float[] row = new float[width * components];
        int[] rgb = new int[width];
        for (int y = 0; y < height; y++) {
            normalized(y, row);
            if (profile.isPresent()) {
                profile.get().convert(row, components, rgb);
            } else {
                convert(row, components, rgb);
            }
            for (int x = 0; x < width; x++) {
                float opacity = model.hasAlpha() ? clamped(row[(x + 1) * components - 1]) : 1;
                pixels[y * width + x] = opacity == 1 ? rgb[x] : onBlack(rgb[x], opacity);
            }
        }
        return pixels;
    }

    /** Converts colours by a colour space without a profile, such as a program's own. */
    private void convert(float[] row, int components, int[] rgb) {
        for (int x = 0; x < width; x++) {
            float[] colour = Arrays.copyOfRange(row, x * components, x * components + colours.getNumComponents());
            for (int i = 0; i < colour.length; i++) {
                float least = colours.getMinValue(i);
                colour[i] = least + colour[i] * (colours.getMaxValue(i) - least);
            }
            float[] shown = colours.toRGB(colour);
            rgb[x] = Math.round(clamped(shown[0]) * 255) << 16
                    | Math.round(clamped(shown[1]) * 255) << 8
                    | Math.round(clamped(shown[2]) * 255);
        }
    }

    /** A colour with this opacity, on black. */
    private static int onBlack(int rgb, float opacity) {
        return Math.round((rgb >> 16 & 0xFF) * opacity) << 16
                | Math.round((rgb >> 8 & 0xFF) * opacity) << 8
                | Math.round((rgb & 0xFF) * opacity);
    }
}
