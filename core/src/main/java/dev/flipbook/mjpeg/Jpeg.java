package dev.flipbook.mjpeg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A whole JPEG that every client can show, found by walking its markers from SOI to EOI. Nothing is decoded.
 *
 * <p>{@link #check} refuses what no viewer may ever receive: one undecodable part ends an {@code <img>} in Chromium for
 * good and crashes its tab when the connection closes. It also puts right what cameras do: bytes after EOI are cut,
 * missing Huffman tables are put in, and a metadata segment with a thumbnail (a second SOI, on which some clients split)
 * is taken out, its orientation kept.
 *
 * <p>Immutable as long as the bytes it was found in are.
 *
 * @param parts the picture as slices in their order, nearly always one; positions and limits are not to be moved
 * @param size of the picture in bytes, the sum of the parts
 * @param width in pixels, as encoded (an orientation may turn it)
 * @param height in pixels, as encoded
 */
public record Jpeg(List<ByteBuffer> parts, int size, int width, int height) {

    /** Larger pictures are refused before they are read: 32 MiB, ten times a 4K frame at quality 95. */
    public static final int MAX_BYTES = 32 << 20;

    /** Larger pictures are refused before anything decodes them: 8192 × 8192, an 8K frame has half of it. */
    public static final int MAX_PIXELS = 8192 * 8192;

    /** More scans than this are an attack on the decoder; progressive pictures of real encoders have about ten. */
    static final int MAX_SCANS = 100;

    /** Any number of FF may stand before a marker, says the standard; more than this only wear the reader out. */
    static final int MAX_FILL = 1024;

    /**
     * The Huffman tables of ITU-T T.81, annex K.3, as one DHT segment. Cameras that send "motion JPEG" leave them out, and
     * Safari paints nothing without them.
     */
    private static final byte[] STANDARD_TABLES = HexFormat.of()
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

    public Jpeg {
        parts = List.copyOf(parts);
    }

    /**
     * Walks the markers of the bytes between the buffer's position and limit, which stay where they are.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong and where, when this is not one whole JPEG
     *     that browsers show, or above {@link #MAX_BYTES}, {@link #MAX_PIXELS} or 100 scans
     */
    public static Jpeg check(ByteBuffer bytes) {
        return new Walk(bytes.slice().order(ByteOrder.BIG_ENDIAN)).run();
    }

    /** One walk over one picture. Confined to the thread that runs it. */
    private static final class Walk {
        private final ByteBuffer in;
        private final int end;
        private final List<ByteBuffer> parts = new ArrayList<>(1);
        private int pos = 2;
        private int kept;
        private int frameHeader;
        private int width;
        private int height;
        private int scans;
        private boolean tables;

        Walk(ByteBuffer in) {
            this.in = in;
            this.end = in.remaining();
        }

        Jpeg run() {
            if (end == 0) {
                throw new IllegalArgumentException("the picture is empty: 0 bytes");
            }
            if (end > MAX_BYTES) {
                throw new IllegalArgumentException(
                        "the picture has " + end + " bytes; at most " + MAX_BYTES + " are taken");
            }
            if (end < 4 || in.getShort(0) != (short) 0xFFD8) {
                throw new IllegalArgumentException("not a JPEG: it does not begin with FF D8");
            }
            while (true) {
                int marker = nextMarker();
                if (marker == 0xD9) {
                    return whole();
                }
                if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {
                    continue; // stands alone, and means nothing here
                }
                segment(marker);
            }
        }

        private int nextMarker() {
            if (pos >= end || in.get(pos) != (byte) 0xFF) {
                throw pos >= end ? cutOff() : bad("there is no marker", pos);
            }
            passFill();
            if (pos >= end) {
                throw cutOff();
            }
            return in.get(pos++) & 0xFF;
        }

        private void passFill() {
            int start = pos;
            while (pos < end && in.get(pos) == (byte) 0xFF) {
                if (++pos - start > MAX_FILL) {
                    throw bad("there are more than " + MAX_FILL + " fill bytes", start);
                }
            }
        }

        private void segment(int marker) {
            int start = pos; // of the length, behind the marker
            if (end - start < 2) {
                throw cutOff();
            }
            int length = in.getShort(start) & 0xFFFF;
            if (marker < 0xC0 || marker == 0xD8 || length < 2) {
                throw bad("there is no valid segment", start - 2);
            }
            if (end - start < length) {
                throw cutOff();
            }
            pos = start + length;
            if (marker == 0xC4) {
                tables = true;
            } else if (marker == 0xDA) {
                scan(start - 2);
            } else if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC8 && marker != 0xCC) {
                frame(marker, start, length);
            } else if (marker >= 0xE0 && marker <= 0xEF && holdsPicture(start + 2, pos)) {
                leaveOut(start - 2, pos, marker == 0xE1 ? orientation(start + 2, pos) : 0);
            }
        }

        private void frame(int marker, int start, int length) {
            if (marker > 0xC2) {
                throw bad(
                        "this is a lossless, hierarchical or arithmetic JPEG, which browsers do not show,", start - 2);
            }
            if (frameHeader != 0) {
                throw bad("there is a second frame header", start - 2);
            }
            if (length < 8) {
                throw bad("the frame header is too short", start - 2);
            }
            frameHeader = marker;
            height = in.getShort(start + 3) & 0xFFFF;
            width = in.getShort(start + 5) & 0xFFFF;
            int components = in.get(start + 7) & 0xFF;
            if (width == 0 || height == 0) {
                throw bad("the picture's size is " + width + "x" + height + ",", start - 2);
            }
            if ((long) width * height > MAX_PIXELS) {
                throw new IllegalArgumentException("the picture is " + width + "x" + height + " pixels; at most "
                        + MAX_PIXELS + " in all are taken");
            }
            if ((components != 1 && components != 3 && components != 4) || length < 8 + 3 * components) {
                throw bad("the frame header names " + components + " components (1, 3 or 4 are possible)", start - 2);
            }
        }

        /** Passes the entropy-coded bytes behind a scan header; {@code pos} stands at their first byte. */
        private void scan(int marker) {
            if (frameHeader == 0) {
                throw bad("there is a scan before the frame header", marker);
            }
            if (++scans > MAX_SCANS) {
                throw bad("there are more than " + MAX_SCANS + " scans", marker);
            }
            if (!tables && frameHeader != 0xC2) {
                keep(marker);
                parts.add(ByteBuffer.wrap(STANDARD_TABLES));
                tables = true;
            }
            while (true) {
                pos = nextFF(pos);
                if (end - pos < 2) {
                    throw cutOff();
                }
                int next = in.get(pos + 1) & 0xFF;
                if (next == 0xFF) {
                    passFill();
                    pos--; // the last of them begins the marker
                } else if (next == 0 || (next >= 0xD0 && next <= 0xD7)) { // a stuffed byte, or a restart marker
                    pos += 2;
                } else {
                    return;
                }
            }
        }

        /** The place of the next FF from there on, or the end. Reads eight bytes at a time: a picture is mostly this. */
        private int nextFF(int from) {
            int at = from;
            for (; at <= end - 8; at += 8) {
                long eight = in.getLong(at);
                long hits = (~eight - 0x0101010101010101L) & eight & 0x8080808080808080L;
                if (hits != 0) {
                    break;
                }
            }
            while (at < end && in.get(at) != (byte) 0xFF) {
                at++;
            }
            return at;
        }

        private boolean holdsPicture(int from, int to) {
            for (int i = from; i < to - 1; i++) {
                if (in.get(i) == (byte) 0xFF && in.get(i + 1) == (byte) 0xD8) {
                    return true;
                }
            }
            return false;
        }

        private void leaveOut(int from, int to, int orientation) {
            keep(from);
            kept = to;
            if (orientation > 1) {
                parts.add(ByteBuffer.wrap(orientationSegment(orientation)));
            }
        }

        /** The orientation (1 to 8) that an Exif segment's first directory names, or 0. */
        private int orientation(int from, int to) {
            if (to - from < 14 || in.getInt(from) != 0x45786966 || in.getShort(from + 4) != 0) { // "Exif"
                return 0;
            }
            int tiff = from + 6;
            ByteBuffer exif = in.slice(tiff, to - tiff)
                    .order(in.get(tiff) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            int directory = exif.getInt(4);
            if (directory < 8 || directory > exif.limit() - 2) {
                return 0;
            }
            int entries = exif.getShort(directory) & 0xFFFF;
            for (int i = 0, at = directory + 2; i < entries && at <= exif.limit() - 12; i++, at += 12) {
                if (exif.getShort(at) == 0x0112) {
                    int value = exif.getShort(at + 8);
                    return value >= 1 && value <= 8 ? value : 0;
                }
            }
            return 0;
        }

        /** The smallest Exif segment that says how to turn the picture. */
        private static byte[] orientationSegment(int orientation) {
            return HexFormat.of()
                    .parseHex("ffe10022" + "457869660000" + "4d4d002a00000008" + "0001" + "0112000300000001000"
                            + orientation + "0000" + "00000000");
        }

        private void keep(int to) {
            if (to > kept) {
                parts.add(in.slice(kept, to - kept));
            }
            kept = to;
        }

        private Jpeg whole() {
            if (scans == 0) {
                throw bad("the picture ends without any image data", pos - 2);
            }
            keep(pos);
            int size = 0;
            for (ByteBuffer part : parts) {
                size += part.remaining();
            }
            return new Jpeg(parts, size, width, height);
        }

        private static IllegalArgumentException bad(String what, int at) {
            return new IllegalArgumentException("not a JPEG that can be shown: " + what + " at byte " + at);
        }

        private IllegalArgumentException cutOff() {
            return new IllegalArgumentException(
                    "the JPEG is cut off: its " + end + " bytes end before the end marker FF D9");
        }
    }
}
