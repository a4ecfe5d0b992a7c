package dev.flipbook.mjpeg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One segment of a whole JPEG before its first scan.
 *
 * @param marker its second byte: E1 for APP1
 * @param part of the picture, by its number
 * @param in that part, big-endian
 * @param from where the marker begins, fill bytes before it included
 * @param content where the bytes after the length begin
 * @param to where the segment ends
 */
record HeaderSegment(int marker, int part, ByteBuffer in, int from, int content, int to) {

    /** All of them in their order. The picture is a whole one, so nothing has to be checked again. */
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
                    break; // fill bytes before a scan whose tables are a part of their own
                }
                int marker = in.get(pos++) & 0xFF;
                if (marker == 0xDA) {
                    return found;
                }
                if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {
                    continue; // stands alone
                }
                int end = pos + (in.getShort(pos) & 0xFFFF);
                found.add(new HeaderSegment(marker, i, in, from, pos + 2, end));
                pos = end;
            }
        }
        return found;
    }

    /** Whether the segment has this marker and its content begins with these characters. */
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

    /** A byte of the content. */
    int at(int place) {
        return in.get(content + place) & 0xFF;
    }

    int length() {
        return to - content;
    }
}
