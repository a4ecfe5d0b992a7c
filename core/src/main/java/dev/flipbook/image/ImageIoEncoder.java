package dev.flipbook.image;

import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.jpeg.Orientation;
import java.awt.Point;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBufferInt;
import java.awt.image.DirectColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** The JPEG encoder of the JDK: available everywhere, and about ten times slower than libjpeg-turbo. */
final class ImageIoEncoder implements JpegEncoder {

    private static final int[] RGB_MASKS = {0xFF0000, 0xFF00, 0xFF};

    @Override
    public String name() {
        return "ImageIO";
    }

    @Override
    public Jpeg encode(int[] pixels, int width, int height, int quality) {
        ColorModel rgb = new DirectColorModel(24, RGB_MASKS[0], RGB_MASKS[1], RGB_MASKS[2]);
        var raster = Raster.createPackedRaster(
                new DataBufferInt(pixels, pixels.length), width, height, width, RGB_MASKS, new Point());
        BufferedImage image = new BufferedImage(rgb, raster, false, null);
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(width * height / 8 + 1024);
        try (var out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam settings = writer.getDefaultWriteParam();
            settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            settings.setCompressionQuality(quality / 100f);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // writing to memory does not fail
        } finally {
            writer.dispose();
        }
        return Jpeg.check(ByteBuffer.wrap(bytes.toByteArray()));
    }

    /**
     * The variant maker of the JDK: available everywhere, and about ten times slower than libjpeg-turbo. Turns are made
     * in the pixels.
     */
    static final class Maker implements VariantMaker {

        private final JpegEncoder encoder = new ImageIoEncoder();

        @Override
        public String name() {
            return encoder.name();
        }

        @Override
        public Jpeg make(Jpeg picture, Change change) throws IOException {
            Canvas upright = Canvas.decode(picture)
                    .orElseThrow(() -> new IOException("the picture cannot be decoded by " + name()));
            return upright.scaled(change.of(upright.width()), change.of(upright.height()))
                    .turned(new Orientation(change.quarters(), false))
                    .encode(encoder, change.qualityOrUsual());
        }
    }
}
