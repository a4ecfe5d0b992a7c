package dev.flipbook.command;

import dev.flipbook.FrameSource;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import java.util.Optional;

/**
 * The sources whose pictures come through a pipe: {@code -} and {@code picam}. A command has no SOURCE text, so that no
 * text from a request can become a command.
 */
public final class PipeSources implements FrameSourceProvider {

    /** Called by the service loader; opens nothing yet. */
    public PipeSources() {}

    @Override
    public Optional<FrameSource> open(String source, SourceOptions options) {
        if (source.equals("-")) {
            return Optional.of(new StandardInput(System.in, options, Ticker.system()));
        }
        Programs programs = Programs.of(System.getenv("PATH"));
        return PiCamera.camera(source).map(camera -> new PiCamera(camera, options, programs, Ticker.system()));
    }

    @Override
    public String form() {
        return "picam, - (standard input)";
    }
}
