package dev.flipbook.picture;

import dev.flipbook.jpeg.ByteSearch;
import dev.flipbook.jpeg.Jpeg;

/**
 * Finds the end of a JPEG while its bytes come in, by walking its markers: searching for the end marker would find that
 * of a thumbnail. The walk also finds the picture's size, and the places of the further pictures of the same photo.
 * Confined to the thread that feeds it.
 */
final class JpegEnd {

    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int APP2 = 0xE2;

    /** The result of a step. */
    enum Found {
        /** Nothing yet; take another step. */
        NEXT,
        /** Nothing yet; the next step needs more bytes. */
        MORE,
        /** The end, which is at {@link #at()}. */
        END,
        /** This is not a JPEG, or it is cut off. */
        BROKEN
    }

    private int start;
    private int at; // everything before this place has been looked at; may lie after the bytes that have come
    private boolean inScan;
    private int width;
    private int height;
    private FurtherPictures further = FurtherPictures.NONE;

    /** Whether a picture begins in these bytes, with its size and its first coded data in them. */
    static boolean isAmong(byte[] bytes, int count) {
        JpegEnd end = new JpegEnd();
        for (int i = 0; i + 2 < count; i++) {
            if (bytes[i] == (byte) 0xFF && bytes[i + 1] == (byte) SOI && bytes[i + 2] == (byte) 0xFF) {
                end.begin(i);
                Found found = Found.NEXT;
                while (found == Found.NEXT && !end.inScan) {
                    found = end.step(bytes, count);
                }
                if (end.inScan && end.width > 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Begins again, with the picture whose first byte, FF of FF D8, is at this place. */
    void begin(int place) {
        start = place;
        at = place + 2;
        inScan = false;
        width = 0;
        height = 0;
        further = FurtherPictures.NONE;
    }

    /** Notes that all bytes have been moved toward the front by this number. */
    void moved(int count) {
        start -= count;
        at -= count;
    }

    /** Place after the last byte that has been looked at; the picture's end once that is found. */
    int at() {
        return at;
    }

    /** Whether the other picture has the same size in pixels as this one. */
    boolean isAsLargeAs(JpegEnd other) {
        return width == other.width && height == other.height;
    }

    /** The further pictures of the photo; complete once the end is found. */
    FurtherPictures further() {
        return further;
    }

    /** Takes one step over the bytes before this end. */
    Found step(byte[] bytes, int end) {
        if ((long) at - start > Jpeg.MAX_BYTES) {
            return Found.BROKEN;
        }
        return inScan ? scan(bytes, end) : marker(bytes, end);
    }

    /** At the FF of a marker. */
    private Found marker(byte[] bytes, int end) {
        while (at + 1 < end && bytes[at] == (byte) 0xFF && bytes[at + 1] == (byte) 0xFF) {
            at++; // fill byte
        }
        if (at + 2 > end) {
            return Found.MORE;
        }
        int code = bytes[at + 1] & 0xFF;
        if (bytes[at] != (byte) 0xFF || code == SOI || code == 0) {
            return Found.BROKEN;
        }
        if (code == EOI) {
            at += 2;
            return Found.END;
        }
        if (code == 1 || (code >= 0xD0 && code < SOI)) {
            at += 2;
            return Found.NEXT;
        }
        return segment(code, bytes, end);
    }

    private Found segment(int code, byte[] bytes, int end) {
        if (at + 4 > end) {
            return Found.MORE;
        }
        int next = at + 2 + number(bytes, at + 2);
        if (next + 2 > end) {
            return Found.MORE; // the next bytes show whether the segment was whole
        }
        if (next < at + 4 || isCut(bytes, at + 2, next)) {
            return Found.BROKEN;
        }
        boolean frame = code >= 0xC0 && code <= 0xCF && code != 0xC4 && code != 0xC8 && code != 0xCC;
        if (frame && next - at >= 9) {
            height = number(bytes, at + 5);
            width = number(bytes, at + 7);
        } else if (code == APP2) {
            further = further.or(FurtherPictures.of(bytes, at + 4, next, start));
        }
        at = next;
        inScan = code == SOS;
        return Found.NEXT;
    }

    /**
     * Whether another picture begins in this segment and does not end in it, as a thumbnail would. No table of libjpeg
     * has these three bytes in a row.
     */
    private static boolean isCut(byte[] bytes, int from, int to) {
        int begun = -1;
        for (int i = nextFF(bytes, from, to); i < to; i = nextFF(bytes, i + 1, to)) {
            int next = bytes[i + 1] & 0xFF;
            if (next == SOI && bytes[i + 2] == (byte) 0xFF) {
                begun = i;
            } else if (next == EOI && i + 2 <= to) {
                begun = -1;
            }
        }
        return begun >= 0;
    }

    /** Skips coded data up to the next marker that is not part of the data. */
    private Found scan(byte[] bytes, int end) {
        int last = end - 1; // the byte after an FF must have come
        for (at = nextFF(bytes, at, last); at < last; at = nextFF(bytes, at, last)) {
            int code = bytes[at + 1] & 0xFF;
            if (code != 0 && code != 0xFF && (code < 0xD0 || code >= SOI)) {
                inScan = false;
                return Found.NEXT;
            }
            at += code == 0xFF ? 1 : 2;
        }
        return Found.MORE;
    }

    private static int nextFF(byte[] bytes, int from, int to) {
        return ByteSearch.find((byte) 0xFF, bytes, from, to);
    }

    private static int number(byte[] bytes, int index) {
        return (bytes[index] & 0xFF) << 8 | (bytes[index + 1] & 0xFF);
    }
}
