package dev.flipbook.tiff;

import dev.flipbook.jpeg.Jpeg;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * The layout of a TIFF's picture: its size, and the strips or tiles that it consists of. Everything that could make
 * reading slow or large is checked here before the picture is read. Immutable.
 *
 * @param pieceWidth width of a strip or tile in pixels
 * @param pieceHeight height of a strip or tile in pixels
 * @param pieces number of strips or tiles
 * @param tiled whether the pieces are tiles
 */
record Layout(int width, int height, int pieceWidth, int pieceHeight, int pieces, boolean tiled) {

    /** Maximum side in pixels, the same as of a {@link dev.flipbook.image.Canvas}. */
    private static final int MAX_SIDE = 8192;

    /**
     * Maximum number of pieces, because each restarts its decoder. The largest picture has that many tiles of 32x32
     * pixels.
     */
    private static final int MAX_PIECES = 1 << 16;

    /**
     * Maximum bytes of the decoded picture: red, green, blue and opacity with 16 bits each. A picture with larger
     * pixels must have fewer of them.
     */
    private static final long MAX_BYTES = 8L * Jpeg.MAX_PIXELS;

    private static final int JPEG = 7;

    /** Maximum bytes of the JPEG tables. All tables that JPEG defines take 2,400 bytes. */
    private static final int MAX_TABLE_BYTES = 8192;

    /**
     * Compressions that are read, as bits: none, three of fax machines, LZW, JPEG, and Deflate's number 8. Deflate's
     * other number and PackBits are above 31.
     */
    private static final int READ = 0b1_1011_1110;

    private static final Map<Integer, String> OTHERS = Map.of(
            6,
            "JPEG in its old form",
            34712,
            "JPEG 2000",
            34925,
            "LZMA",
            34926,
            "Zstandard",
            50000,
            "Zstandard",
            50001,
            "WebP");

    static Layout of(Directory directory) throws IOException {
        long width = directory.number(Tag.WIDTH, 0);
        long height = directory.number(Tag.HEIGHT, 0);
        if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
            throw new IOException("the picture's size is " + width + "x" + height + "; each side goes from 1 to "
                    + MAX_SIDE + " pixels");
        }
        boolean tiled = directory.has(Tag.TILE_WIDTH);
        long pieceWidth = tiled ? directory.number(Tag.TILE_WIDTH, 0) : width;
        long pieceHeight = tiled
                ? directory.number(Tag.TILE_HEIGHT, 0)
                : Math.min(height, directory.numberOr(height, Tag.STRIP_ROWS));
        if (pieceWidth < 1 || pieceHeight < 1 || pieceWidth > 2 * MAX_SIDE || pieceHeight > 2 * MAX_SIDE) {
            throw new IOException("the TIFF is damaged: its parts are " + pieceWidth + "x" + pieceHeight + " pixels");
        }
        long samples = directory.numberOr(1, Tag.SAMPLES);
        boolean planar = directory.numberOr(1, Tag.PLANAR) == 2;
        long pieces = ceil(width, pieceWidth) * ceil(height, pieceHeight) * (planar ? samples : 1);
        if (pieces > MAX_PIECES) {
            throw new IOException("the TIFF is cut into " + pieces + " pieces; at most " + MAX_PIECES + " are read");
        }
        checkBytes(directory, width * height, samples);
        checkCompression((int) directory.numberOr(1, Tag.COMPRESSION));
        return new Layout((int) width, (int) height, (int) pieceWidth, (int) pieceHeight, (int) pieces, tiled);
    }

    private static long ceil(long all, long part) {
        return (all + part - 1) / part;
    }

    private static void checkBytes(Directory directory, long pixels, long samples) throws IOException {
        long bits = 1;
        for (int i = 0; i < Math.min(samples, directory.count(Tag.BITS)); i++) {
            bits = Math.max(bits, directory.number(Tag.BITS, i));
        }
        if (samples < 1 || bits > 64 || pixels * samples * ceil(bits, 8) > MAX_BYTES) {
            throw new IOException("the TIFF has " + pixels + " pixels of " + samples + " values with " + bits
                    + " bits each; at most " + MAX_BYTES + " bytes in all are read");
        }
    }

    private static void checkCompression(int compression) throws IOException {
        boolean read = (compression < 32 && (READ >> compression & 1) != 0)
                || compression == 32773 // PackBits
                || compression == 32946; // Deflate, by its number before the standard
        if (!read) {
            throw new IOException(
                    "the TIFF is compressed by " + OTHERS.getOrDefault(compression, "a method that is not known here")
                            + " (number " + compression + "), which is not read; save it with LZW or Deflate");
        }
    }

    /**
     * Checks that the whole picture is in the file.
     *
     * @param file the file that the directory was read from
     */
    void check(Directory directory, ByteBuffer file) throws IOException {
        Tag offsets = tiled ? Tag.TILE_OFFSETS : Tag.STRIP_OFFSETS;
        Tag lengths = tiled ? Tag.TILE_BYTES : Tag.STRIP_BYTES;
        boolean jpeg = directory.numberOr(1, Tag.COMPRESSION) == JPEG;
        byte[] tables = directory.bytes(Tag.JPEG_TABLES);
        long all = 0;
        for (int i = 0; i < pieces; i++) {
            long from = directory.number(offsets, i);
            long length = directory.has(lengths) ? directory.number(lengths, i) : 1;
            if (from + length > file.limit()) {
                throw new IOException("the TIFF is cut off: " + file.limit() + " of at least " + (from + length)
                        + " bytes are there");
            }
            all += length;
            if (all > file.limit()) {
                throw new IOException("the TIFF is damaged: its parts overlap");
            }
            if (jpeg) {
                checkJpeg(tables, file.slice((int) from, (int) length));
            }
        }
    }

    /**
     * Checks a JPEG in a piece. One that claims more pixels than the piece has would be decoded at the claimed size.
     */
    private void checkJpeg(byte[] tables, ByteBuffer piece) throws IOException {
        Jpeg jpeg;
        try {
            jpeg = Jpeg.check(withTables(tables, piece));
        } catch (IllegalArgumentException e) {
            throw new IOException("the TIFF is damaged: of a JPEG in it, " + e.getMessage(), e);
        }
        if (jpeg.width() > pieceWidth || jpeg.height() > pieceHeight) {
            throw new IOException("the TIFF is damaged: a JPEG in it has " + jpeg.width() + "x" + jpeg.height()
                    + " pixels instead of " + pieceWidth + "x" + pieceHeight);
        }
    }

    /** The piece's JPEG with the tables that all pieces share. The tables are stored as a JPEG without a picture. */
    private static ByteBuffer withTables(byte[] tables, ByteBuffer piece) throws IOException {
        if (tables.length > MAX_TABLE_BYTES) {
            throw new IOException("the TIFF is damaged: the tables of its JPEGs have " + tables.length
                    + " bytes; at most " + MAX_TABLE_BYTES + " are read");
        }
        if (tables.length < 4 || piece.limit() < 4) {
            return piece;
        }
        return ByteBuffer.allocate(tables.length - 2 + piece.limit() - 2)
                .put(tables, 0, tables.length - 2) // without its end marker
                .put(piece.slice(2, piece.limit() - 2)) // without its start marker
                .flip();
    }
}
