package dev.flipbook.picture;

/**
 * The units of H.264, H.265 and MPEG video without a container. Each begins with the bytes 0, 0, 1 and a header that
 * says what it contains.
 */
final class NalUnits {

    /** Number of units of one kind in a row that are not a coincidence. */
    private static final int MIN_UNITS = 3;

    private NalUnits() {}

    /** The kind that the first unit proves, because it contains what a decoder needs first. */
    static StreamKind first(byte[] bytes, int count) {
        int zeros = 0;
        while (zeros < Math.min(count, 8) && bytes[zeros] == 0) {
            zeros++;
        }
        if (zeros < 2 || zeros + 3 > count || bytes[zeros] != 1) {
            return StreamKind.UNKNOWN;
        }
        int header = bytes[zeros + 1] & 0xFF;
        int next = bytes[zeros + 2] & 0xFF;
        if (header == 0x09 || ((header & 0x9F) == 7 && (header & 0x60) != 0 && isProfile(next))) {
            return StreamKind.H264; // a delimiter, or the parameters of a sequence
        }
        if ((header == 0x40 || header == 0x42 || header == 0x46) && next == 1) {
            return StreamKind.H265; // the parameters of a video or a sequence, or a delimiter
        }
        if (header == 0xBA) {
            return StreamKind.MPEG_PS;
        }
        return header == 0xB3 || header == 0xB0 ? StreamKind.MPEG_VIDEO : most(bytes, count);
    }

    /** Whether this is the number of a profile of H.264. */
    private static boolean isProfile(int profile) {
        return switch (profile) {
            case 44, 66, 77, 83, 86, 88, 100, 110, 118, 122, 128, 138, 139, 134, 144, 244 -> true;
            default -> false;
        };
    }

    /**
     * The kind whose units these bytes contain; {@link StreamKind#UNKNOWN} when there are fewer than three, or others
     * between them.
     */
    static StreamKind most(byte[] bytes, int count) {
        int h264 = 0;
        int h265 = 0;
        int others = 0;
        for (int i = 0; i + 4 < count; i++) {
            if (bytes[i] == 0 && bytes[i + 1] == 0 && bytes[i + 2] == 1) {
                if (isH264(bytes[i + 3] & 0xFF)) {
                    h264++;
                } else if (isH265(bytes[i + 3] & 0xFF, bytes[i + 4] & 0xFF)) {
                    h265++;
                } else {
                    others++;
                }
                i += 3;
            }
        }
        if (h264 >= MIN_UNITS && h265 + others == 0) {
            return StreamKind.H264;
        }
        return h265 >= MIN_UNITS && h264 + others == 0 ? StreamKind.H265 : StreamKind.UNKNOWN;
    }

    /**
     * Whether this is the header of a slice or of what belongs to slices. Some types must be marked as needed by other
     * units, and some must not.
     */
    private static boolean isH264(int header) {
        boolean needed = (header & 0x60) != 0;
        return switch (header & 0x9F) {
            case 1 -> true;
            case 5, 7, 8 -> needed;
            case 6, 9, 10, 11, 12 -> !needed;
            default -> false;
        };
    }

    /** Whether this is the header of a unit of the first layer, in a temporal layer that exists. */
    private static boolean isH265(int header, int next) {
        int type = header >> 1;
        boolean known = type <= 9 || (type >= 16 && type <= 21) || (type >= 32 && type <= 40);
        return (header & 0x81) == 0 && known && (next & 0xF8) == 0 && (next & 7) != 0;
    }
}
