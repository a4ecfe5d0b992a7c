package dev.flipbook.live;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.ffmpeg.Ffmpeg;
import dev.flipbook.ffmpeg.PictureEncoder;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Opens live streams from the network as sources that decode in this process. Thread-safe. */
public final class LiveStreams implements FrameSourceProvider {

    /** Called by the service loader. */
    public LiveStreams() {}

    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) throws IOException {
        Optional<LiveAddress> address = LiveAddress.of(source);
        if (address.isPresent()) {
            Ffmpeg.loadAhead();
        }
        return address.map(origin -> inside(origin, origin, options));
    }

    /**
     * The address without its secrets; empty if the text is not the address of a stream.
     *
     * @throws IOException with a sentence for the user if the address is not complete or not valid
     */
    public static Optional<String> shown(String source) throws IOException {
        return LiveAddress.of(source).map(LiveAddress::shown);
    }

    /**
     * The current addresses of a stream, to be tried in turn; only those that may be opened.
     *
     * @throws IOException with a sentence for the user if there is none
     */
    public static List<String> addresses(String source) throws IOException, InterruptedException {
        return address(source).addresses();
    }

    /**
     * The stream as a source that decodes in this process.
     *
     * @param addresses result of {@link #addresses}; the host's name is not resolved again
     */
    public static FrameSource inside(String source, List<String> addresses, SourceOptions options) throws IOException {
        LiveAddress address = address(source);
        return inside(new ResolvedAddress(address, addresses), address, options);
    }

    private static FrameSource inside(LiveOrigin origin, LiveAddress address, SourceOptions options) {
        return new LiveVideo(origin, address.shown(), options, Ticker.system(), PictureEncoder.Kind::best);
    }

    private static LiveAddress address(String source) throws IOException {
        return LiveAddress.of(source).orElseThrow(() -> new IOException("that is not the address of a live stream"));
    }

    @Override
    public String form() {
        return "rtsp://HOST/PATH";
    }
}
