package dev.flipbook.app.publish;

import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.image.GreyRange;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.image.PixelFormat;
import dev.flipbook.image.RawImage;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.PictureStream;
import dev.flipbook.picture.StreamKind;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of an input stream. A thread of its own reads them as fast as they come. A caller gets the newest
 * picture; pictures that nobody took are dropped. So a camera in front of this class is never slowed down, and the
 * picture that is sent is never old. Thread-safe.
 */
final class InputPictures {

    /** A sequence of JPEGs. */
    private interface Pictures {

        /** @throws EOFException if there are no more */
        byte[] next() throws IOException;
    }

    private final Pictures pictures;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private byte @Nullable [] newest;
    private long count; // pictures that were read
    private boolean ended;
    private @Nullable String failure;

    private InputPictures(Pictures pictures) {
        this.pictures = pictures;
    }

    /** Pictures that describe themselves: MJPEG of any kind, JPEGs or PNGs back to back, or Y4M. */
    static InputPictures encoded(InputStream in) {
        Counted counted = new Counted(in);
        PictureStream stream = new PictureStream(counted, "", SourceOptions.DEFAULT, Ticker.system());
        return new InputPictures(() -> {
            try {
                byte[] picture = stream.next().bytes();
                counted.since = 0;
                return picture;
            } catch (NoPicturesException e) {
                throw e.kind() == StreamKind.UNKNOWN
                        ? e.advising("it carries", "plain pixels need --format and --size")
                        : e.by("it carries", "… | %s | flipbook publish URL");
            } catch (EOFException e) {
                String why = stream.refusal();
                throw why.isEmpty() ? e : new IOException(why, e);
            }
        });
    }

    /**
     * Ends a stream that has had no picture for the maximum size of one. Otherwise a user that sends plain pixels by
     * mistake would wait forever.
     */
    private static final class Counted extends FilterInputStream {

        private long since;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (since > Jpeg.MAX_BYTES) {
                throw new IOException("no picture came within " + Jpeg.MAX_BYTES
                        + " bytes, the maximum size of one; plain pixels need --format and --size");
            }
            int count = super.read(bytes, offset, length);
            since += Math.max(0, count);
            return count;
        }
    }

    /**
     * Plain pixels, one picture directly after the other. Of grey with 16 bits, the values of each picture are shown
     * from black to white.
     */
    static InputPictures raw(InputStream in, PixelFormat format, int width, int height) {
        return raw(in, format, width, height, Optional.empty());
    }

    /** Plain pixels as above; of grey with 16 bits, this range of values is shown. */
    static InputPictures raw(InputStream in, PixelFormat format, int width, int height, Optional<GreyRange> range) {
        JpegEncoder encoder = JpegEncoder.best();
        byte[] pixels = new byte[format.bytes(width, height)];
        return new InputPictures(() -> {
            int count = in.readNBytes(pixels, 0, pixels.length);
            if (count == pixels.length) {
                RawImage image = RawImage.of(format, width, height, pixels).withRange(range);
                return encoder.encode(image, SourceOptions.DEFAULT.quality()).bytes();
            }
            throw count == 0
                    ? new EOFException()
                    : new IOException(
                            "a picture has " + pixels.length + " bytes, and " + count + " were left at the end");
        });
    }

    /** Begins to read. */
    void start() {
        Thread.ofPlatform().daemon().name("flipbook-read-stdin").start(this::read);
    }

    private void read() {
        String why;
        try {
            while (true) {
                add(pictures.next());
            }
        } catch (EOFException e) {
            why = null;
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            why = String.valueOf(e.getMessage());
        }
        end(why);
    }

    private void add(byte[] picture) {
        lock.lock();
        try {
            newest = picture;
            count++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end(@Nullable String why) {
        lock.lock();
        try {
            ended = true;
            failure = why;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until there are more pictures than {@code seen}, the input has ended, or the time is over.
     *
     * @param millis maximum time to wait in milliseconds
     * @return the number of pictures so far
     */
    long await(long seen, long millis) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (count <= seen && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** The newest picture. There is one as soon as {@link #await} has returned more than 0. */
    byte[] newest() {
        lock.lock();
        try {
            byte[] picture = newest;
            if (picture == null) {
                throw new IllegalStateException("no picture has come yet");
            }
            return picture;
        } finally {
            lock.unlock();
        }
    }

    /** Whether no more pictures will come. */
    boolean ended() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** Why no more pictures will come, or what was wrong with the last one; empty if nothing was. */
    String failure() {
        lock.lock();
        try {
            return failure == null ? "" : failure;
        } finally {
            lock.unlock();
        }
    }
}
