package dev.flipbook.capture;

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
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A video file, at its own speed and in a loop, by FFmpeg in this process.
 *
 * <p>A file that holds JPEGs (MJPEG) passes untouched, unless another size is asked for. It is opened by the first {@link
 * #next()} and plays from its beginning after each close. Any thread may close it; its native memory is freed by whoever is
 * the last to use it.
 */
final class VideoFile implements FrameSource {

    private static final System.Logger LOG = System.getLogger("dev.flipbook.capture");

    /** While a long still lasts, its picture is repeated this often, in nanoseconds. */
    private static final long REPEAT = 1_000_000_000;

    /** Makes the encoder for pictures that are not JPEGs. */
    @FunctionalInterface
    interface Encoders {
        PictureEncoder open() throws IOException;
    }

    private final Path path;
    private final SourceOptions options;
    private final Ticker ticker;
    private final Encoders encoders;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private @Nullable PictureReader reader;
    private Pace pace = new Pace(0, 0);
    private @Nullable Frame shown;
    private boolean pending;
    private boolean seekable;
    private long first;
    private long good;

    private volatile Encoding encoding = Encoding.NONE;
    private volatile @Nullable Thread reading;
    private volatile boolean closing;

    VideoFile(Path path, SourceOptions options, Ticker ticker, Encoders encoders) {
        this.path = path;
        this.options = options;
        this.ticker = ticker;
        this.encoders = encoders;
    }

    @Override
    public Frame next() throws IOException, InterruptedException {
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

    private Frame read() throws IOException, InterruptedException {
        while (true) {
            if (Thread.interrupted() || closing) {
                throw new InterruptedException();
            }
            PictureReader from = pending && reader != null ? reader : turnOver();
            pending = true;
            long now = ticker.nanos();
            Frame last = shown;
            switch (pace.verdict(now)) {
                case DROP -> {
                    pending = false;
                    good++;
                }
                case HOLD -> {
                    ticker.sleepUntil(now + REPEAT);
                    if (last != null) {
                        return last.capturedAt(ticker.nanos());
                    }
                }
                case SHOW -> {
                    pending = false;
                    Optional<Frame> frame = from.frame();
                    if (frame.isPresent()) {
                        good++;
                        ticker.sleepUntil(pace.due());
                        shown = frame.get().capturedAt(pace.due());
                        return shown;
                    }
                }
            }
        }
    }

    /** Goes on to the next picture, which after the last one is the first, and places it in time. */
    private PictureReader turnOver() throws IOException, InterruptedException {
        PictureReader from = reader;
        if (from == null) {
            from = open(true);
        } else if (!from.advance()) {
            from = again(from);
        }
        pace.place(from.timestamp(), from.duration(), ticker.nanos());
        return from;
    }

    private PictureReader again(PictureReader ended) throws IOException, InterruptedException {
        if (good == 0) {
            throw new IOException("no picture of " + description() + " can be decoded; is it damaged?");
        }
        good = 0;
        pace.loop();
        if (seekable && ended.rewind() && ended.advance() && ended.timestamp() == first) {
            return ended;
        }
        // Some kinds of files find their beginning only when they are opened anew.
        seekable = false;
        return open(false);
    }

    /** Opens the file and goes to its first picture. */
    private PictureReader open(boolean begin) throws IOException, InterruptedException {
        free();
        MediaFile file = MediaFile.open(path);
        PictureReader opened = isJpegs(file) ? new JpegPackets(file, options) : decoded(file);
        reader = opened;
        if (begin) {
            pace = new Pace(options.fps(), file.usualInterval());
            good = 0;
            seekable = true;
            if (!encoding.encoder().equals(opened.encoder())) {
                encoding = encoding.by(opened.encoder());
                LOG.log(Level.INFO, "file={0} encoder={1}", description(), encoding.encoder());
            }
        }
        if (!opened.advance()) {
            throw new IOException("no picture of " + description() + " can be decoded; is it damaged?");
        }
        first = opened.timestamp();
        return opened;
    }

    private boolean isJpegs(MediaFile file) {
        int order = file.parameters().field_order(); // an interlaced picture is two JPEGs, of every other row each
        return file.parameters().codec_id() == AV_CODEC_ID_MJPEG
                && (order == AV_FIELD_UNKNOWN || order == AV_FIELD_PROGRESSIVE)
                && options.width() == 0;
    }

    private PictureReader decoded(MediaFile file) throws IOException {
        PictureEncoder encoder = null;
        try {
            encoder = new TimedPictures(encoders.open(), ticker, took -> encoding = encoding.plus(took));
            return DecodedPictures.open(file, encoder, options);
        } catch (IOException | RuntimeException e) {
            if (encoder != null) {
                encoder.close();
            }
            file.close();
            throw e;
        }
    }

    private void free() {
        PictureReader open = reader;
        reader = null;
        shown = null;
        pending = false;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
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
    public String description() {
        return String.valueOf(path.getFileName());
    }

    @Override
    public Encoding encoding() {
        return encoding;
    }
}
