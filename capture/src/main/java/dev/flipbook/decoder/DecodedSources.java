package dev.flipbook.decoder;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.live.LiveStreams;
import dev.flipbook.video.VideoFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Opens video files, and live streams from the network, as sources. Decoder processes decode them unless
 * {@code -Dflipbook.decoder=inside} is set. Thread-safe.
 */
public final class DecodedSources implements FrameSourceProvider {

    private final VideoFiles files = new VideoFiles();
    private final LiveStreams streams = new LiveStreams();

    /** Called by the service loader. */
    public DecodedSources() {}

    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) throws IOException {
        if (Decoders.isInside()) {
            Optional<FrameSource> video = files.open(source, options);
            return video.isPresent() ? video : streams.open(source, options);
        }
        Optional<Path> file = VideoFiles.find(source);
        if (file.isPresent()) {
            Decoders decoders = Decoders.shared();
            decoders.named(DecoderKind.FILES, file.get().toAbsolutePath());
            return Optional.of(DecodedSource.file(decoders, file.get(), options, Ticker.system()));
        }
        Optional<String> shown = LiveStreams.shown(source);
        if (shown.isEmpty()) {
            return Optional.empty();
        }
        Decoders decoders = Decoders.shared();
        decoders.named(DecoderKind.NETWORK, null);
        return Optional.of(DecodedSource.stream(
                decoders, source, shown.get(), () -> LiveStreams.addresses(source), options, Ticker.system()));
    }

    @Override
    public String form() {
        return files.form() + ", " + streams.form();
    }
}
