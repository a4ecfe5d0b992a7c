package dev.flipbook.spring;

import java.io.Serial;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Thrown if a feed of the configuration cannot be made. The application does not start. */
final class BadFeedException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    BadFeedException(String name, Throwable cause) {
        super("flipbook.feeds." + name + ": " + cause.getMessage(), cause);
    }

    /** Makes Spring Boot report the failure in a sentence instead of a stack trace. */
    static final class Analyzer extends AbstractFailureAnalyzer<BadFeedException> {
        @Override
        protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BadFeedException cause) {
            return new FailureAnalysis(
                    "The feed cannot be made: " + cause.getMessage(),
                    "Correct this line of the application's configuration.",
                    cause);
        }
    }
}
