package dev.flipbook.source;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.command.PipeSources;
import dev.flipbook.folder.PictureFiles;
import dev.flipbook.http.HttpSources;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sources of this module: {@code demo} and {@code test}, then those of the packages beside this one in a fixed
 * order, in which a name comes before a file with the same name.
 */
public final class BuiltInSources implements FrameSourceProvider {

    private final List<FrameSourceProvider> others = List.of(new PipeSources(), new HttpSources(), new PictureFiles());

    /** Called by the service loader. */
    public BuiltInSources() {}

    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) throws IOException {
        return switch (source) {
            case "demo" -> Optional.of(new EmulatedCamera(Ticker.system()));
            case "test" -> Optional.of(new TestPattern(Ticker.system(), options));
            default -> openOther(source, options);
        };
    }

    /**
     * Asked before providers with the default order, so that a jar on the class path changes the meaning of
     * {@code demo} only if its provider sets a lower order.
     */
    @Override
    public int order() {
        return 0;
    }

    private Optional<FrameSource> openOther(String source, SourceOptions options) throws IOException {
        for (FrameSourceProvider other : others) {
            Optional<FrameSource> opened = other.open(source, options);
            if (opened.isPresent()) {
                return opened;
            }
        }
        return Optional.empty();
    }

    @Override
    public String form() {
        return Stream.concat(Stream.of("demo, test"), others.stream().map(FrameSourceProvider::form))
                .collect(Collectors.joining(", "));
    }
}
