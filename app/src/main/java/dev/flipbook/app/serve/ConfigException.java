package dev.flipbook.app.serve;

import dev.flipbook.app.config.Problem;
import dev.flipbook.app.console.Program;
import dev.flipbook.text.PlainText;
import java.io.IOException;
import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used, with everything that is wrong in it. The message has one line for each. */
public final class ConfigException extends IOException {

    @Serial
    private static final long serialVersionUID = 1;

    /** Maximum characters of a printed line; quotations in it are cut before. */
    private static final int MAX_LENGTH = 1000;

    private final transient List<Problem> problems;

    ConfigException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, in the order of the file. */
    List<Problem> problems() {
        return problems;
    }

    /** Prints all of it to standard error: what is in a file as editors read it, the rest as the program complains. */
    public void print() {
        for (Problem problem : problems) {
            if (problem.file().isEmpty()) {
                Program.complain(problem.sentence());
            } else {
                System.err.println(PlainText.line(problem.toString(), "?", MAX_LENGTH));
            }
        }
    }
}
