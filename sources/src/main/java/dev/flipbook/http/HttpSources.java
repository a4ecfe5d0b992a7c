package dev.flipbook.http;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import java.io.IOException;
import java.util.Optional;

/** Makes sources of pictures on web servers: an MJPEG stream, or a picture that is requested again and again. */
public final class HttpSources implements FrameSourceProvider {

    /** Called by the service loader. */
    public HttpSources() {}

    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) throws IOException {
        return HttpAddress.isMeant(source) ? Optional.of(HttpSource.of(source, options)) : Optional.empty();
    }

    @Override
    public String form() {
        return "http://…";
    }
}
