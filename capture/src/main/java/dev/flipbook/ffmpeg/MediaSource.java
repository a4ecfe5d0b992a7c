package dev.flipbook.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_FIELD_PROGRESSIVE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_FIELD_UNKNOWN;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The common part of all sources that use FFmpeg.
 *
 * <p>JPEGs are passed on unchanged, unless they must be scaled, or their file says that they must be turned or have
 * pixels that are not square. Other pictures are decoded and encoded. Any thread may close the source; its native
 * memory is freed by the last thread that uses it.
 */
public abstract class MediaSource implements FrameSource {

    private static final System.Logger LOG = System.getLogger("dev.flipbook.capture");

    /** Creates the encoder for pictures that are not JPEGs. */
    @FunctionalInterface
    public interface Encoders {
        PictureEncoder open() throws IOException;
    }

    public final SourceOptions options;
    public final Ticker ticker;
    private final Encoders encoders;
    private final ReentrantLock lock = new ReentrantLock();

    private volatile Encoding encoding = Encoding.NONE;
    private volatile @Nullable Thread reading; // the thread inside next(); null if there is none
    private volatile boolean closing; // whether close() found the source in use

    public MediaSource(SourceOptions options, Ticker ticker, Encoders encoders) {
        this.options = options;
        this.ticker = ticker;
        this.encoders = encoders;
    }

    /** Reads the next frame. Never called by two threads at once, nor during {@link #free}. */
    public abstract Frame read() throws IOException, InterruptedException;

    /** Frees what was opened. The next {@link #read} opens it again. */
    public abstract void free();

    @Override
    public final Frame next() throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            reading = Thread.currentThread();
            return read();
        } catch (IOException | InterruptedException | RuntimeException e) {
            free();
            throw e;
        } finally {
            reading = null;
            if (closing) {
                closing = false;
                free();
            }
            lock.unlock();
        }
    }

    /**
     * Must be called before each picture.
     *
     * @throws InterruptedException if the source is to be closed
     */
    public final void endIfAsked() throws InterruptedException {
        if (Thread.interrupted() || closing) {
            throw new InterruptedException();
        }
    }

    /** Opens the pictures of an input. The result takes ownership of the input; if this throws, the input is closed. */
    public final PictureReader pictures(MediaInput input) throws IOException {
        PictureReader opened = isJpegs(input) ? new JpegPackets(input, options) : decoded(input);
        if (!encoding.encoder().equals(opened.encoder())) {
            encoding = encoding.by(opened.encoder());
            LOG.log(Level.INFO, "source={0} encoder={1}", description(), encoding.encoder());
        }
        return opened;
    }

    /** A listener that adds what was encoded since an opening, outside this class, to what was encoded before it. */
    public final Consumer<Encoding> encodedAfter(Encoding before) {
        return now -> encoding = new Encoding(now.encoder(), before.frames() + now.frames(), now.nanos());
    }

    /** Whether the packets are JPEGs that can be shown unchanged. */
    private boolean isJpegs(MediaInput input) {
        int order = input.parameters().field_order(); // an interlaced picture is two JPEGs, each with every other row
        return input.parameters().codec_id() == AV_CODEC_ID_MJPEG
                && (order == AV_FIELD_UNKNOWN || order == AV_FIELD_PROGRESSIVE)
                && options.width() == 0
                && input.isShownAsItIs();
    }

    private PictureReader decoded(MediaInput input) throws IOException {
        PictureEncoder encoder = null;
        try {
            encoder = new TimedEncoder(encoders.open(), ticker, took -> encoding = encoding.plus(took));
            return new DecodedVideo(input, encoder, options);
        } catch (IOException | RuntimeException e) {
            if (encoder != null) {
                encoder.close();
            }
            input.close();
            throw e;
        }
    }

    @Override
    public final void close() {
        if (!lock.tryLock()) {
            closing = true;
            Thread waiting = reading;
            if (waiting != null) {
                waiting.interrupt();
            }
            return;
        }
        try {
            free();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final Encoding encoding() {
        return encoding;
    }
}
