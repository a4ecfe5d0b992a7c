package dev.flipbook.picture;

import dev.flipbook.Canvas;
import dev.flipbook.mjpeg.Jpeg;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** PNG, GIF, BMP and JPEG by the JDK's ImageIO; of a GIF that moves its first picture. One thread at a time. */
final class ImageIoDecoder implements PictureDecoder {

    private static final int IEND = 0x49454E44;

    @Override
    public Optional<Canvas> decode(ByteBuffer bytes) throws IOException {
        PictureKind kind = PictureKind.of(bytes);
        boolean whole = switch (kind) {
            case PNG -> isWholePng(bytes.slice());
            case GIF -> isWholeGif(bytes.slice());
            case BMP -> isWholeBmp(bytes.slice());
            default -> true; // a JPEG's markers have been walked
        };
        if (!whole) {
            throw new IOException("the " + kind.title + " is cut off: its end is not there");
        }
        return switch (kind) {
            case PNG, GIF, BMP -> Optional.of(decode(bytes, kind));
            case JPEG -> jpeg(bytes);
            default -> Optional.empty();
        };
    }

    private static Optional<Canvas> jpeg(ByteBuffer bytes) {
        try {
            Canvas canvas = decode(bytes, PictureKind.JPEG);
            return Optional.of(canvas.turned(Jpeg.check(bytes).orientation()));
        } catch (IOException e) {
            return Optional.empty(); // of four colours, which another decoder may know
        }
    }

    private static Canvas decode(ByteBuffer bytes, PictureKind kind) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName(kind.name()).next();
        byte[] array = new byte[bytes.remaining()];
        bytes.get(bytes.position(), array);
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(array))) {
            reader.setInput(in, true, true);
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            if ((long) width * height > Jpeg.MAX_PIXELS) {
                throw new IOException("the picture has " + width + "x" + height + " pixels; at most " + Jpeg.MAX_PIXELS
                        + " in all are shown");
            }
            return canvas(reader.read(0));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e); // a side is too long for a canvas
        } catch (RuntimeException e) { // readers run out of their arrays where a file is damaged
            throw new IOException("the " + kind.title + " is damaged", e);
        } finally {
            reader.dispose();
        }
    }

    private static Canvas canvas(BufferedImage image) {
        boolean grey = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && !(image.getColorModel() instanceof IndexColorModel);
        return grey ? grey(image) : Canvas.of(image);
    }

    /** Takes grey as it is: the JDK holds it for linear and would make it brighter. */
    private static Canvas grey(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        Raster raster = image.getRaster();
        int shift = raster.getDataBuffer().getDataType() == DataBuffer.TYPE_USHORT ? 8 : 0;
        boolean transparent = raster.getNumBands() > 1;
        int[] pixels = new int[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int grey = raster.getSample(x, y, 0) >> shift;
                int opacity = transparent ? raster.getSample(x, y, 1) >> shift : 0xFF;
                pixels[y * width + x] = grey * opacity / 0xFF * 0x010101;
            }
        }
        return Canvas.of(pixels, width, height);
    }

    // A file that is still being written is not to be shown in part; the JDK's readers would, or read on for ever.

    private static boolean isWholePng(ByteBuffer png) {
        int at = 8;
        while (at <= png.limit() - 12) {
            int length = png.getInt(at);
            if (length < 0 || length > png.limit() - at - 12) {
                return false;
            }
            if (png.getInt(at + 4) == IEND) {
                return true;
            }
            at += 12 + length;
        }
        return false;
    }

    private static boolean isWholeGif(ByteBuffer gif) {
        int last = gif.limit() - 1;
        while (last > 0 && gif.get(last) == 0) {
            last--; // some programs fill up the file
        }
        return gif.get(last) == 0x3B;
    }

    private static boolean isWholeBmp(ByteBuffer bmp) {
        return bmp.limit() >= 26 && (bmp.order(ByteOrder.LITTLE_ENDIAN).getInt(2) & 0xFFFFFFFFL) <= bmp.limit();
    }
}
