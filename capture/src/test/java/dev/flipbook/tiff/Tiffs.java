package dev.flipbook.tiff;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** TIFFs, written entry by entry or by the JDK. */
final class Tiffs {

    static final int WIDTH = 256;
    static final int HEIGHT = 257;
    static final int BITS = 258;
    static final int COMPRESSION = 259;
    static final int PHOTOMETRIC = 262;
    static final int STRIP_OFFSETS = 273;
    static final int ORIENTATION = 274;
    static final int SAMPLES = 277;
    static final int STRIP_ROWS = 278;
    static final int STRIP_BYTES = 279;
    static final int TILE_WIDTH = 322;
    static final int TILE_HEIGHT = 323;
    static final int TILE_OFFSETS = 324;
    static final int TILE_BYTES = 325;
    static final int JPEG_TABLES = 347;

    /** Place of the pixels, right after the header. */
    static final int PIXELS = 8;

    private Tiffs() {}

    /** The entries of a grey picture with 8 bits in one strip; to be changed. */
    static Map<Integer, Long> grey(int width, int height) {
        return new TreeMap<>(Map.of(
                WIDTH,
                (long) width,
                HEIGHT,
                (long) height,
                BITS,
                8L,
                COMPRESSION,
                1L,
                PHOTOMETRIC,
                1L,
                STRIP_OFFSETS,
                (long) PIXELS,
                SAMPLES,
                1L,
                STRIP_BYTES,
                (long) width * height));
    }

    /** A file with these pixels and, after them, these entries of one number each. */
    static ByteBuffer of(Map<Integer, Long> entries, byte[] pixels) {
        Map<Integer, List<Long>> lists = new TreeMap<>();
        entries.forEach((tag, number) -> lists.put(tag, List.of(number)));
        return ofLists(lists, pixels);
    }

    /** The same picture with this number of strips, which all have the same bytes. */
    static ByteBuffer repeated(Map<Integer, Long> entries, byte[] pixels, int strips) {
        Map<Integer, List<Long>> lists = new TreeMap<>();
        entries.forEach((tag, number) -> lists.put(tag, List.of(number)));
        lists.put(STRIP_ROWS, List.of(entries.getOrDefault(HEIGHT, 1L) / strips));
        lists.put(STRIP_OFFSETS, Collections.nCopies(strips, (long) PIXELS));
        lists.put(STRIP_BYTES, Collections.nCopies(strips, (long) pixels.length));
        return ofLists(lists, pixels);
    }

    /** One tile of a JPEG, whose tables stand in the directory instead of in the JPEG. */
    static byte[] sharingTables(BufferedImage tile, int width, int height) throws IOException {
        byte[] jpeg = packed(tile, 7);
        ByteArrayOutputStream tables = new ByteArrayOutputStream();
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        tables.write(new byte[] {(byte) 0xFF, (byte) 0xD8});
        rest.write(new byte[] {(byte) 0xFF, (byte) 0xD8});
        int at = 2;
        while ((jpeg[at + 1] & 0xFF) != 0xDA) {
            int marker = jpeg[at + 1] & 0xFF;
            int length = 2 + ((jpeg[at + 2] & 0xFF) << 8 | (jpeg[at + 3] & 0xFF));
            (marker == 0xDB || marker == 0xC4 ? tables : rest).write(jpeg, at, length);
            at += length;
        }
        rest.write(jpeg, at, jpeg.length - at);
        tables.write(new byte[] {(byte) 0xFF, (byte) 0xD9});
        byte[] pixels = rest.toByteArray();
        byte[] shared = tables.toByteArray();
        Map<Integer, List<Long>> entries = new TreeMap<>(Map.of(
                WIDTH, List.of((long) width),
                HEIGHT, List.of((long) height),
                BITS, List.of(8L, 8L, 8L),
                COMPRESSION, List.of(7L),
                PHOTOMETRIC, List.of(6L),
                SAMPLES, List.of(3L),
                TILE_WIDTH, List.of((long) tile.getWidth()),
                TILE_HEIGHT, List.of((long) tile.getHeight()),
                TILE_OFFSETS, List.of((long) PIXELS),
                TILE_BYTES, List.of((long) pixels.length)));
        entries.put(JPEG_TABLES, List.of(0L));
        byte[] whole = bytes(entries, Arrays.copyOf(pixels, pixels.length + shared.length));
        ByteBuffer file = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
        file.put(PIXELS + pixels.length, shared);
        int directory = file.getInt(4);
        for (int i = 0; i < entries.size(); i++) {
            int entry = directory + 2 + 12 * i;
            if (file.getShort(entry) == JPEG_TABLES) {
                file.putShort(entry + 2, (short) 7).putInt(entry + 4, shared.length);
                file.putInt(entry + 8, PIXELS + pixels.length);
            }
        }
        return whole;
    }

