package dev.flipbook.live;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.capture.Ffmpeg;
import dev.flipbook.capture.PictureEncoder;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Live streams in the network as sources that decode in this process, by their addresses. Thread-safe. */
public final class LiveStreams implements FrameSourceProvider {

    /** For the service loader. */
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
     * The address without its secrets; empty when the text is of another kind.
     *
     * @throws IOException when it is one and lacks something; the message is for the user
     */
    public static Optional<String> shown(String source) throws IOException {
        return LiveAddress.of(source).map(LiveAddress::shown);
    }

    /**
     * Where the stream is now, one address after the other to be tried; only such as may be opened.
     *
     * @throws IOException with a sentence for the user when there is none
     */
    public static List<String> addresses(String source) throws IOException, InterruptedException {
        return address(source).addresses();
    }

    /**
     * The stream as a source that decodes in this process.
     *
     * @param addresses as {@link #addresses} gave them; the host's name is not looked up again
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
