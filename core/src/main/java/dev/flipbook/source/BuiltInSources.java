package dev.flipbook.source;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import java.util.Optional;

/** The sources of this module by their names: {@code demo} and {@code test}. */
public final class BuiltInSources implements FrameSourceProvider {

    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) {
        return Optional.empty();
    }

    @Override
    public String form() {
        return "demo, test";
    }
}
