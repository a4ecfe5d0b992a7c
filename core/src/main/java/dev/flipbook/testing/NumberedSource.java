package dev.flipbook.testing;

import dev.flipbook.Canvas;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.JpegEncoder;
import dev.flipbook.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A source for tests whose pictures have numbers: 1, 2, 3 and so on, which are drawn in them and can be read again with
 * {@link #number}. It can be told to fail, as a camera does whose cable is pulled. Thread-safe; it draws with the JDK's
 * {@code java.desktop}.
 */
public final class NumberedSource implements FrameSource {

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

    /** One picture at once, and then one each time so much has passed. */
    public static NumberedSource every(Duration interval) {
        return new NumberedSource(interval, Ticker.system());
    }

    /** From now on there is no picture, for this reason, which viewers see. */
    public void fail(String reason) {
        failure = reason;
    }

    /** The failure is over; the feed tries again as it does with any source. */
    public void recover() {
        failure = null;
    }

    /** How many pictures it has given. */
    public long given() {
        return number.get();
    }

    /** Whether somebody has opened it: between the first picture and the close. */
    public boolean isOpen() {
        return open;
    }

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

    @Override
    public boolean isBack() {
        return failure == null;
    }

    /** The picture with this number, 96 by 32 pixels. */
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
     * The number of a picture that such a source has made.
     *
     * @throws IllegalArgumentException when it is another's, such as the placeholder of a source that failed
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
