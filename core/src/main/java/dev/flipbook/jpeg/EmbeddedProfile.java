package dev.flipbook.jpeg;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The ICC profile of a JPEG, which defines its colours: APP2 segments that are numbered from 1. */
final class EmbeddedProfile {

    /**
     * Maximum size of a profile. Larger profiles are left out. Profiles of screens and cameras are much smaller, but
     * some of printers are not.
     */
    static final int MAX_BYTES = 1 << 20;

    static final int APP2 = 0xE2;
    static final String NAME = "ICC_PROFILE\0";

    /** Length of the name, the segment's number, and the number of segments. */
    private static final int HEAD = NAME.length() + 2;

    private EmbeddedProfile() {}

    /** The profile's segments in order. Empty when there is no profile, or when it is incomplete or too large. */
    static List<HeaderSegment> segments(Jpeg jpeg) {
        List<HeaderSegment> found = HeaderSegment.of(jpeg).stream()
                .filter(one -> one.is(APP2, NAME) && one.length() > HEAD)
                .toList();
        int bytes = 0;
        List<HeaderSegment> ordered = new ArrayList<>(found.size());
        for (int number = 1; number <= found.size(); number++) {
            for (HeaderSegment one : found) {
                if (one.at(HEAD - 2) == number && one.at(HEAD - 1) == found.size()) {
                    ordered.add(one);
                    bytes += one.length() - HEAD;
                }
            }
        }
        return ordered.size() == found.size() && bytes <= MAX_BYTES ? ordered : List.of();
    }

    /** The profile in one piece. */
    static Optional<byte[]> of(Jpeg jpeg) {
        List<HeaderSegment> segments = segments(jpeg);
        if (segments.isEmpty()) {
            return Optional.empty();
        }
        int size = segments.stream().mapToInt(one -> one.length() - HEAD).sum();
        ByteBuffer profile = ByteBuffer.allocate(size);
        segments.forEach(one -> profile.put(one.in().slice(one.content() + HEAD, one.length() - HEAD)));
        return Optional.of(profile.array());
    }

    /**
     * The picture with the profile of another one, after its SOI and JFIF segment. Nothing else of the other picture is
     * kept. Returns the picture itself when there is no profile, or no room for it.
     */
    static Jpeg put(Jpeg jpeg, Jpeg original) {
        List<HeaderSegment> segments = segments(original);
        if (segments.isEmpty()) {
            return jpeg;
        }
        int bytes = segments.stream().mapToInt(one -> one.length() + 4).sum();
        if (jpeg.size() + bytes > Jpeg.MAX_BYTES) {
            return jpeg;
        }
        ByteBuffer copy = ByteBuffer.allocate(bytes);
        for (HeaderSegment one : segments) {
            copy.putShort((short) (0xFF00 | APP2)).putShort((short) (one.length() + 2));
            copy.put(one.in().slice(one.content(), one.length()));
        }
        ByteBuffer first = jpeg.parts().get(0);
        boolean jfif = first.limit() > 6 && first.get(3) == (byte) 0xE0;
        int at = jfif ? 4 + (first.get(4) & 0xFF) * 256 + (first.get(5) & 0xFF) : 2;
        List<ByteBuffer> parts = new ArrayList<>(jpeg.parts().size() + 2);
        parts.add(first.slice(0, at));
        parts.add(copy.flip());
        parts.add(first.slice(at, first.limit() - at));
        parts.addAll(jpeg.parts().subList(1, jpeg.parts().size()));
        return new Jpeg(parts, jpeg.size() + bytes, jpeg.width(), jpeg.height());
    }
}
