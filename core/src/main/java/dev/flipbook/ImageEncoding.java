package dev.flipbook;

import dev.flipbook.FeedStatus.Encoding;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where a feed's frames are made from pixels: a program's images, and placeholders. It has one encoder, made when first
 * needed, and one picture is made at a time; whoever takes it has it until that call returns. Thread-safe.
 */
final class ImageEncoding {

    /** Quality of images that a program publishes: the least at which text in a picture stays clean. */
    private static final int QUALITY = 80;

    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private final Placeholder placeholder = new Placeholder();
    private @Nullable BufferedImage kept;
    private @Nullable JpegEncoder encoder;
    private long unused;
    private boolean closed;

    private volatile Encoding encoding = Encoding.NONE;

    ImageEncoding(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * Encodes the image if somebody watches, else keeps it until somebody does.
     *
     * @param frames takes what was encoded, under lock: so images stay in their order
     * @return whether it took a frame
     */
    boolean publish(BufferedImage image, BooleanSupplier watched, Predicate<Frame> frames) {
        Canvas.check(image); // now, when whoever made it hears of it
        lock.lock();
        try {
            if (!closed && watched.getAsBoolean()) {
                kept = null;
                return encode(image, frames);
            }
            if (!closed) {
                kept = image;
                unused++;
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Whether an image waits for somebody to watch. */
    boolean keepsImage() {
        lock.lock();
        try {
            return kept != null;
        } finally {
            lock.unlock();
        }
    }

    /** Something newer has been published than the image that waits. */
    void forgetKept() {
        lock.lock();
        try {
            kept = null;
        } finally {
            lock.unlock();
        }
    }

    /** Encodes the image that waits, if one does; as {@link #publish}. */
    boolean encodeKept(Predicate<Frame> frames) {
        lock.lock();
        try {
            BufferedImage image = kept;
            kept = null;
            if (image == null) {
                return false;
            }
            unused--;
            return encode(image, frames);
        } finally {
            lock.unlock();
        }
    }

    private boolean encode(BufferedImage image, Predicate<Frame> frames) {
        Canvas canvas = Canvas.of(image);
        JpegEncoder with = encoder();
        long begun = ticker.nanos();
        Frame frame = canvas.encode(with, QUALITY);
        encoding = encoding.plus(ticker.nanos() - begun);
        return frames.test(frame);
    }

    /** Draws a placeholder over the last picture, if there was one. */
    void placeholder(Optional<Frame> last, String title, String reason, Duration age, Consumer<Frame> frames) {
        lock.lock();
        try {
            if (!closed) {
                frames.accept(placeholder.draw(last, title, reason, age, encoder()));
            }
        } finally {
            lock.unlock();
        }
    }

    /** What was made of a program's images. Placeholders give no more than the encoder's name. */
    Encoding encoding() {
        return encoding;
    }

    /** How many of a program's images were not encoded, as nobody watched; one that still waits is among them. */
    long unused() {
        lock.lock();
        try {
            return unused;
        } finally {
            lock.unlock();
        }
    }

    private JpegEncoder encoder() {
        JpegEncoder made = encoder;
        if (made == null) {
            made = JpegEncoder.best();
            encoder = made;
            encoding = encoding.by(made.name());
        }
        return made;
    }

    /** Lets go of the image that waits and of the encoder; from now on images are ignored. */
    void close() {
        lock.lock();
        try {
            closed = true;
            kept = null;
            if (encoder != null) {
                encoder.close();
                encoder = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
