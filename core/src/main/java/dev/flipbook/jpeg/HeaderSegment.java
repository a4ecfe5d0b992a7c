package dev.flipbook.jpeg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One segment of a JPEG before its first scan. The picture has been checked before.
 *
 * @param marker second byte of the marker: E1 for APP1
 * @param part index of the picture's part that has the segment
 * @param in bytes of that part, read as big-endian
 * @param from place where the marker begins, or the fill bytes before it
 * @param content place of the first byte after the length
 * @param to place where the segment ends
 */
record HeaderSegment(int marker, int part, ByteBuffer in, int from, int content, int to) {

    /** All segments in their order. The picture has been checked, so the lengths are right. */
    static List<HeaderSegment> of(Jpeg jpeg) {
        List<HeaderSegment> found = new ArrayList<>(8);
        for (int i = 0; i < jpeg.parts().size(); i++) {
            ByteBuffer in = jpeg.parts().get(i).duplicate().order(ByteOrder.BIG_ENDIAN);
            int pos = i == 0 ? 2 : 0;
            while (pos < in.limit()) {
                int from = pos;
                while (pos < in.limit() && in.get(pos) == (byte) 0xFF) {
                    pos++;
                }
                if (pos == in.limit()) {
                    break; // only fill bytes are left in this part; tables were inserted after them, in the next part
                }
                int marker = in.get(pos++) & 0xFF;
                if (marker == 0xDA) {
                    return found;
                }
                if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {
                    continue; // a marker without a segment
                }
                int end = pos + (in.getShort(pos) & 0xFFFF);
                found.add(new HeaderSegment(marker, i, in, from, pos + 2, end));
                pos = end;
            }
        }
        return found;
    }

    /** Whether the segment has this marker, and its content begins with these characters. */
    boolean is(int wanted, String text) {
        if (marker != wanted || to - content < text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (in.get(content + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** One byte of the content. */
    int at(int place) {
        return in.get(content + place) & 0xFF;
    }

    /** Length of the content in bytes. */
    int length() {
        return to - content;
    }
}
