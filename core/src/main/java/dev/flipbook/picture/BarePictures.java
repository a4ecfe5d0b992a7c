package dev.flipbook.picture;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.mjpeg.Jpeg;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * JPEGs and PNGs back to back, with whatever between them. Where a JPEG ends is found by walking its markers, as its end may
 * also stand in a thumbnail; one that is cut off, so that another begins in it, is passed over. Confined to the source thread.
 */
final class BarePictures implements PictureStream.Splitter {

    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final int IEND = 0x49454E44;

    /** What is looked for at the place where the reader is. */
    private enum State {
        PICTURE,
        MARKER,
        SCAN,
        CHUNK
    }

    private final Consumer<ByteBuffer> pictures;
    private final Stills stills;
    private byte[] held = new byte[128 << 10];
    private int start; // of the picture
    private int at; // looked at up to here; may lie beyond what is held
    private int end; // of what is held
    private State state = State.PICTURE;
    private long damaged;

    /** @param pictures takes each whole picture between position and limit, and copies it */
    BarePictures(Consumer<ByteBuffer> pictures, SourceOptions options, Ticker ticker) {
        this.pictures = pictures;
        this.stills = new Stills(options, ticker);
    }

    @Override
    public void feed(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            makeRoom(bytes.remaining());
            int count = Math.min(bytes.remaining(), held.length - end);
            bytes.get(held, end, count);
            end += count;
            goOn();
        }
    }

    @Override
    public void finish() {
        while (state != State.PICTURE) {
            broken();
            goOn();
        }
    }

    /** Moves what is needed to the front; grows for a larger picture. */
    private void makeRoom(int wanted) {
        if (held.length - end >= wanted) {
            return;
        }
        System.arraycopy(held, start, held, 0, end - start);
        at -= start;
        end -= start;
        start = 0;
        if (held.length - end < wanted) {
            held = Arrays.copyOf(held, Math.max(end + wanted, held.length * 2));
        }
    }

    private void goOn() {
        boolean more = true;
        while (more) {
            more = step();
        }
    }

    /** Goes on by one piece; false when more bytes are needed for it. */
    private boolean step() {
        if (state != State.PICTURE && (long) at - start > Jpeg.MAX_BYTES) {
            broken();
            return true;
        }
        return switch (state) {
            case PICTURE -> findPicture();
            case MARKER -> marker();
            case SCAN -> scan();
            case CHUNK -> chunk();
        };
    }

    private boolean findPicture() {
        while (at < end && !mayBegin(held[at])) {
            at++;
        }
        start = at;
        if (end - at < PNG.length) {
            return false; // the shortest picture is longer
        }
        if (held[at] == PNG[0] && Arrays.equals(held, at, at + PNG.length, PNG, 0, PNG.length)) {
            state = State.CHUNK;
            at += PNG.length;
        } else if (unsigned(at) == 0xFF && unsigned(at + 1) == SOI && unsigned(at + 2) == 0xFF) {
            state = State.MARKER;
            at += 2;
        } else {
            at++;
            start = at;
        }
        return true;
    }

    private static boolean mayBegin(byte first) {
        return first == (byte) 0xFF || first == PNG[0];
    }

    /** At the FF of a marker. */
    private boolean marker() {
        while (at + 1 < end && unsigned(at) == 0xFF && unsigned(at + 1) == 0xFF) {
            at++; // fill
        }
        if (at + 2 > end) {
            return false;
        }
        int code = unsigned(at + 1);
        if (unsigned(at) != 0xFF || code == SOI || code == 0) {
            broken();
        } else if (code == EOI) {
            whole(at + 2);
        } else if (code == 1 || (code >= 0xD0 && code < SOI)) {
            at += 2;
        } else {
            return segment(code);
        }
        return true;
    }

    private boolean segment(int code) {
        if (at + 4 > end) {
            return false;
        }
        int length = unsigned(at + 2) << 8 | unsigned(at + 3);
        int next = at + 2 + length;
        if (next + 2 > end) {
            return false; // something always follows, and tells whether the segment was whole
        }
        if (length < 2 || isCut(at + 2, next)) {
            broken();
            return true;
        }
        at = next;
        state = code == SOS ? State.SCAN : State.MARKER;
        return true;
    }

    /**
     * Whether another picture begins in this segment and does not end in it, as a thumbnail would. No table of libjpeg's has
     * these three bytes in a row.
     */
    private boolean isCut(int from, int to) {
        int begun = -1;
        for (int i = from; i < to; i++) {
            if (held[i] == (byte) 0xFF) {
                if (unsigned(i + 1) == SOI && unsigned(i + 2) == 0xFF) {
                    begun = i;
                } else if (unsigned(i + 1) == EOI && i + 2 <= to) {
                    begun = -1;
                }
            }
        }
        return begun >= 0;
    }

    /** In coded data, up to the next marker that is not of it. */
    private boolean scan() {
        while (at + 1 < end) {
            if (held[at] != (byte) 0xFF) {
                at++;
            } else {
                int code = unsigned(at + 1);
                if (code != 0 && code != 0xFF && (code < 0xD0 || code >= SOI)) {
                    state = State.MARKER;
                    return true;
                }
                at += code == 0xFF ? 1 : 2;
            }
        }
        return false;
    }

    /** At a chunk of a PNG: its length, its name, that many bytes, and a checksum. */
    private boolean chunk() {
        if (at + 8 > end) {
            return false;
        }
        int length = number(at);
        boolean last = number(at + 4) == IEND;
        if (length < 0 || length > Jpeg.MAX_BYTES || (last && length > 0)) {
            broken();
            return true;
        }
        int next = at + 12 + length;
        if (last) {
            if (next > end) {
                return false;
            }
            whole(next);
        } else {
            at = next;
        }
        return true;
    }

    private void whole(int stop) {
        pictures.accept(ByteBuffer.wrap(held, start, stop - start));
        start = stop;
        at = stop;
        state = State.PICTURE;
    }

    /** The picture is cut off, or none: the next one may begin in what seemed to be of it. */
    private void broken() {
        damaged++;
        start++;
        at = start;
        state = State.PICTURE;
    }

    private int unsigned(int index) {
        return held[index] & 0xFF;
    }

    private int number(int index) {
        return unsigned(index) << 24 | unsigned(index + 1) << 16 | unsigned(index + 2) << 8 | unsigned(index + 3);
    }

    @Override
    public Frame frame(ByteBuffer picture) throws IOException {
        return stills.frame(picture);
    }

    @Override
    public long damaged() {
        return damaged;
    }

    @Override
    public Encoding encoding() {
        return stills.encoding();
    }

    @Override
    public void close() {
        stills.close();
    }
}
