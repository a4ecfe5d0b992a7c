package dev.flipbook.jpeg;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One walk over the markers of one picture, from SOI to EOI. Nearly all bytes of a picture are entropy-coded data, in
 * which the walk looks for the next FF only. Confined to the thread that runs it.
 */
final class JpegWalk {

    /**
     * Maximum number of FF bytes before a marker. The standard allows any number; more than this only cost the reader
     * time.
     */
    private static final int MAX_FILL = 1024;

    /** Maximum number of thumbnails that are removed, because each makes one more part. Cameras have one to three. */
    private static final int MAX_LEFT_OUT = 64;

    /**
     * Size of the piece, in bytes, in which memory without an array is copied before it is searched. Copying and
     * searching an array takes half as long as searching the memory itself.
     */
    private static final int WINDOW = 4096;

    private final ByteBuffer in;
    private final JpegHeaders headers;
    private final int end;
    private final List<ByteBuffer> parts = new ArrayList<>(1);
    /** Place of the next byte to look at. */
    private int pos = 2;
    /** Place up to which the picture has been put into parts. */
    private int kept;

    private int markerFrom; // place of the latest marker, or of the fill bytes before it
    private int leftOut;

    // The bytes that nextFF searches, up to seenTo, in an array: byte n of the picture is at n - before.
    private final byte[] seen;
    private int before;
    private int seenTo;

    JpegWalk(ByteBuffer in) {
        this.in = in;
        this.headers = new JpegHeaders(in);
        this.end = in.remaining();
        this.seen = in.hasArray() ? in.array() : new byte[Math.min(end, WINDOW)];
        this.before = in.hasArray() ? -in.arrayOffset() : 0;
        this.seenTo = in.hasArray() ? end : 0;
    }

    /**
     * Walks the picture.
     *
     * @throws IllegalArgumentException as {@link Jpeg#check}
     */
    Jpeg run() {
        if (end == 0) {
            throw new IllegalArgumentException("the picture is empty: 0 bytes");
        }
        if (end > Jpeg.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the picture has " + end + " bytes; at most " + Jpeg.MAX_BYTES + " are taken");
        }
        if (end < 4 || in.getShort(0) != (short) 0xFFD8) {
            throw new IllegalArgumentException("not a JPEG: it does not begin with FF D8");
        }
        while (true) {
            int marker = nextMarker();
            if (marker == 0xD9) {
                return whole();
            }
            if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {
                continue; // a marker without a segment, which has no meaning here
            }
            segment(marker);
        }
    }

    private int nextMarker() {
        if (pos >= end || in.get(pos) != (byte) 0xFF) {
            throw pos >= end ? cutOff() : Jpeg.bad("there is no marker", pos);
        }
        markerFrom = pos;
        passFill();
        if (pos >= end) {
            throw cutOff();
        }
        return in.get(pos++) & 0xFF;
    }

    private void passFill() {
        int start = pos;
        while (pos < end && in.get(pos) == (byte) 0xFF) {
            if (++pos - start > MAX_FILL) {
                throw Jpeg.bad("there are more than " + MAX_FILL + " fill bytes", start);
            }
        }
    }

    /** Checks one segment, and removes it when it has a thumbnail. */
    private void segment(int marker) {
        int start = pos; // place of the length, right after the marker
        if (end - start < 2) {
            throw cutOff();
        }
        int length = in.getShort(start) & 0xFFFF;
        if (marker < 0xC0 || marker == 0xD8 || length < 2) {
            throw Jpeg.bad("there is no valid segment", start - 2);
        }
        if (end - start < length) {
            throw cutOff();
        }
        pos = start + length;
        if (marker == 0xDA) {
            scan(start + 2);
        } else if (marker < 0xE0 || marker > 0xEF) {
            headers.segment(marker, start + 2, pos);
        } else if (holdsPicture(start + 2, pos) && !isProfile(marker, start + 2, pos)) {
            leaveOut(marker == 0xE1 ? Orientation.number(in, start + 2, pos) : 0);
        }
    }

    private void scan(int header) {
        byte[] missing = headers.scan(header, pos);
        if (missing.length > 0) {
            keep(header - 4);
            parts.add(ByteBuffer.wrap(missing));
        }
        passScan();
    }

    /**
     * Skips the entropy-coded bytes after a scan header. {@code pos} is at their first byte before, and at the next
     * marker afterwards.
     */
    private void passScan() {
        while (true) {
            int first = nextFF(pos, end);
            pos = first;
            passFill();
            if (pos >= end) {
                throw cutOff();
            }
            int next = in.get(pos) & 0xFF;
            if (next != 0 && (next < 0xD0 || next > 0xD7)) { // neither a stuffed byte nor a restart marker
                pos = first;
                return;
            }
            pos++;
        }
    }

    /** Place of the next FF from one place on and before another, or that other place. Calls never go back. */
    private int nextFF(int from, int to) {
        int at = from;
        while (at < to) {
            if (at >= seenTo) {
                see(at);
            }
            int stop = Math.min(to, seenTo);
            at = ByteSearch.find((byte) 0xFF, seen, at - before, stop - before) + before;
            if (at < stop) {
                return at;
            }
        }
        return to;
    }

    /** Copies the next piece of memory without an array. */
    private void see(int from) {
        int length = Math.min(WINDOW, end - from);
        in.get(from, seen, 0, length);
        before = from;
        seenTo = from + length;
    }

    /**
     * Whether the segment is part of an ICC profile. A profile has no thumbnail: if some of its bytes look like one,
     * removing the segment would change the colours.
     */
    private boolean isProfile(int marker, int from, int to) {
        return new HeaderSegment(marker, 0, in, from - 4, from, to).is(EmbeddedProfile.APP2, EmbeddedProfile.NAME);
    }

    /** Whether the segment has an SOI, which begins a thumbnail. */
    private boolean holdsPicture(int from, int to) {
        int last = to - 1;
        for (int at = nextFF(from, last); at < last; at = nextFF(at + 1, last)) {
            if (in.get(at + 1) == (byte) 0xD8) {
                return true;
            }
        }
        return false;
    }

    /**
     * Removes the segment just passed, with the fill bytes before it, which would otherwise add to those of the next
     * segment.
     */
    private void leaveOut(int orientation) {
        if (++leftOut > MAX_LEFT_OUT) {
            throw Jpeg.bad("there are more than " + MAX_LEFT_OUT + " metadata segments with thumbnails", markerFrom);
        }
        keep(markerFrom);
        kept = pos;
        if (orientation > 1) {
            parts.add(ByteBuffer.wrap(Orientation.segment(orientation)));
        }
    }

    /** Puts the bytes since the last removed or inserted segment into a part. */
    private void keep(int to) {
        if (to > kept) {
            parts.add(in.slice(kept, to - kept));
        }
        kept = to;
    }

    private Jpeg whole() {
        if (headers.scans() == 0) {
            throw Jpeg.bad("the picture ends without any image data", pos - 2);
        }
        keep(pos);
        int size = 0;
        for (ByteBuffer part : parts) {
            size += part.remaining();
        }
        if (size > Jpeg.MAX_BYTES) {
            throw new IllegalArgumentException("the picture has " + size
                    + " bytes with its missing Huffman tables put in; at most " + Jpeg.MAX_BYTES + " are taken");
        }
        return new Jpeg(parts, size, headers.width(), headers.height());
    }

    private IllegalArgumentException cutOff() {
        return new IllegalArgumentException(
                "the JPEG is cut off: its " + end + " bytes end before the end marker FF D9");
    }
}
