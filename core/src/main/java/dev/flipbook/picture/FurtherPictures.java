package dev.flipbook.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The places where the further pictures of one photo begin: a gain map, the other eye's view, large previews. A photo
 * lists these places in its MPF segment (CIPA DC-007). Immutable.
 *
 * @param starts distances in bytes from the photo's first byte; none is 0
 */
@SuppressWarnings("ArrayRecordComponent") // the array never leaves the reader
record FurtherPictures(long[] starts) {

    static final FurtherPictures NONE = new FurtherPictures(new long[0]);

    private static final byte[] NAME = {'M', 'P', 'F', 0};

    private static final int ENTRIES_TAG = 0xB002;

    private static final int ENTRY_BYTES = 16;

    /** Length of a field of a TIFF directory: tag, type, count, value or place. */
    private static final int FIELD_BYTES = 12;

    /**
     * The further pictures that this APP2 segment lists; {@link #NONE} when the segment is of another kind, or damaged.
     *
     * @param from place of the first byte of the segment's content
     * @param to place where the segment ends
     * @param photo place where the photo begins
     */
    static FurtherPictures of(byte[] bytes, int from, int to, int photo) {
        if (to - from < NAME.length + 8 || !Arrays.equals(bytes, from, from + 4, NAME, 0, 4)) {
            return NONE;
        }
        int origin = from + NAME.length; // all places in the segment count from here
        ByteBuffer tiff = ByteBuffer.wrap(bytes, origin, to - origin).slice();
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        try {
            return listed(tiff, (long) origin - photo);
        } catch (IndexOutOfBoundsException e) {
            return NONE;
        }
    }

    private static FurtherPictures listed(ByteBuffer tiff, long origin) {
        int directory = tiff.getInt(4);
        int fields = tiff.getShort(directory) & 0xFFFF;
        for (int i = 0; i < fields; i++) {
            int field = directory + 2 + i * FIELD_BYTES;
            if ((tiff.getShort(field) & 0xFFFF) == ENTRIES_TAG) {
                return entries(
                        tiff.slice(tiff.getInt(field + 8), tiff.getInt(field + 4))
                                .order(tiff.order()),
                        origin);
            }
        }
        return NONE;
    }

    private static FurtherPictures entries(ByteBuffer list, long origin) {
        long[] starts = new long[list.capacity() / ENTRY_BYTES];
        int count = 0;
        for (int i = 0; i < starts.length; i++) {
            long offset = list.getInt(i * ENTRY_BYTES + 8) & 0xFFFF_FFFFL;
            if (offset != 0) { // 0 is the photo itself
                starts[count++] = origin + offset;
            }
        }
        return new FurtherPictures(Arrays.copyOf(starts, count));
    }

    /** These further pictures, or the others if there are none. */
    FurtherPictures or(FurtherPictures other) {
        return starts.length > 0 ? this : other;
    }

    /** Whether a further picture begins this many bytes after the photo's beginning. */
    boolean beginAt(long place) {
        for (long start : starts) {
            if (start == place) {
                return true;
            }
        }
        return false;
    }
}
