package dev.flipbook.picture;

import dev.flipbook.image.Canvas;
import dev.flipbook.image.GreyRange;
import dev.flipbook.image.ImagePixels;
import dev.flipbook.image.JpegPixels;
import dev.flipbook.jpeg.Jpeg;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes PNG, GIF, BMP and JPEG by the JDK's ImageIO; of a GIF with several pictures the first. Not thread-safe. */
final class ImageIoDecoder implements PictureDecoder {

    private static final int IEND = 0x49454E44;

    @Override
    public Optional<Canvas> decode(ByteBuffer bytes, Optional<GreyRange> range) throws IOException {
        ContentKind kind = ContentKind.of(bytes);
        boolean whole = switch (kind) {
            case PNG -> isWholePng(bytes.slice());
            case GIF -> isWholeGif(bytes.slice());
            case BMP -> isWholeBmp(bytes.slice());
            default -> true; // the markers of a JPEG have been walked
        };
        if (!whole) {
            throw new IOException("the " + kind.title + " is cut off: its end is not there");
        }
        return switch (kind) {
            case PNG, GIF, BMP -> Optional.of(decode(bytes, kind, range));
            case JPEG -> jpeg(bytes);
            default -> Optional.empty();
        };
    }

    private static Optional<Canvas> jpeg(ByteBuffer bytes) {
        Jpeg picture = Jpeg.check(bytes);
        try {
            Canvas canvas = Canvas.of(JpegPixels.decode(picture), picture.width(), picture.height());
            return Optional.of(canvas.turned(picture.orientation()));
        } catch (IOException e) {
            return Optional.empty(); // the image data is damaged; another decoder may make more of it
        }
    }

    private static Canvas decode(ByteBuffer bytes, ContentKind kind, Optional<GreyRange> range) throws IOException {
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
            BufferedImage image = reader.read(0);
            int[] pixels = ImagePixels.of(image, range);
            if (kind == ContentKind.PNG) {
                // the JDK's reader ignores the colours of a PNG
                new PngColours(bytes).profile().ifPresent(profile -> profile.convert(pixels));
            }
            return Canvas.of(pixels, image.getWidth(), image.getHeight());
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e); // a side is too long for a canvas
        } catch (RuntimeException e) { // readers exceed their arrays when a file is damaged
            throw new IOException("the " + kind.title + " is damaged", e);
        } finally {
            reader.dispose();
        }
    }

    // A file that is still being written must not be shown in part. The JDK's readers would show it, or read on for
    // ever.

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
            last--; // padding that some programs write
        }
        return gif.get(last) == 0x3B;
    }

    private static boolean isWholeBmp(ByteBuffer bmp) {
        return bmp.limit() >= 26 && (bmp.order(ByteOrder.LITTLE_ENDIAN).getInt(2) & 0xFFFFFFFFL) <= bmp.limit();
    }
}
