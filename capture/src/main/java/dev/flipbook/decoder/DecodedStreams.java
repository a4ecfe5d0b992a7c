package dev.flipbook.decoder;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.live.LiveStreams;
import java.io.IOException;
import java.util.Optional;

/**
 * Opens live streams from the network as sources. Decoder processes decode them unless
 * {@code -Dflipbook.decoder=inside} is set. Thread-safe.
 */
public final class DecodedStreams implements FrameSourceProvider {

    private final LiveStreams inside = new LiveStreams();

    /** Called by the service loader. */
    public DecodedStreams() {}

    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) throws IOException {
        if (Decoders.isInside()) {
            return inside.open(source, options);
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
        return inside.form();
    }
}
