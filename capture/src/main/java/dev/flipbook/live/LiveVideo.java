package dev.flipbook.live;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.ffmpeg.MediaSource;
import dev.flipbook.ffmpeg.PictureReader;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Live video that FFmpeg decodes in this process: a network stream, a screen or a camera. Pictures are shown as they
 * come, and only the newest matters. The first {@link #next()} opens the input; so does the next one after each failure
 * and each close.
 */
final class LiveVideo extends MediaSource {

    private final LiveOrigin origin;
    private final String description;

    // Used by one thread at a time.
    private @Nullable PictureReader reader;
    private LivePace pace = new LivePace(0);
    private long damaged;

    private volatile boolean awaited; // whether a sender is awaited

    /** @param description the value of {@link #description()}, without secrets */
    LiveVideo(LiveOrigin origin, String description, SourceOptions options, Ticker ticker, Encoders encoders) {
        super(options, ticker, encoders);
        this.origin = origin;
        this.description = description;
    }

    @Override
    public Frame read() throws IOException, InterruptedException {
        while (true) {
            endIfAsked();
            PictureReader from = reader == null ? open() : reader;
            if (!from.advance()) {
                throw new IOException("the stream has ended");
            }
            long now = ticker.nanos();
            if (pace.shows(from.timestamp(), now)) {
                Optional<Frame> frame = from.frame();
                if (frame.isPresent()) {
                    return frame.get().capturedAt(now);
                }
                damaged++;
            }
        }
    }

    private PictureReader open() throws IOException, InterruptedException {
        LiveInput input = input();
        boolean pictures = input.hasPictures();
        pace = new LivePace(pictures ? 0 : options.fps()); // a stream of pictures skips pictures before it decodes them
        PictureReader opened =
                pictures ? new StreamedPictures(input, options, ticker, encodedAfter(encoding())) : pictures(input);
        reader = opened;
        return opened;
    }

    private LiveInput input() throws IOException, InterruptedException {
        awaited = false;
        try {
            return LiveInput.open(origin, ticker);
        } catch (SocketTimeoutException e) {
            awaited = true;
            throw e;
        }
    }

    private long damagedNow() {
        return reader instanceof StreamedPictures streamed ? streamed.damaged() : 0;
    }

    @Override
    public void free() {
        PictureReader open = reader;
        damaged += damagedNow();
        reader = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public long damaged() {
        return damaged + damagedNow();
    }

    /** True if a sender was awaited: only another attempt shows whether it is there now. */
    @Override
    public boolean isBack() {
        return awaited;
    }

    @Override
    public String description() {
        return description;
    }
}