    @SuppressWarnings("ByteBufferBackingArray") // it is allocated below
    private static byte[] bytes(Map<Integer, List<Long>> entries, byte[] pixels) {
        return ofLists(entries, pixels).array();
    }

    private static ByteBuffer ofLists(Map<Integer, List<Long>> entries, byte[] pixels) {
        int directory = PIXELS + pixels.length;
        int lists = directory + 6 + 12 * entries.size();
        int size = entries.values().stream()
                .mapToInt(list -> list.size() > 1 ? 4 * list.size() : 0)
                .sum();
        ByteBuffer file = ByteBuffer.allocate(lists + size).order(ByteOrder.LITTLE_ENDIAN);
        file.put("II*\0".getBytes(StandardCharsets.US_ASCII)).putInt(directory).put(pixels);
        file.putShort((short) entries.size());
        ByteBuffer values = file.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(lists);
        entries.forEach((tag, list) -> {
            file.putShort(tag.shortValue()).putShort((short) 4).putInt(list.size());
            file.putInt(list.size() == 1 ? list.get(0).intValue() : values.position());
            if (list.size() > 1) {
                list.forEach(number -> values.putInt(number.intValue()));
            }
        });
        file.putInt(0);
        return file.clear();
    }

    /**
     * A picture in square tiles.
     *
     * @param compression 1 for none, 7 for JPEG, 8 for Deflate
     */
    static byte[] tiled(BufferedImage image, int compression, int side) throws IOException {
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        List<Long> offsets = new ArrayList<>();
        List<Long> lengths = new ArrayList<>();
        for (int y = 0; y < image.getHeight(); y += side) {
            for (int x = 0; x < image.getWidth(); x += side) {
                BufferedImage tile = new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR);
                tile.createGraphics().drawImage(image, -x, -y, null);
                byte[] bytes = packed(tile, compression);
                offsets.add((long) PIXELS + pixels.size());
                lengths.add((long) bytes.length);
                pixels.write(bytes);
            }
        }
        Map<Integer, List<Long>> entries = new TreeMap<>(Map.of(
                WIDTH, List.of((long) image.getWidth()),
                HEIGHT, List.of((long) image.getHeight()),
                BITS, List.of(8L, 8L, 8L),
                COMPRESSION, List.of((long) compression),
                PHOTOMETRIC, List.of(compression == 7 ? 6L : 2L),
                SAMPLES, List.of(3L),
                TILE_WIDTH, List.of((long) side),
                TILE_HEIGHT, List.of((long) side),
                TILE_OFFSETS, offsets,
                TILE_BYTES, lengths));
        return bytes(entries, pixels.toByteArray());
    }

    private static byte[] packed(BufferedImage tile, int compression) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (compression == 7) {
            ImageIO.write(tile, "jpeg", bytes);
            return bytes.toByteArray();
        }
        try (OutputStream out = compression == 8 ? new DeflaterOutputStream(bytes) : bytes) {
            for (int i = 0; i < tile.getWidth() * tile.getHeight(); i++) {
                int rgb = tile.getRGB(i % tile.getWidth(), i / tile.getWidth());
                out.write(new byte[] {(byte) (rgb >> 16), (byte) (rgb >> 8), (byte) rgb});
            }
        }
        return bytes.toByteArray();
    }

    /**
     * A picture as the JDK writes it.
     *
     * @param compression as the JDK calls it, such as LZW; empty for none
     */
    static byte[] of(BufferedImage image, String compression) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        if (!compression.isEmpty()) {
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionType(compression);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
