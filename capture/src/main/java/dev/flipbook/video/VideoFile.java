package dev.flipbook.video;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.ffmpeg.MediaSource;
import dev.flipbook.ffmpeg.PictureReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A video file that FFmpeg decodes in this process, at the file's own speed and in a loop.
 *
 * <p>The first {@link #next()} opens the file; after each close the file plays from its beginning. Any thread may close
 * it; its native memory is freed by the last thread that uses it.
 */
public final class VideoFile extends MediaSource {

    /** Interval in nanoseconds at which a long still is repeated. */
    private static final long REPEAT = 1_000_000_000;

    private final Path path;

    // Used by one thread at a time.
    private @Nullable PictureReader reader;
    private Pace pace = new Pace(0, 0, 0);
    private @Nullable Frame shown; // the picture that was shown last
    private boolean pending; // whether the reader's picture has still to be shown or skipped
    private boolean seekable; // whether going back to the beginning works
    private long first; // timestamp of the first picture
    private long good; // pictures of this round that could be shown or were skipped

    public VideoFile(Path path, SourceOptions options, Ticker ticker, Encoders encoders) {
        super(options, ticker, encoders);
        this.path = path;
    }

    @Override
    public Frame read() throws IOException, InterruptedException {
        while (true) {
            endIfAsked();
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

    /** Goes on to the next picture, or to the first one after the last, and places it on the timeline. */
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
        // Some kinds of files can only go back to their beginning by being opened again.
        seekable = false;
        Frame last = shown == null ? null : Frame.ofJpeg(ByteBuffer.wrap(shown.bytes()));
        PictureReader anew = open(false);
        shown = last; // may have to be repeated for a long time
        return anew;
    }

    /**
     * Opens the file and goes to its first picture.
     *
     * @param begin whether playing starts, instead of continuing after the last picture
     */
    private PictureReader open(boolean begin) throws IOException, InterruptedException {
        free();
        MediaFile file = MediaFile.open(path);
        long defaultInterval = file.defaultInterval();
        long length = file.statedDuration();
        PictureReader opened = pictures(file);
        reader = opened;
        if (begin) {
            pace = new Pace(options.fps(), defaultInterval, length);
            good = 0;
            seekable = true;
        }
        if (!opened.advance()) {
            throw new IOException("no picture of " + description() + " can be decoded; is it damaged?");
        }
        first = opened.timestamp();
        return opened;
    }

    @Override
    public void free() {
        PictureReader open = reader;
        reader = null;
        shown = null;
        pending = false;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public String description() {
        return String.valueOf(path.getFileName());
    }
}
