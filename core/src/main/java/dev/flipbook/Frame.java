package dev.flipbook;

import dev.flipbook.mjpeg.Jpeg;
import dev.flipbook.mjpeg.Orientation;
import java.nio.ByteBuffer;

/**
 * One immutable encoded picture: its bytes, content type, size, sequence number and capture time.
 *
 * <p>A frame cannot be made from anything but one whole JPEG: the factories walk its markers and refuse the rest with a
 * sentence. The bytes are not copied until the frame is published. Whoever hands them over does not change them until the
 * publish has returned or, for a frame returned from {@link FrameSource#next()}, until the next call of it.
 *
 * <p>Thread-safe as long as this is kept.
 */
public final class Frame {

    /** Stands for "when it is published" as the capture time. */
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final Jpeg picture;
    private final long sequence;
    private final long capturedNanos;

    private Frame(Jpeg picture, long sequence, long capturedNanos) {
        this.picture = picture;
        this.sequence = sequence;
        this.capturedNanos = capturedNanos;
    }

    /**
     * A frame of these bytes.
     *
     * @throws IllegalArgumentException as {@link Jpeg#check}
     */
    public static Frame ofJpeg(byte[] jpeg) {
        return ofJpeg(ByteBuffer.wrap(jpeg));
    }

    /**
     * A frame of the bytes between the buffer's position and limit, which stay where they are.
     *
     * @throws IllegalArgumentException as {@link Jpeg#check}
     */
    public static Frame ofJpeg(ByteBuffer jpeg) {
        return new Frame(Jpeg.check(jpeg), 0, UNKNOWN);
    }

    /**
     * The same picture with the time at which it was taken, for drivers that know better than "just now".
     *
     * @param nanos as {@link System#nanoTime()} counts
     */
    public Frame capturedAt(long nanos) {
        return new Frame(picture, sequence, nanos);
    }

    /**
     * The same picture, to be shown turned: by an Exif segment, which browsers follow; its pixels are not touched. What it
     * says of itself already is kept and turned further. Returns itself for 0 and false.
     *
     * @param rotate degrees clockwise: 0, 90, 180 or 270
     * @param mirror whether left and right are changed, before the turn
     */
    public Frame turned(int rotate, boolean mirror) {
        Orientation further = Orientation.of(rotate, mirror);
        return further.equals(Orientation.UPRIGHT) ? this : new Frame(picture.turned(further), sequence, capturedNanos);
    }

    Frame numbered(long number, long nanos) {
        return new Frame(picture, number, nanos);
    }

    /** Of a picture that was checked before. */
    static Frame of(Jpeg picture, long number, long nanos) {
        return new Frame(picture, number, nanos);
    }

    /** The picture's content type: {@code image/jpeg}. */
    public String contentType() {
        return "image/jpeg";
    }

    /** In pixels, as encoded (an orientation may turn it). */
    public int width() {
        return picture.width();
    }

    /** In pixels, as encoded (an orientation may turn it). */
    public int height() {
        return picture.height();
    }

    /** Of the picture in bytes. */
    public int size() {
        return picture.size();
    }

    /** The number its feed gave it, from 1 and without gaps; 0 before it was published. */
    public long sequence() {
        return sequence;
    }

    /** When it was taken, as {@link System#nanoTime()} counts; of use for a frame that a feed has numbered. */
    public long capturedNanos() {
        return capturedNanos;
    }

    long capturedNanosOr(long nanos) {
        return capturedNanos == UNKNOWN ? nanos : capturedNanos;
    }

    /** A copy of the picture's bytes. */
    public byte[] bytes() {
        byte[] copy = new byte[picture.size()];
        ByteBuffer out = ByteBuffer.wrap(copy);
        picture.parts().forEach(part -> out.put(part.duplicate()));
        return copy;
    }

    /** The picture where it lies in memory, for as long as this frame's bytes are valid. */
    public Jpeg picture() {
        return picture;
    }

    @Override
    public String toString() {
        return "Frame[sequence=" + sequence + ", " + width() + "x" + height() + ", " + size() + " bytes]";
    }
}
