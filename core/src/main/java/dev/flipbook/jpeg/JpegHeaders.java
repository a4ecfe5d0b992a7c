package dev.flipbook.jpeg;

import java.nio.ByteBuffer;

/**
 * The header segments of one JPEG so far, checked by the rules of libjpeg-turbo: what makes libjpeg-turbo stop with an
 * error is refused, and what only makes it warn is accepted. A segment is given by the places of its content's first
 * byte and of its end. Confined to the thread that walks the picture.
 */
final class JpegHeaders {

    /** Maximum length of a side in libjpeg-turbo, although the format has 16 bits for it. */
    private static final int MAX_SIDE = 65_500;

    /** Maximum number of blocks of 8 × 8 samples in one unit of a scan with several components, as in the standard. */
    private static final int MAX_BLOCKS = 10;

    /**
     * Maximum number of scans. More are an attack on the decoder; progressive pictures of real encoders have about ten.
     */
    private static final int MAX_SCANS = 100;

    private final ByteBuffer in;
    private final HuffmanTables huffman = new HuffmanTables();
    private int quantization; // bit n is set when table n is defined
    private int frame; // marker of the frame header; 0 before it
    private int components;
    private int specs; // place of the components' three bytes each in the frame header
    private int width;
    private int height;
    private int scans;
    private boolean single; // the first scan has all components, so there is no other

