package dev.flipbook.image;

import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.jpeg.JpegColours;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Converts JPEGs to pixels in sRGB, as browsers show them: with the JDK's ImageIO, or from samples of another decoder.
 */
public final class JpegPixels {

    private JpegPixels() {}

    /**
     * The pixels as encoded, each 0xRRGGBB. The caller follows the picture's orientation.
     *
     * @throws IOException when the picture cannot be decoded
     */
    public static int[] decode(Jpeg picture) throws IOException {
        JpegColours colours = JpegColours.of(picture);
        byte[] samples = samples(picture);
        if (samples.length != picture.width() * picture.height() * colours.components()) {
            throw new IOException("the JPEG is damaged");
        }
        colours.separate(samples);
        Optional<ColourProfile> profile = picture.profile().flatMap(ColourProfile::of);
        return switch (colours) {
            case GREY -> grey(samples, profile);
            case YCC, RGB -> rgb(samples, profile);
            case CMYK, YCCK -> cmyk(samples, profile);
        };
    }

    /**
     * The samples, without the JDK's conversion of colours: for a picture that does not define its colours, the JDK's
     * rules differ from those of browsers.
     */
    private static byte[] samples(Jpeg picture) throws IOException {
        byte[] bytes = new byte[picture.size()];
        ByteBuffer all = ByteBuffer.wrap(bytes);
        picture.parts().forEach(part -> all.put(part.duplicate()));
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        // Not from an InputStream: ImageIO would write the bytes to a file first.
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(in, true, true);
            Raster raster = reader.readRaster(0, null);
            if (!(raster.getDataBuffer() instanceof DataBufferByte samples)) {
                throw new IOException("the JPEG has samples of another size than 8 bits");
            }
            return samples.getData();
        } catch (RuntimeException e) { // readers exceed their arrays when a file is damaged
            throw new IOException("the JPEG is damaged", e);
        } finally {
            reader.dispose();
        }
    }

    /** Pixels of brightness alone, by a profile of grey or RGB if there is one. */
    private static int[] grey(byte[] samples, Optional<ColourProfile> profile) {
        if (profile.isPresent() && profile.get().components() == 1) {
            return profile.get().pixels(samples);
        }
        int[] pixels = new int[samples.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (samples[i] & 0xFF) * 0x010101;
        }
        profile.filter(one -> one.components() == 3).ifPresent(one -> one.convert(pixels));
        return pixels;
    }

    /** Pixels of red, green and blue, by a profile of RGB if there is one. */
    private static int[] rgb(byte[] samples, Optional<ColourProfile> profile) {
        if (profile.isPresent() && profile.get().components() == 3) {
            return profile.get().pixels(samples);
        }
        int[] pixels = new int[samples.length / 3];
        for (int i = 0, at = 0; i < pixels.length; i++, at += 3) {
            pixels[i] = (samples[at] & 0xFF) << 16 | (samples[at + 1] & 0xFF) << 8 | (samples[at + 2] & 0xFF);
        }
        return pixels;
    }

    /**
     * Converts pixels of cyan, magenta, yellow and black.
     *
     * @param samples four for each pixel, where 255 is no ink; may be changed
     * @param profile of the inks; if empty, each ink takes away its share of the light
     */
    public static int[] cmyk(byte[] samples, Optional<ColourProfile> profile) {
        if (profile.isEmpty() || profile.get().components() != 4) {
            return JpegColours.withoutProfile(samples);
        }
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) ~samples[i]; // in a profile 255 is full ink
        }
        return profile.get().pixels(samples);
    }
}
