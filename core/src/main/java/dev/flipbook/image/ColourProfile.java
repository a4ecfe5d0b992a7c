package dev.flipbook.image;

import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * An ICC profile, which defines the colours of a picture, and the conversion from them to sRGB. A picture without a
 * profile counts as sRGB. Immutable. Needs java.desktop.
 */
public final class ColourProfile {

    /** Number of pixels that are converted at once, because the JDK copies what it converts. */
    private static final int CHUNK = 1 << 14;

    /** Maximum size of a profile, as for {@link dev.flipbook.jpeg.Jpeg#profile()}. Larger ones are not read. */
    private static final int MAX_BYTES = 1 << 20;

    private static final int HEADER = 128;
    private static final int SIGNATURE = 36;

    private final ColorConvertOp conversion;
    private final int components;

    private ColourProfile(ICC_Profile profile) {
        conversion = new ColorConvertOp(new ICC_Profile[] {profile, ICC_Profile.getInstance(ColorSpace.CS_sRGB)}, null);
        components = profile.getNumComponents();
    }

    /** The profile with these bytes; empty when they are not a profile, or not one of grey, RGB or CMYK pictures. */
    public static Optional<ColourProfile> of(byte[] icc) {
        if (icc.length < HEADER || icc.length > MAX_BYTES || !isSigned(icc)) {
            return Optional.empty();
        }
        try {
            return of(ICC_Profile.getInstance(icc));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // damaged: browsers show the picture as if it had no profile
        }
    }

    /** Whether the bytes have the signature of a profile. */
    private static boolean isSigned(byte[] icc) {
        return icc[SIGNATURE] == 'a'
                && icc[SIGNATURE + 1] == 'c'
                && icc[SIGNATURE + 2] == 's'
                && icc[SIGNATURE + 3] == 'p';
    }

    /** A profile of grey, RGB or CMYK pictures; empty for any other, and when the JDK cannot use it. */
    static Optional<ColourProfile> of(ICC_Profile profile) {
        int type = profile.getColorSpaceType();
        if (type != ColorSpace.TYPE_RGB && type != ColorSpace.TYPE_GRAY && type != ColorSpace.TYPE_CMYK) {
            return Optional.empty();
        }
        try {
            ColourProfile made = new ColourProfile(profile);
            made.convert(new byte[made.components], new byte[3]); // throws when the profile lacks something
            return Optional.of(made);
        } catch (CMMException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Number of samples of a pixel: 1 for grey, 3 for RGB, 4 for CMYK. */
    public int components() {
        return components;
    }

    /**
     * Whether {@link #convert(int[])} is right for a picture in RGB or grey. A grey picture may have a profile of
     * either kind.
     */
    public boolean suits(boolean grey) {
        return components == 3 || (grey && components == 1);
    }

    /** Converts pixels 0xRRGGBB to sRGB in place, by a profile of RGB or grey. */
    public void convert(int[] pixels) {
        byte[] from = new byte[Math.min(CHUNK, pixels.length) * components];
        byte[] to = new byte[Math.min(CHUNK, pixels.length) * 3];
        for (int begin = 0; begin < pixels.length; begin += CHUNK) {
            int count = Math.min(CHUNK, pixels.length - begin);
            for (int i = 0, at = 0; i < count; i++) {
                for (int shift = 8 * (components - 1); shift >= 0; shift -= 8) {
                    from[at++] = (byte) (pixels[begin + i] >> shift);
                }
            }
            convert(from, to);
            put(to, pixels, begin, count);
        }
    }

    /**
     * Pixels 0xRRGGBB, made of samples.
     *
     * @param samples {@link #components} for each pixel; for CMYK 255 is full ink
     */
    public int[] pixels(byte[] samples) {
        int[] pixels = new int[samples.length / components];
        byte[] to = new byte[Math.min(CHUNK, pixels.length) * 3];
        byte[] from = new byte[Math.min(CHUNK, pixels.length) * components];
        for (int begin = 0; begin < pixels.length; begin += CHUNK) {
            int count = Math.min(CHUNK, pixels.length - begin);
            System.arraycopy(samples, begin * components, from, 0, count * components);
            convert(from, to);
            put(to, pixels, begin, count);
        }
        return pixels;
    }

    private void convert(byte[] from, byte[] to) {
        conversion.filter(raster(from, components), raster(to, 3));
    }

    /**
     * Makes pixels 0xRRGGBB of colours with 16 bits, as many as fit into the array.
     *
     * @param colours from 0 to 1
     * @param step distance from one pixel's first component to that of the next; more than {@link #components} when
     *     others stand between
     */
    void convert(float[] colours, int step, int[] pixels) {
        short[] from = new short[pixels.length * components];
        for (int i = 0; i < from.length; i++) {
            float value = colours[i / components * step + i % components];
            from[i] = (short) Math.round(Math.max(0, Math.min(1, value)) * 0xFFFF);
        }
        byte[] to = new byte[pixels.length * 3];
        WritableRaster deep = Raster.createInterleavedRaster(
                new DataBufferUShort(from, from.length),
                pixels.length,
                1,
                from.length,
                components,
                offsets(components),
                null);
        conversion.filter(deep, raster(to, 3));
        put(to, pixels, 0, pixels.length);
    }

    /** Joins red, green and blue samples into pixels. */
    private static void put(byte[] rgb, int[] pixels, int begin, int count) {
        for (int i = 0; i < count; i++) {
            pixels[begin + i] = (rgb[3 * i] & 0xFF) << 16 | (rgb[3 * i + 1] & 0xFF) << 8 | (rgb[3 * i + 2] & 0xFF);
        }
    }

    private static WritableRaster raster(byte[] samples, int bands) {
        return Raster.createInterleavedRaster(
                new DataBufferByte(samples, samples.length),
                samples.length / bands,
                1,
                samples.length,
                bands,
                offsets(bands),
                null);
    }

    private static int[] offsets(int bands) {
        return IntStream.range(0, bands).toArray();
    }
}
