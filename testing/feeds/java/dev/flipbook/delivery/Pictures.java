package dev.flipbook.delivery;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** JPEGs for tests: real ones by ImageIO, taken apart and put together again as a test needs them. */
public final class Pictures {

    private static final byte[] SMALL = jpeg(16, 16);

    private Pictures() {}

    /** A baseline picture of noise, as hard to compress as a picture can be. The same for the same size. */
    public static byte[] jpeg(int width, int height) {
        return encode(noise(width, height, BufferedImage.TYPE_INT_RGB), false);
    }

    /** The same picture in several scans. */
    public static byte[] progressive(int width, int height) {
        return encode(noise(width, height, BufferedImage.TYPE_INT_RGB), true);
    }

    /** The same without colours: one component. */
    public static byte[] grey(int width, int height) {
        return encode(noise(width, height, BufferedImage.TYPE_BYTE_GRAY), false);
    }

    public static BufferedImage noise(int width, int height, int type) {
        BufferedImage image = new BufferedImage(width, height, type);
        Random random = new Random(width * 31L + height);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, random.nextInt(0x1000000));
            }
        }
        return image;
    }

    private static byte[] encode(BufferedImage image, boolean progressive) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam settings = writer.getDefaultWriteParam();
            settings.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /**
     * A picture in which each component has one of these values everywhere. The picture does not say what the
     * components mean.
     *
     * @param samples of each component: three or four
     */
    public static byte[] components(int width, int height, int... samples) {
        WritableRaster raster = Raster.createInterleavedRaster(0, width, height, samples.length, null);
        for (int i = 0; i < samples.length; i++) {
            int[] all = new int[width * height];
            Arrays.fill(all, samples[i]);
            raster.setSamples(0, 0, width, height, i, all);
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(raster, null, null), null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return without(without(bytes.toByteArray(), 0xE0), 0xEE);
    }

    /** The picture with an Adobe segment, whose last number says what the components mean. */
    public static byte[] adobe(byte[] jpeg, int transform) {
        byte[] content = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform};
        return insert(jpeg, 2, segment(0xEE, content));
    }

    /** The picture with these ids of its components. */
    public static byte[] withIds(byte[] jpeg, String ids) {
        byte[] changed = jpeg.clone();
        int frame = find(jpeg, 0xC0);
        int scan = frame + 2 + (ByteBuffer.wrap(jpeg).getShort(frame + 2) & 0xFFFF);
        while ((jpeg[scan + 1] & 0xFF) != 0xDA) {
            scan += 2 + (ByteBuffer.wrap(jpeg).getShort(scan + 2) & 0xFFFF);
        }
        for (int i = 0; i < ids.length(); i++) {
            changed[frame + 10 + 3 * i] = (byte) ids.charAt(i);
            changed[scan + 5 + 2 * i] = (byte) ids.charAt(i);
        }
        return changed;
    }

    /** The picture with this ICC profile, in this number of segments. */
    public static byte[] withProfile(byte[] jpeg, byte[] profile, int segments) {
        byte[] made = jpeg;
        int step = (profile.length + segments - 1) / segments;
        for (int number = segments; number >= 1; number--) {
            byte[] part = Arrays.copyOfRange(profile, (number - 1) * step, Math.min(profile.length, number * step));
            ByteBuffer content = ByteBuffer.allocate(14 + part.length);
            content.put("ICC_PROFILE\0".getBytes(US_ASCII))
                    .put((byte) number)
                    .put((byte) segments)
                    .put(part);
            made = insert(made, 2, segment(0xE2, content.array()));
        }
        return made;
    }

    public static BufferedImage decode(byte[] jpeg) {
        try {
            return ImageIO.read(new ByteArrayInputStream(jpeg));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A picture with its number in a comment, followed by {@code filling} bytes that are computed from the number. */
    public static byte[] numbered(long number, int filling) {
        ByteBuffer comment = ByteBuffer.allocate(8 + filling).putLong(number);
        while (comment.hasRemaining()) {
            comment.put(filler(number, comment.position()));
        }
        return insert(SMALL, 2, segment(0xFE, comment.array()));
    }

    /** The number of such a picture. Checks every byte, because the picture must be whole. */
    public static long number(byte[] jpeg) {
        assertThat(Arrays.copyOf(jpeg, 4)).isEqualTo(new byte[] {-1, (byte) 0xD8, -1, (byte) 0xFE});
        ByteBuffer in = ByteBuffer.wrap(jpeg);
        int end = 4 + (in.getShort(4) & 0xFFFF);
        long number = in.getLong(6);
        for (int i = 14; i < end; i++) {
            if (in.get(i) != filler(number, i - 6)) {
                throw new AssertionError("picture " + number + " is torn at byte " + i);
            }
        }
        assertThat(Arrays.copyOfRange(jpeg, end, jpeg.length)).isEqualTo(Arrays.copyOfRange(SMALL, 2, SMALL.length));
        return number;
    }

    private static byte filler(long number, int at) {
        return (byte) ((number * 31 + at) & 0x7F); // never FF, because a marker begins with FF
    }

    /** A segment with its marker and length. */
    public static byte[] segment(int marker, byte... content) {
        return ByteBuffer.allocate(4 + content.length)
                .put((byte) 0xFF)
                .put((byte) marker)
                .putShort((short) (2 + content.length))
                .put(content)
                .array();
    }

    /** A photo as phones make it: a picture, and a second one after its end, which its MPF segment names. */
    public static byte[] photo(byte[] picture, byte[] further) {
        byte[] segment = segment(0xE2, mpf(0, 0, 0)); // for its length
        int size = picture.length + segment.length;
        byte[] whole = insert(picture, 2, segment(0xE2, mpf(size, further.length, size - 10)));
        return ByteBuffer.allocate(size + further.length)
                .put(whole)
                .put(further)
                .array();
    }

    /**
     * The content of an MPF segment that names two pictures, the second this many bytes from the segment's TIFF header.
     */
    private static byte[] mpf(int size, int furtherSize, int offset) {
        ByteBuffer out = ByteBuffer.allocate(86).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {'M', 'P', 'F', 0, 'I', 'I', 42, 0}).putInt(8).putShort((short) 3);
        out.putShort((short) 0xB000).putShort((short) 7).putInt(4).put(new byte[] {'0', '1', '0', '0'});
        out.putShort((short) 0xB001).putShort((short) 4).putInt(1).putInt(2);
        out.putShort((short) 0xB002).putShort((short) 7).putInt(32).putInt(50).putInt(0);
        out.putInt(0x030000).putInt(size).putInt(0).putInt(0);
        out.putInt(0).putInt(furtherSize).putInt(offset).putInt(0);
        return out.array();
    }

    public static byte[] insert(byte[] jpeg, int at, byte[] piece) {
        return ByteBuffer.allocate(jpeg.length + piece.length)
                .put(jpeg, 0, at)
                .put(piece)
                .put(jpeg, at, jpeg.length - at)
                .array();
    }

    /** The place of the first segment with this marker. */
    public static int find(byte[] jpeg, int marker) {
        ByteBuffer in = ByteBuffer.wrap(jpeg);
        int at = 2;
        while ((in.get(at + 1) & 0xFF) != marker) {
            if ((in.get(at + 1) & 0xFF) == 0xDA) {
                return -1;
            }
            at += 2 + (in.getShort(at + 2) & 0xFFFF);
        }
        return at;
    }

    /** The picture without any segment of this kind before its first scan. */
    public static byte[] without(byte[] jpeg, int marker) {
        byte[] rest = jpeg;
        for (int at = find(rest, marker); at >= 0; at = find(rest, marker)) {
            int length = 2 + (ByteBuffer.wrap(rest).getShort(at + 2) & 0xFFFF);
            rest = ByteBuffer.allocate(rest.length - length)
                    .put(rest, 0, at)
                    .put(rest, at + length, rest.length - at - length)
                    .array();
        }
        return rest;
    }
}
