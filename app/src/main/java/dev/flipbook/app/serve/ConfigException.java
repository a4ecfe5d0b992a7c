package dev.flipbook.app.serve;

import dev.flipbook.app.config.Problem;
import java.io.IOException;
import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used, with everything that is wrong in it. The message has one line for each. */
public final class ConfigException extends IOException {

    @Serial
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, in the order of the file. */
    List<Problem> problems() {
        return problems;
    }
}
