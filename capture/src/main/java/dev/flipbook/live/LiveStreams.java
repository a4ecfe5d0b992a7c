package dev.flipbook.live;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.capture.Ffmpeg;
import dev.flipbook.capture.PictureEncoder;
import java.io.IOException;
import java.util.Optional;

/** Live streams in the network as sources, by their addresses. Thread-safe. */
public final class LiveStreams implements FrameSourceProvider {

    /** For the service loader. */
    public LiveStreams() {}

    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) throws IOException {
        Optional<LiveAddress> address = LiveAddress.of(source);
        if (address.isEmpty()) {
            return Optional.empty();
        }
        Ffmpeg.loadAhead();
        LiveAddress origin = address.get();
        return Optional.of(new LiveVideo(origin, origin.shown(), options, Ticker.system(), PictureEncoder.Kind::best));
    }

    @Override
    public String form() {
        return "rtsp://HOST/PATH";
    }
}
