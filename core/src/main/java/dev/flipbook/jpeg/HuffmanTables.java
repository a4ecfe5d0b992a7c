package dev.flipbook.jpeg;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The Huffman tables that one JPEG has defined so far, as bit sets: bit {@code id} is the DC table of this id (0 to 3),
 * bit {@code 4 + id} the AC table. Confined to the thread that walks the picture.
 */
final class HuffmanTables {

    /** The bits of the tables that the standard defines: ids 0 and 1 of both classes. */
    private static final int STANDARD = 0b0011_0011;

    /**
     * The Huffman tables of ITU-T T.81, annex K.3, as one DHT segment. Cameras that send "motion JPEG" leave them out,
     * and Safari paints nothing without them.
     */
    private static final byte[] STANDARD_SEGMENT = HexFormat.of()
            .parseHex("ffc401a2"
                    + "0000010501010101010100000000000000000102030405060708090a0b"
                    + "100002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f0"
                    + "2433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a63646566676869"
                    + "6a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5"
                    + "c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa"
                    + "0100030101010101010101010000000000000102030405060708090a0b"
                    + "1100020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c109233352f0"
                    + "156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768"
                    + "696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3"
                    + "c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa");

    private static final byte[] NOTHING = {};

    private int defined;
    private int unusable; // bits of defined tables with impossible codes

    /** Reads the content of a DHT segment, or refuses it. */
    void define(ByteBuffer in, int from, int to) {
        int at = from;
        while (at < to) {
            if (to - at < 17) {
                throw Jpeg.bad("the Huffman tables do not end with their segment", from - 4);
            }
            int kind = in.get(at) & 0xFF;
            if ((kind & ~0x13) != 0) {
                throw Jpeg.bad(
                        "there is a Huffman table of class " + (kind >> 4) + " and id " + (kind & 15)
                                + " (classes 0 and 1 and ids 0 to 3 are possible)",
                        at);
            }
            at = table(in, at, to, bit(kind), kind < 4);
        }
    }

    /** Reads one table, and returns the place where it ends. */
    private int table(ByteBuffer in, int at, int to, int bit, boolean dc) {
        int symbols = 0;
        int codeSpace = 0; // how much of the code space the codes use, in units of 2^-16
        for (int length = 1; length <= 16; length++) {
            int codes = in.get(at + length) & 0xFF;
            symbols += codes;
            codeSpace += codes << (16 - length);
        }
        int end = at + 17 + symbols;
        if (symbols > 256 || end > to) {
            throw Jpeg.bad("a Huffman table names " + symbols + " symbols, more than 256 or than it has,", at);
        }
        // Decoders check the codes of a table only when a scan needs it. The code of all ones must not be used.
        boolean usable = codeSpace < 1 << 16;
        for (int i = at + 17; i < end && dc; i++) {
            usable &= in.get(i) >= 0 && in.get(i) <= 15;
        }
        defined |= bit;
        unusable = usable ? unusable & ~bit : unusable | bit;
        return end;
    }

    /**
     * The DHT segment that has to be inserted before a scan which needs these tables. Nearly always empty. Otherwise
     * the segment has the standard tables that the picture has not defined itself, as libjpeg-turbo uses them.
     *
     * @param needed the tables as bits
     * @param standard whether the coding has standard tables; progressive coding has none
     * @param marker place of the scan's marker, for the message
     */
    byte[] missing(int needed, boolean standard, int marker) {
        int missing = needed & ~defined;
        int none = standard ? missing & ~STANDARD : missing;
        if (none != 0) {
            throw Jpeg.bad("the scan needs " + name(none) + ", which is not defined,", marker);
        }
        if ((needed & unusable) != 0) {
            throw Jpeg.bad("the scan needs " + name(needed & unusable) + ", whose codes are impossible,", marker);
        }
        if (missing == 0) {
            return NOTHING;
        }
        int fill = STANDARD & ~defined;
        defined |= STANDARD;
        return fill == STANDARD ? STANDARD_SEGMENT : standardSegment(fill);
    }

    /** The bit of a table, whose class and id are one byte in the segment. */
    private static int bit(int kind) {
        return 1 << ((kind >> 2) + (kind & 3));
    }

    /** The name of the lowest of these tables. */
    private static String name(int tables) {
        int bit = Integer.numberOfTrailingZeros(tables);
        return (bit < 4 ? "DC" : "AC") + " Huffman table " + (bit & 3);
    }

    /** A DHT segment with some of the standard tables. */
    private static byte[] standardSegment(int tables) {
        ByteBuffer in = ByteBuffer.wrap(STANDARD_SEGMENT);
        ByteBuffer out = ByteBuffer.allocate(STANDARD_SEGMENT.length).position(4);
        for (int at = 4; at < STANDARD_SEGMENT.length; ) {
            int kind = in.get(at);
            int length = kind < 4 ? 17 + 12 : 17 + 162;
            if ((tables & bit(kind)) != 0) {
                out.put(STANDARD_SEGMENT, at, length);
            }
            at += length;
        }
        out.putShort(0, (short) 0xFFC4).putShort(2, (short) (out.position() - 2));
        return Arrays.copyOf(out.array(), out.position());
    }
}
