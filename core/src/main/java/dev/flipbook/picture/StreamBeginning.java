package dev.flipbook.picture;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The beginning of a stream while no picture has come, and when to give it up. What is proven by the first bytes is given up at
 * once; all else may yet turn out to be pictures, as a program may say a few words first, and a reader may come in the middle
 * of a large picture. One thread at a time.
 */
final class StreamBeginning {

    /** Enough to find the marks of a stream in that was joined in its middle. */
    private static final int KEPT = 64 << 10;

    /** Of bytes that are not of pictures: more than a picture of 4K has, in whose middle the reader may have come. */
    private static final long MOST = 4_000_000;

    /** Viewers are to know within 5 s what is wrong. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(4);

    /** Of fewer nothing is said after that time: they may be a program's first words, and its pictures take longer. */
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
        int more = Math.min(count, KEPT - kept);
        if (kept + more > first.length) {
            first = Arrays.copyOf(first, Math.min(KEPT, Math.max(kept + more, 2 * first.length)));
        }
        System.arraycopy(bytes, from, first, kept, more);
        kept += more;
    }

    /** @throws NoPicturesException when these are no pictures, or none have been among them for too long */
    void check(long now) throws NoPicturesException {
        StreamKind proven = StreamKind.of(first, Math.min(kept, 1024));
        if (proven != StreamKind.PICTURES && proven != StreamKind.UNKNOWN) {
            throw exception(proven, false);
        }
        if (all >= MOST || (all >= WORDS && now - since >= PATIENCE)) {
            StreamKind likely = StreamKind.within(first, kept);
            if (likely != StreamKind.PICTURES) {
                throw exception(likely, false);
            }
        }
    }

    /**
     * Takes note of the end.
     *
     * @param textIsPart whether text may be what stands before the pictures
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
