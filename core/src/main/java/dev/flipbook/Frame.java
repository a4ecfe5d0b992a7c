package dev.flipbook;

import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.jpeg.Orientation;
import java.nio.ByteBuffer;

/**
 * One immutable encoded picture: its bytes, content type, size, sequence number and capture time.
 *
 * <p>A frame is always one whole JPEG. The factories walk its markers and refuse anything else with a sentence. The
 * bytes are not copied until the frame is published, so their owner must not change them until the publish has
 * returned. A source that returns a frame from {@link FrameSource#next()} may change them at the next call of
 * {@code next()}.
 *
 * <p>Thread-safe as long as that rule is kept.
 */
public final class Frame {

    /** A capture time that stands for "when it is published". */
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
     * A frame of these bytes, which are not copied.
     *
     * @throws IllegalArgumentException as {@link Jpeg#check}
     */
    public static Frame ofJpeg(byte[] jpeg) {
        return ofJpeg(ByteBuffer.wrap(jpeg));
    }

    /**
     * A frame of the bytes between the buffer's position and limit, which are not copied. The position does not move.
     *
     * @throws IllegalArgumentException as {@link Jpeg#check}
     */
    public static Frame ofJpeg(ByteBuffer jpeg) {
        return new Frame(Jpeg.check(jpeg), 0, UNKNOWN);
    }

    /** A frame of a picture that was checked before, whose bytes are not copied. */
    public static Frame of(Jpeg picture) {
        return new Frame(picture, 0, UNKNOWN);
    }

    /**
     * The same picture with its capture time, for drivers that know it more exactly than "when it was published".
     *
     * @param nanos as {@link System#nanoTime()} counts
     */
    public Frame capturedAt(long nanos) {
        return new Frame(picture, sequence, nanos);
    }

    /**
     * The same picture, to be shown turned. The turn is written into an Exif segment, which browsers follow; the pixels
     * do not change. If the picture already has an orientation, the turn is added to it. Returns this frame itself for
     * 0 and false.
     *
     * @param rotate degrees clockwise: 0, 90, 180 or 270
     * @param mirror whether to exchange left and right, before the turn
     * @throws IllegalArgumentException when rotate is not a multiple of 90
     */
    public Frame turned(int rotate, boolean mirror) {
        Orientation further = Orientation.of(rotate, mirror);
        return further.isUpright() ? this : new Frame(picture.turned(further), sequence, capturedNanos);
    }

    /** A frame of a picture that was checked before. */
    public static Frame of(Jpeg picture, long number, long nanos) {
        return new Frame(picture, number, nanos);
    }

    /** Content type of the picture: {@code image/jpeg}. */
    public String contentType() {
        return "image/jpeg";
    }

    /** Width in pixels, as encoded; an orientation may exchange it with the height. */
    public int width() {
        return picture.width();
    }

    /** Height in pixels, as encoded; an orientation may exchange it with the width. */
    public int height() {
        return picture.height();
    }

    /** Size of the picture in bytes. */
    public int size() {
        return picture.size();
    }

    /** Number that the feed gave the frame, from 1 on and without gaps; 0 before it was published. */
    public long sequence() {
        return sequence;
    }

    /**
     * Capture time of the picture, as {@link System#nanoTime()} counts. Meaningful only for a frame that a feed has
     * numbered.
     */
    public long capturedNanos() {
        return capturedNanos;
    }

    /** The capture time, or this one if it is unknown. */
    public long capturedNanosOr(long nanos) {
        return capturedNanos == UNKNOWN ? nanos : capturedNanos;
    }

    /** A copy of the picture's bytes. */
    public byte[] bytes() {
        return picture.bytes();
    }

    /** The picture where it lies in memory. Valid as long as this frame's bytes are. */
    public Jpeg picture() {
        return picture;
    }

    @Override
    public String toString() {
        return "Frame[sequence=" + sequence + ", " + width() + "x" + height() + ", " + size() + " bytes]";
    }
}
