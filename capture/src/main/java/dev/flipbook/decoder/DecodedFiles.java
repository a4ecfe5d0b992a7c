package dev.flipbook.decoder;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.video.VideoFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Opens video files as sources. Decoder processes decode them unless {@code -Dflipbook.decoder=inside} is set.
 * Thread-safe.
 */
public final class DecodedFiles implements FrameSourceProvider {

    private final VideoFiles inside = new VideoFiles();

    /** Called by the service loader. */
    public DecodedFiles() {}

    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) throws IOException {
        if (Decoders.isInside()) {
            return inside.open(source, options);
        }
        Optional<Path> file = VideoFiles.find(source);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        Decoders decoders = Decoders.shared();
        decoders.named(DecoderKind.FILES, file.get().toAbsolutePath());
        return Optional.of(DecodedSource.file(decoders, file.get(), options, Ticker.system()));
    }

    @Override
    public String form() {
        return inside.form();
    }
}
