package dev.flipbook.picture;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The beginning of a stream, while no picture has come, and the decision when to give up. A stream whose first bytes
 * prove that it is something else is given up at once. Any other stream may still turn out to be pictures: a program
 * may print a few words first, and a reader may join in the middle of a large picture. Not thread-safe.
 */
final class StreamBeginning {

    /** Number of bytes that are kept: enough to recognise a stream that was joined in its middle. */
    private static final int MAX_KEPT = 64 << 10;

    /** Maximum bytes without a picture: more than a 4K picture has, in whose middle the reader may have joined. */
    private static final long MAX_BYTES = 4_000_000;

    /** Maximum time without a picture, in nanoseconds, so that viewers know within 5 s what is wrong. */
    private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(4);

    /**
     * Minimum number of bytes before the timeout counts. Fewer bytes may be the first words of a program that takes
     * longer for its first picture.
     */
    private static final int WORDS = 4096;

    private byte[] first = new byte[1024];
    private int kept;
    private long all;
    private long since;

    void add(byte[] bytes, int from, int count, long now) {
        if (all == 0) {
            since = now;
        }
        all += count;
        int more = Math.min(count, MAX_KEPT - kept);
        if (kept + more > first.length) {
            first = Arrays.copyOf(first, Math.min(MAX_KEPT, Math.max(kept + more, 2 * first.length)));
        }
        System.arraycopy(bytes, from, first, kept, more);
        kept += more;
    }

    /**
     * Decides whether to give up.
     *
     * @throws NoPicturesException when the bytes are not pictures, or none have been among them for too long
     */
    void check(long now) throws NoPicturesException {
        StreamKind proven = StreamKind.of(first, Math.min(kept, 1024));
        if (proven != StreamKind.PICTURES && proven != StreamKind.UNKNOWN) {
            throw exception(proven, false);
        }
        if (all >= MAX_BYTES || (all >= WORDS && now - since >= TIMEOUT)) {
            StreamKind likely = StreamKind.within(first, kept);
            if (likely != StreamKind.PICTURES) {
                throw exception(likely, false);
            }
        }
    }

    /**
     * Decides what a stream was that has ended.
     *
     * @param textIsPart whether text may stand before the pictures
     * @throws NoPicturesException when the stream is known to be of another kind
     */
    void end(boolean textIsPart) throws NoPicturesException {
        StreamKind likely = StreamKind.within(first, kept);
        boolean open = likely == StreamKind.PICTURES
                || likely == StreamKind.UNKNOWN
                || (textIsPart && likely == StreamKind.TEXT);
        if (!open) {
            throw exception(likely, true);
        }
    }

    private NoPicturesException exception(StreamKind kind, boolean ended) {
        return NoPicturesException.of(kind, first, kept, all, ended);
    }
}
