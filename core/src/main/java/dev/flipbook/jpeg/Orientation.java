package dev.flipbook.jpeg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The way in which a picture's pixels are turned before they are shown: left and right are exchanged or not, then the
 * picture is turned clockwise by quarters. A JPEG says so in an Exif segment by a number from 1 to 8, which every
 * browser follows. Immutable.
 *
 * @param quarters quarter turns clockwise, 0 to 3
 * @param mirrored whether to exchange left and right, before the turn
 */
public record Orientation(int quarters, boolean mirrored) {

    /** The picture as it is. */
    public static final Orientation UPRIGHT = new Orientation(0, false);

    /** The text {@code Exif}, followed by two zeros in the segments that are read. */
    private static final int EXIF = 0x45786966;

    private static final int TAG = 0x0112;
    private static final int SHORT = 3;

    /** Exif's numbers for no turn and for one, two, three quarters; then the same with left and right exchanged. */
    private static final String NUMBERS = "1638" + "2745";

    public Orientation {
        if (quarters < 0 || quarters > 3) {
            throw new IllegalArgumentException("there are 0 to 3 quarter turns, not " + quarters);
        }
    }

    /**
     * The orientation that a user asks for.
     *
     * @param rotate degrees clockwise: 0, 90, 180 or 270
     * @param mirror whether to exchange left and right, before the turn
     * @throws IllegalArgumentException when rotate is not a multiple of 90
     */
    public static Orientation of(int rotate, boolean mirror) {
        if (rotate % 90 != 0) {
            throw new IllegalArgumentException("rotate is " + rotate + "; it is 0, 90, 180 or 270 degrees");
        }
        return new Orientation(Math.floorMod(rotate / 90, 4), mirror);
    }

    /** The orientation for Exif's number from 1 to 8; any other number means upright. */
    public static Orientation ofExif(int number) {
        int at = number < 1 || number > 8 ? 0 : NUMBERS.indexOf('0' + number);
        return new Orientation(at & 3, at > 3);
    }

    /** Whether the picture is shown as it is. */
    public boolean isUpright() {
        return quarters == 0 && !mirrored;
    }

    /** Exif's number, 1 to 8. */
    public int exif() {
        return NUMBERS.charAt(quarters + (mirrored ? 4 : 0)) - '0';
    }

    /** The orientation that results from this one followed by another one. */
    public Orientation then(Orientation next) {
        // A mirror reverses the direction of the turns before it.
        int before = next.mirrored ? -quarters : quarters;
        return new Orientation(Math.floorMod(before + next.quarters, 4), mirrored ^ next.mirrored);
    }

    /** Whether width and height are exchanged. */
    public boolean swapsSides() {
        return quarters % 2 == 1;
    }

    /** The orientation that the picture itself gives: that of its first Exif segment with a number. */
    static Orientation of(Jpeg jpeg) {
        for (Segment segment : segments(jpeg)) {
            if (segment.number() > 0) {
                return ofExif(segment.number());
            }
        }
        return UPRIGHT;
    }

    /**
     * The same picture, turned this way after its own orientation. Every number in the picture is changed, because
     * readers differ in which of several they take. Firefox looks only at the first APP1 segment; if that has no
     * number, a new segment is inserted right after SOI. Only these segments are copied.
     */
    Jpeg appliedTo(Jpeg jpeg) {
        List<Segment> segments = segments(jpeg);
        int number = of(jpeg).then(this).exif();
        List<ByteBuffer> parts = new ArrayList<>(jpeg.parts().size() + 2);
        int size = jpeg.size();
        for (int i = 0; i < jpeg.parts().size(); i++) {
            ByteBuffer part = jpeg.parts().get(i);
            int kept = 0;
            if (i == 0 && (segments.isEmpty() || segments.get(0).number() == 0)) {
                ByteBuffer put = ByteBuffer.wrap(segment(number));
                parts.add(part.slice(0, 2));
                parts.add(put);
                size += put.limit();
                kept = 2;
            }
            for (Segment segment : segments) {
                if (segment.part == i && segment.number() > 0) {
                    add(parts, part, kept, segment.from);
                    parts.add(segment.with(number));
                    kept = segment.to;
                }
            }
            add(parts, part, kept, part.limit());
        }
        return new Jpeg(parts, size, jpeg.width(), jpeg.height());
    }

    private static void add(List<ByteBuffer> parts, ByteBuffer part, int from, int to) {
        if (to > from) {
            parts.add(part.slice(from, to - from));
        }
    }

    /** The smallest Exif segment with an orientation. */
    static byte[] segment(int number) {
        return HexFormat.of()
                .parseHex("ffe10022" + "457869660000" + "4d4d002a00000008" + "0001" + "0112000300000001000" + number
                        + "0000" + "00000000");
    }

    /**
     * The number (1 to 8) in the first directory of an Exif segment, or 0.
     *
     * @param from place of the first byte of the segment's content
     * @param to place where the segment ends
     */
    static int number(ByteBuffer in, int from, int to) {
        int at = place(in, from, to);
        if (at < 0) {
            return 0;
        }
        int high = order(in, from + 6) == ByteOrder.BIG_ENDIAN ? at : at + 1;
        int number = in.get(2 * at + 1 - high);
        return in.get(high) == 0 && number >= 1 && number <= 8 ? number : 0;
    }

    /** Place of the two bytes of the number in the content of an APP1 segment; negative when there is none. */
    private static int place(ByteBuffer in, int from, int to) {
        if (to - from < 14 || in.getInt(from) != EXIF || in.getShort(from + 4) != 0) {
            return -1;
        }
        int tiff = from + 6;
        ByteBuffer exif = in.slice(tiff, to - tiff).order(order(in, tiff));
        int directory = exif.getInt(4);
        if (directory < 8 || directory > exif.limit() - 2) {
            return -1;
        }
        int entries = exif.getShort(directory) & 0xFFFF;
        for (int i = 0, at = directory + 2; i < entries && at <= exif.limit() - 12; i++, at += 12) {
            if (exif.getShort(at) == TAG) {
                return exif.getShort(at + 2) == SHORT && exif.getInt(at + 4) == 1 ? tiff + at + 8 : -1;
            }
        }
        return -1;
    }

    private static ByteOrder order(ByteBuffer in, int tiff) {
        return in.get(tiff) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }

    /** The APP1 segments before the first scan. */
    private static List<Segment> segments(Jpeg jpeg) {
        return HeaderSegment.of(jpeg).stream()
                .filter(one -> one.marker() == 0xE1)
                .map(one -> new Segment(one.part(), one.in(), one.from(), one.content(), one.to()))
                .toList();
    }

    /**
     * One APP1 segment.
     *
     * @param part index of the picture's part that has the segment
     * @param from place where the marker begins
     * @param content place of the first byte after the length
     * @param to place where the segment ends
     */
    private record Segment(int part, ByteBuffer in, int from, int content, int to) {

        int number() {
            return Orientation.number(in, content, to);
        }

        /** A copy of the segment with another number. */
        ByteBuffer with(int number) {
            byte[] copy = new byte[to - from];
            in.get(from, copy);
            int at = place(in, content, to) - from;
            boolean little = order(in, content + 6) == ByteOrder.LITTLE_ENDIAN;
            copy[little ? at : at + 1] = (byte) number;
            copy[little ? at + 1 : at] = 0;
            return ByteBuffer.wrap(copy);
        }
    }
}
