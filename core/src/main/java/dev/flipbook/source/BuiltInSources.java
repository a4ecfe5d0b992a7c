package dev.flipbook.source;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import java.util.Optional;

/** The sources of this module by their names: {@code demo} and {@code test}. */
public final class BuiltInSources implements FrameSourceProvider {

    /** For the service loader. */
    public BuiltInSources() {}

    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) {
        return switch (source) {
            case "demo" -> Optional.of(new EmulatedCamera(Ticker.system()));
            case "test" -> Optional.of(new TestPattern(Ticker.system(), options));
            default -> Optional.empty();
        };
    }

    @Override
    public String form() {
        return "demo, test";
    }
}
