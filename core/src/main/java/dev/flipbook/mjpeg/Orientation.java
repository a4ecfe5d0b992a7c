package dev.flipbook.mjpeg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What is to be done with a picture's pixels before they are shown: left and right changed or not, and then quarter turns
 * clockwise. JPEGs say it in an Exif segment, by a number from 1 to 8, which every browser follows. Immutable.
 *
 * @param quarters clockwise, 0 to 3
 * @param mirrored whether left and right are changed, before the turn
 */
public record Orientation(int quarters, boolean mirrored) {

    /** As it is. */
    public static final Orientation UPRIGHT = new Orientation(0, false);

    /** {@code Exif}, two zeros; the text of the segments that are looked at. */
    private static final int EXIF = 0x45786966;

    private static final int TAG = 0x0112;
    private static final int SHORT = 3;

    /** Exif's numbers for no turn and for one, two, three quarters; then the same, mirrored. */
    private static final String NUMBERS = "1638" + "2745";

    public Orientation {
        if (quarters < 0 || quarters > 3) {
            throw new IllegalArgumentException("there are 0 to 3 quarter turns, not " + quarters);
        }
    }

    /**
     * As a user asks for it.
     *
     * @param rotate degrees clockwise: 0, 90, 180 or 270
     * @param mirror whether left and right are changed, before the turn
     */
    public static Orientation of(int rotate, boolean mirror) {
        if (rotate % 90 != 0) {
            throw new IllegalArgumentException("rotate is " + rotate + "; it is 0, 90, 180 or 270 degrees");
        }
        return new Orientation(Math.floorMod(rotate / 90, 4), mirror);
    }

    /** By Exif's number from 1 to 8; any other means upright. */
    public static Orientation ofExif(int number) {
        int at = number < 1 || number > 8 ? 0 : NUMBERS.indexOf('0' + number);
        return new Orientation(at & 3, at > 3);
    }

    /** Exif's number, 1 to 8. */
    public int exif() {
        return NUMBERS.charAt(quarters + (mirrored ? 4 : 0)) - '0';
    }

    /** This and then another one. */
    public Orientation then(Orientation next) {
        // A mirror turns round the way in which what came before it was turned.
        int before = next.mirrored ? -quarters : quarters;
        return new Orientation(Math.floorMod(before + next.quarters, 4), mirrored ^ next.mirrored);
    }

    /** Whether what was wide becomes high. */
    public boolean swapsSides() {
        return quarters % 2 == 1;
    }

    /** What the picture says of itself: its first Exif segment that has a number. */
    static Orientation of(Jpeg jpeg) {
        for (Segment segment : segments(jpeg)) {
            if (segment.number() > 0) {
                return ofExif(segment.number());
            }
        }
        return UPRIGHT;
    }

    /**
     * The same picture, to be turned like this after what it says of itself. Every number in it is changed, as readers differ
     * in which of several they take. Unless its first APP1 segment has one, the only one that Firefox looks at, there is a
     * new one right behind SOI. Only these segments are copied.
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

    /** The smallest Exif segment that says how to turn a picture. */
    static byte[] segment(int number) {
        return HexFormat.of()
                .parseHex("ffe10022" + "457869660000" + "4d4d002a00000008" + "0001" + "0112000300000001000" + number
                        + "0000" + "00000000");
    }

    /** The number (1 to 8) that an Exif segment's first directory names, or 0; content as for {@link #place}. */
    static int number(ByteBuffer in, int from, int to) {
        int at = place(in, from, to);
        if (at < 0) {
            return 0;
        }
        int high = order(in, from + 6) == ByteOrder.BIG_ENDIAN ? at : at + 1;
        int number = in.get(2 * at + 1 - high);
        return in.get(high) == 0 && number >= 1 && number <= 8 ? number : 0;
    }

    /** Where an APP1 segment, whose content is given by its ends, has the two bytes of the number; or below 0. */
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
     * @param part of the picture, by its number
     * @param from where the marker begins
     * @param content where what is behind the length begins
     */
    private record Segment(int part, ByteBuffer in, int from, int content, int to) {

        int number() {
            return Orientation.number(in, content, to);
        }

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
