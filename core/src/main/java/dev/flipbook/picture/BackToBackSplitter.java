package dev.flipbook.picture;

import dev.flipbook.jpeg.Jpeg;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Splits a stream in which JPEGs and PNGs follow each other, with any bytes between them.
 *
 * <p>The end of a JPEG is found by walking its markers. A JPEG in which another JPEG begins was cut off, and is
 * skipped. If a photo has further pictures, or a film after it (a motion photo), only the photo is passed on.
 *
 * <p>Confined to the source thread.
 */
final class BackToBackSplitter implements Splitter {

    private static final int SOI = 0xD8;
    private static final byte[] PNG = ContentKind.PNG.magic();
    private static final int IEND = 0x49454E44;
    private static final int FTYP = 0x66747970; // name of the first box of an MP4

    /** What the splitter is looking at. */
    private enum State {
        PICTURE,
        JPEG,
        CHUNK,
        FILM
    }

    private final Consumer<ByteBuffer> pictures;
    private final boolean oneSize;
    private byte[] held = new byte[128 << 10];
    private long before; // bytes of the stream before those that are held
    private int start; // place where the picture begins
    private int at; // everything before this place has been looked at; may lie after the bytes that are held
    private int end; // end of the bytes that are held
    private State state = State.PICTURE;
    private JpegEnd jpeg = new JpegEnd();
    private JpegEnd first = new JpegEnd(); // the latest JPEG that was passed on
    private boolean passed; // whether a picture was passed on
    private long photo; // place in the stream where the latest JPEG that was passed on began
    private long box; // bytes that are still to come of a film's box
    private long damaged;

    /**
     * A splitter for one stream.
     *
     * @param pictures takes each whole picture between position and limit, and copies it
     * @param oneSize whether all pictures have the size of the first, so that a JPEG of another size belongs to the
     *     photo before it
     */
    BackToBackSplitter(Consumer<ByteBuffer> pictures, boolean oneSize) {
        this.pictures = pictures;
        this.oneSize = oneSize;
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
        if (state == State.FILM) {
            pass(end);
        }
        while (state != State.PICTURE) {
            broken();
            goOn();
        }
    }

    @Override
    public boolean isAmidPicture() {
        return state != State.PICTURE;
    }

    @Override
    public boolean isUnderWay() {
        return state != State.PICTURE;
    }

    /** Moves the bytes that are still needed to the front of the array; makes a larger array for a larger picture. */
    private void makeRoom(int wanted) {
        if (held.length - end >= wanted) {
            return;
        }
        System.arraycopy(held, start, held, 0, end - start);
        before += start;
        jpeg.moved(start);
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

    /** Takes one step. Returns false if the step needs more bytes. */
    private boolean step() {
        return switch (state) {
            case PICTURE -> findPicture();
            case JPEG -> jpeg();
            case CHUNK -> chunk();
            case FILM -> film();
        };
    }

    private boolean findPicture() {
        while (end - at >= PNG.length) { // every picture is longer than this
            start = at;
            if (begins()) {
                return true;
            }
            at++;
        }
        start = at;
        return false;
    }

    /** Whether a picture, or the film of a photo, begins here. */
    private boolean begins() {
        if (held[at] == PNG[0] && Arrays.equals(held, at, at + PNG.length, PNG, 0, PNG.length)) {
            state = State.CHUNK;
            at += PNG.length;
        } else if (unsigned(at) == 0xFF && unsigned(at + 1) == SOI && unsigned(at + 2) == 0xFF) {
            state = State.JPEG;
            jpeg.begin(at);
        } else if (passed && held[at + 4] == 'f' && number(at + 4) == FTYP && number(at) >= 8) {
            state = State.FILM;
            box = 0;
        } else {
            return false;
        }
        return true;
    }

    /** Skips a box of a film: a length, a name, and the content up to that length. */
    private boolean film() {
        if (box == 0) {
            if (end - at < 16) {
                return false; // everything that may follow a film is longer
            }
            box = boxLength();
            if (box == 0) {
                pass(at);
                return true;
            }
        }
        int come = (int) Math.min(box, end - at);
        box -= come;
        at += come;
        start = at;
        return box == 0;
    }

    /** Length of the box that begins here; 0 when this is not a box, so that the film has ended. */
    private long boxLength() {
        for (int i = at + 4; i < at + 8; i++) {
            if (held[i] < ' ') {
                return 0; // a box has a name of printable characters
            }
        }
        long length = number(at) & 0xFFFF_FFFFL;
        if (length == 0) {
            return Long.MAX_VALUE; // the box goes to the end of the stream
        }
        length = length == 1 ? (long) number(at + 8) << 32 | (number(at + 12) & 0xFFFF_FFFFL) : length;
        return unsigned(at) == 0xFF || length < 8 ? 0 : length;
    }

    private boolean jpeg() {
        JpegEnd.Found found = jpeg.step(held, end);
        if (found == JpegEnd.Found.END) {
            wholeJpeg();
        } else if (found == JpegEnd.Found.BROKEN) {
            broken();
        }
        return found != JpegEnd.Found.MORE;
    }

    /** Passes on a whole JPEG, unless it belongs to the photo before it. */
    private void wholeJpeg() {
        long place = before + start;
        boolean further = passed && (first.further().beginAt(place - photo) || (oneSize && !jpeg.isAsLargeAs(first)));
        if (further) {
            pass(jpeg.at());
            return;
        }
        JpegEnd latest = jpeg;
        jpeg = first;
        first = latest;
        passed = true;
        photo = place;
        whole(latest.at());
    }

    /** Skips a chunk of a PNG: a length, a name, that number of bytes, and a checksum. */
    private boolean chunk() {
        if ((long) at - start > Jpeg.MAX_BYTES) {
            broken();
            return true;
        }
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
        pass(stop);
    }

    private void pass(int stop) {
        start = stop;
        at = stop;
        state = State.PICTURE;
    }

    /**
     * Gives up a picture that is cut off or not a picture. The next one may begin in the bytes that seemed to be part
     * of it.
     */
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
    public long damaged() {
        return damaged;
    }
}
