package dev.flipbook.mjpeg;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** One walk over the markers of one picture, from SOI to EOI. Confined to the thread that runs it. */
final class JpegWalk {

    /** Any number of FF may stand before a marker, says the standard; more than this only wear the reader out. */
    private static final int MAX_FILL = 1024;

    /** More thumbnails than this only make many parts; cameras have one to three. */
    private static final int MAX_LEFT_OUT = 64;

    /** Quicker than {@code ByteBuffer.getLong}, five times so where the JVM compiles once only. */
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Memory that is no array is looked at by so many bytes: to copy them and read an array takes half as long as to read it. */
    private static final int WINDOW = 4096;

    private final ByteBuffer in;
    private final JpegHeaders headers;
    private final int end;
    private final List<ByteBuffer> parts = new ArrayList<>(1);
    private int pos = 2;
    private int kept;
    private int markerFrom; // where the latest marker's fill bytes begin
    private int leftOut;

    // the bytes that nextFF looks at, up to seenTo, in an array: byte n of the picture is at n - before
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
                continue; // stands alone, and means nothing here
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

    private void segment(int marker) {
        int start = pos; // of the length, behind the marker
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

    /** Passes the entropy-coded bytes behind a scan header; {@code pos} stands at their first byte. */
    private void passScan() {
        while (true) {
            int first = nextFF(pos);
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

    /** The place of the next FF from there on, or the end. No call goes further back than the one before it. */
    private int nextFF(int from) {
        int at = from;
        while (at < end) {
            if (at >= seenTo) {
                see(at);
            }
            at = nearFF(at);
            while (at < seenTo && seen[at - before] != (byte) 0xFF) {
                at++;
            }
            if (at < seenTo) {
                return at;
            }
        }
        return end;
    }

    private void see(int from) {
        int length = Math.min(WINDOW, end - from);
        in.get(from, seen, 0, length);
        before = from;
        seenTo = from + length;
    }

    /** Not beyond the next FF in what is seen. Reads eight bytes at a time: a picture is mostly this. */
    private int nearFF(int from) {
        byte[] bytes = seen;
        int at = from - before;
        int last = seenTo - before - 8;
        while (at <= last && !holdsFF((long) EIGHT.get(bytes, at))) {
            at += 8;
        }
        return at + before;
    }

    private static boolean holdsFF(long eight) {
        return ((~eight - 0x0101010101010101L) & eight & 0x8080808080808080L) != 0;
    }

    /** A profile has no thumbnail: where its numbers happen to look like one, to leave it out would change the colours. */
    private boolean isProfile(int marker, int from, int to) {
        return new HeaderSegment(marker, 0, in, from - 4, from, to).is(EmbeddedProfile.APP2, EmbeddedProfile.NAME);
    }

    private boolean holdsPicture(int from, int to) {
        for (int i = from; i < to - 1; i++) {
            if (in.get(i) == (byte) 0xFF && in.get(i + 1) == (byte) 0xD8) {
                return true;
            }
        }
        return false;
    }

    /** Leaves out the segment just passed and the fill bytes before it, which would add to those of the next one. */
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