    JpegHeaders(ByteBuffer in) {
        this.in = in;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int scans() {
        return scans;
    }

    /** Reads a segment that decoders use, or refuses the segment. Other segments are ignored. */
    void segment(int marker, int from, int to) {
        switch (marker) {
            case 0xC4 -> huffman.define(in, from, to);
            case 0xDB -> quantization(from, to);
            case 0xDD -> restartInterval(from, to);
            case 0xDC, 0xFE -> {} // the number of lines, which decoders ignore, and a comment
            default -> {
                if (marker > 0xEF || marker == 0xDE || marker == 0xDF) {
                    throw Jpeg.bad(
                            "a segment is of the kind " + Integer.toHexString(marker) + ", at which decoders stop,",
                            from - 4);
                }
                if (marker <= 0xCF) {
                    frame(marker, from, to);
                }
            }
        }
    }

    private void quantization(int from, int to) {
        int at = from;
        while (at < to) {
            int kind = at(at);
            if ((kind & ~0x13) != 0) {
                throw Jpeg.bad(
                        "there is a quantization table of precision " + (kind >> 4) + " and id " + (kind & 15)
                                + " (precisions 0 and 1 and ids 0 to 3 are possible)",
                        at);
            }
            quantization |= 1 << (kind & 3);
            at += kind < 0x10 ? 65 : 129;
        }
        if (at != to) {
            throw Jpeg.bad("the quantization tables do not end with their segment", from - 4);
        }
    }

    private static void restartInterval(int from, int to) {
        if (to - from != 2) {
            throw Jpeg.bad("the restart interval has " + (to - from) + " bytes instead of 2", from - 4);
        }
    }

    private void frame(int marker, int from, int to) {
        if (marker > 0xC2) {
            throw Jpeg.bad(
                    "this is a lossless, hierarchical or arithmetic JPEG, which browsers do not show,", from - 4);
        }
        if (frame != 0) {
            throw Jpeg.bad("there is a second frame header", from - 4);
        }
        if (to - from < 6) {
            throw Jpeg.bad("the frame header is too short", from - 4);
        }
        frame = marker;
        size(from);
        components = at(from + 5);
        if (at(from) != 8) {
            throw Jpeg.bad("the samples have " + at(from) + " bits (browsers show 8)", from - 4);
        }
        if ((components != 1 && components != 3 && components != 4) || to - from != 6 + 3 * components) {
            throw Jpeg.bad(
                    "the frame header of " + (to - from) + " bytes names " + components
                            + " components (1, 3 or 4 are possible, of 3 bytes each after 6)",
                    from - 4);
        }
        specs = from + 6;
        sampling();
    }

    private void size(int from) {
        height = in.getShort(from + 1) & 0xFFFF;
        width = in.getShort(from + 3) & 0xFFFF;
        if (width == 0 || height == 0) {
            throw Jpeg.bad("the picture's size is " + width + "x" + height + ",", from - 4);
        }
        if ((long) width * height > Jpeg.MAX_PIXELS) {
            throw new IllegalArgumentException("the picture is " + width + "x" + height + " pixels; at most "
                    + Jpeg.MAX_PIXELS + " in all are taken");
        }
        if (width > MAX_SIDE || height > MAX_SIDE) {
            throw new IllegalArgumentException(
                    "the picture is " + width + "x" + height + " pixels; at most " + MAX_SIDE + " a side are taken");
        }
    }

    /**
     * Checks the sampling factors: each is from 1 to 4, and divides the largest one. Other factors are refused because
     * decoders can only repeat whole samples.
     */
    private void sampling() {
        int across = 1;
        int down = 1;
        for (int i = 0; i < components; i++) {
            across = Math.max(across, across(i));
            down = Math.max(down, down(i));
        }
        for (int i = 0; i < components; i++) {
            int h = across(i);
            int v = down(i);
            if (h < 1 || v < 1 || across > 4 || down > 4 || across % h != 0 || down % v != 0) {
                throw Jpeg.bad(
                        "a component's sampling factors are " + h + "x" + v + ", which do not fit " + across + "x"
                                + down + " or are not 1 to 4,",
                        specs + 3 * i + 1);
            }
        }
    }

    /**
     * Reads a scan header, or refuses it.
     *
     * @return the DHT segment to insert before the scan, nearly always empty
     */
    byte[] scan(int from, int to) {
        int count = scanComponents(from, to);
        boolean sequential = frame != 0xC2;
        int parameters = from + 1 + 2 * count;
        if (!sequential) {
            progression(count, parameters);
        }
        components(from + 1, count);
        single = sequential && scans == 1 && count == components;
        return huffman.missing(tables(from + 1, count, sequential, parameters), sequential, from - 4);
    }

    /** Checks whether a scan may come here, and returns its number of components. */
    private int scanComponents(int from, int to) {
        if (frame == 0) {
            throw Jpeg.bad("there is a scan before the frame header", from - 4);
        }
        if (single) {
            throw Jpeg.bad("there is a second scan, though the first had all components,", from - 4);
        }
        if (++scans > MAX_SCANS) {
            throw Jpeg.bad("there are more than " + MAX_SCANS + " scans", from - 4);
        }
        int count = from < to ? at(from) : 0;
        if (count < 1 || count > 4 || to - from != 4 + 2 * count) {
            throw Jpeg.bad(
                    "the scan header of " + (to - from) + " bytes names " + count
                            + " components (1 to 4 are possible, of 2 bytes each after 4)",
                    from - 4);
        }
        return count;
    }

    /**
     * Checks which coefficients a progressive scan has, and which of their bits. In sequential scans decoders ignore
     * these values.
     */
    private void progression(int count, int parameters) {
        int start = at(parameters);
        int end = at(parameters + 1);
        int high = at(parameters + 2) >> 4;
        int low = at(parameters + 2) & 15;
        boolean band = start == 0 ? end == 0 : start <= end && end <= 63 && count == 1;
        boolean bits = low <= 13 && (high == 0 || low == high - 1);
        if (!band || !bits) {
            throw Jpeg.bad(
                    "the scan of " + count + " components has the impossible coefficients " + start + " to " + end
                            + " and bits " + high + " to " + low,
                    parameters);
        }
    }

    /**
     * Finds each component of the scan in the frame header, in its order, as libjpeg-turbo does where ids are not
     * distinct.
     */
    private void components(int from, int count) {
        int seen = 0;
        int blocks = 0;
        for (int i = 0; i < count; i++) {
            int id = at(from + 2 * i);
            int found = i;
            while (found < components && at(specs + 3 * found) != id) {
                found++;
            }
            if (found == components || (seen & 1 << found) != 0) {
                throw Jpeg.bad(
                        "the scan's component " + id + " is not in the frame header, or out of order,", from + 2 * i);
            }
            seen |= 1 << found;
            blocks += across(found) * down(found);
            int table = at(specs + 3 * found + 2);
            if (table > 3 || (quantization & 1 << table) == 0) {
                throw Jpeg.bad("the scan needs quantization table " + table + ", which is not defined,", from - 5);
            }
        }
        if (count > 1 && blocks > MAX_BLOCKS) {
            throw Jpeg.bad("the scan has " + blocks + " blocks in one unit, more than " + MAX_BLOCKS + ",", from - 5);
        }
    }

    /**
     * The Huffman tables that the scan needs, as bits. A progressive scan needs one class of them, or none when it
     * refines DC bits.
     */
    private int tables(int from, int count, boolean sequential, int parameters) {
        boolean ac = sequential || at(parameters) > 0;
        boolean dc = sequential || (!ac && at(parameters + 2) < 0x10);
        int needed = 0;
        for (int i = 0; i < count; i++) {
            int ids = at(from + 2 * i + 1);
            if ((dc && ids > 0x3F) || (ac && (ids & 15) > 3)) {
                throw Jpeg.bad(
                        "the scan needs Huffman tables " + (ids >> 4) + " and " + (ids & 15) + " (0 to 3 are possible)",
                        from + 2 * i + 1);
            }
            needed |= (dc ? 1 << (ids >> 4) : 0) | (ac ? 0x10 << (ids & 15) : 0);
        }
        return needed;
    }

    private int across(int component) {
        return at(specs + 3 * component + 1) >> 4;
    }

    private int down(int component) {
        return at(specs + 3 * component + 1) & 15;
    }

    private int at(int place) {
        return in.get(place) & 0xFF;
    }
}
