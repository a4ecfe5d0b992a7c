package dev.flipbook.bench;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A JPEG of about a given size, as a camera would make it: nearly all of it is coded picture. The same for the same size. */
public final class SizedPicture {

    /** Pixels, so that quality 80 or so makes the sizes which the benchmarks use: 640 × 480 has 60 KB, four times that 300 KB. */
    private static final int PIXELS_FOR_EACH_BYTE = 5;

    private SizedPicture() {}

    /**
     * The picture whose size comes nearest.
     *
     * @param kilobytes of 1000 bytes
     */
    public static byte[] of(int kilobytes) {
        int wanted = kilobytes * 1000;
        BufferedImage image = image((int) Math.sqrt(wanted * (double) PIXELS_FOR_EACH_BYTE));
        int worse = 1;
        int better = 100;
        while (better - worse > 1) {
            int quality = (worse + better) / 2;
            if (encode(image, quality).length > wanted) {
                better = quality;
            } else {
                worse = quality;
            }
        }
        return encode(image, worse);
    }

    /** Waves with some noise on them, which cost a coder about as much as what cameras see. */
    private static BufferedImage image(int side) {
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(side);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                int light = (int) (110 + 50 * Math.sin(x / 19.0) + 50 * Math.cos(y / 23.0)) + random.nextInt(12);
                image.setRGB(x, y, (light << 16) | ((light * 3 / 4) << 8) | (255 - light));
            }
        }
        return image;
    }

    private static byte[] encode(BufferedImage image, int quality) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam settings = writer.getDefaultWriteParam();
            settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            settings.setCompressionQuality(quality / 100f);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
