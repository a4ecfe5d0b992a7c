package dev.flipbook.testing;

import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.Ticker;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.JpegEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A source for tests whose pictures have the numbers 1, 2, 3 and so on. The numbers are drawn in the pictures and can
 * be read back with {@link #number}. The source can be made to fail, as a camera does whose cable is pulled out.
 * Thread-safe. Needs {@code java.desktop}.
 */
public final class NumberedSource implements FrameSource {

    /** A comment segment of JPEG, after which the number follows as eight bytes. */
    private static final byte[] MARK = {(byte) 0xFF, (byte) 0xFE, 0, 18, 'n', 'u', 'm', 'b', 'e', 'r', ' ', ' '};

    private final long interval;
    private final Ticker ticker;
    private final AtomicLong number = new AtomicLong();
    private volatile @Nullable String failure;
    private volatile long due;
    private volatile boolean open;

    private NumberedSource(Duration interval, Ticker ticker) {
        this.interval = interval.toNanos();
        this.ticker = ticker;
    }

    /** A source that gives one picture at once, and then one after each interval. */
    public static NumberedSource every(Duration interval) {
        return new NumberedSource(interval, Ticker.system());
    }

    /** Makes the source fail from now on with this reason, which viewers see. */
    public void fail(String reason) {
        failure = reason;
    }

    /** Ends the failure; the feed tries again as with any source. */
    public void recover() {
        failure = null;
    }

    /** Number of pictures that the source has given. */
    public long given() {
        return number.get();
    }

    /** Whether the source is open: from the first picture to the close. */
    public boolean isOpen() {
        return open;
    }

    /**
     * Waits for the interval to pass, and draws the next number.
     *
     * @throws IOException while the source is made to fail
     */
    @Override
    public Frame next() throws IOException, InterruptedException {
        if (open) {
            ticker.sleepUntil(due);
        }
        String why = failure;
        if (why != null) {
            throw new IOException(why);
        }
        open = true;
        due = ticker.nanos() + interval;
        return picture(number.incrementAndGet());
    }

    @Override
    public void close() {
        open = false;
    }

    /** Whether {@link #recover} has been called since the failure. */
    @Override
    public boolean isBack() {
        return failure == null;
    }

    /** The picture with this number, 96 × 32 pixels. */
    public static Frame picture(long number) {
        Canvas canvas = new Canvas(96, 32, 0x203040);
        canvas.text(6, 9, 2, 0xFFFFFF, Long.toString(number));
        try (JpegEncoder encoder = JpegEncoder.imageIo()) {
            byte[] jpeg = canvas.encode(encoder, 80).bytes();
            return Frame.ofJpeg(ByteBuffer.allocate(jpeg.length + MARK.length + Long.BYTES)
                    .put(jpeg, 0, 2)
                    .put(MARK)
                    .putLong(number)
                    .put(jpeg, 2, jpeg.length - 2)
                    .array());
        }
    }

    /**
     * The number of a picture of such a source.
     *
     * @throws IllegalArgumentException when the picture is another one, such as the placeholder of a source that failed
     */
    public static long number(Frame frame) {
        byte[] jpeg = frame.bytes();
        for (int i = 0; i < MARK.length; i++) {
            if (jpeg[2 + i] != MARK[i]) {
                throw new IllegalArgumentException("this picture has no number: " + frame);
            }
        }
        return ByteBuffer.wrap(jpeg).getLong(2 + MARK.length);
    }
}
