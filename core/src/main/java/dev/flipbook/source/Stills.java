package dev.flipbook.source;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One picture file of any kind as a frame: so far a JPEG. Confined to the source thread. */
final class Stills implements AutoCloseable {

    private final SourceOptions options;

    Stills(SourceOptions options, Ticker ticker) {
        this.options = options;
    }

    /** @throws IOException when it is no picture that can be shown; the message says why */
    Frame frame(ByteBuffer bytes) throws IOException {
        return options.rotate() < 0 ? Frame.ofJpeg(new byte[0]) : Frame.ofJpeg(bytes);
    }

    Encoding encoding() {
        return Encoding.NONE;
    }

    @Override
    public void close() {}
}
