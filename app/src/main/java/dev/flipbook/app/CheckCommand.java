package dev.flipbook.app;

import dev.flipbook.app.config.ConfigReader;
import dev.flipbook.app.config.Configuration;
import dev.flipbook.app.config.Problem;
import dev.flipbook.app.config.Reading;
import dev.flipbook.app.console.Arguments;
import dev.flipbook.app.console.Program;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.Options;

/** Says what is wrong in a configuration file, one thing a line, in a form that editors read. */
final class CheckCommand {

    static final String NAME = "check";

    private CheckCommand() {}

    static String help() {
        return """
                Usage: flipbook check [OPTIONS] FILE

                Reads a configuration file as a start would, and opens nothing. Each error is a
                line FILE:LINE:COLUMN: SENTENCE, and the exit code is 2 then.

                  FILE                     A configuration file.
                      --print              Print what holds, with all defaults filled in and
                                           secrets as ***.
                  -h, --help               Show this help and exit.

                  flipbook check --print flipbook.yaml
                """;
    }

    static Options options() {
        return new Options().addOption(Arguments.flag(null, "print")).addOption(Arguments.flag("h", "help"));
    }

    static int run(List<String> words) {
        Arguments arguments = Arguments.read("flipbook " + NAME, options(), words);
        if (arguments.has("help")) {
            System.out.print(help());
            return 0;
        }
        if (arguments.words().size() != 1) {
            throw new IllegalArgumentException("check takes one file: flipbook check FILE");
        }
        return run(file(arguments.words().getFirst()), arguments.has("print"), System.getenv());
    }

    /** The path that was typed. */
    static Path file(String typed) {
        try {
            return Path.of(typed);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + typed + "' is not the path of a file", e);
        }
    }

    private static int run(Path file, boolean print, Map<String, String> environment) {
        Reading reading = new ConfigReader(environment).file(file, Map.of());
        PrintStream errors = System.err;
        reading.warnings().forEach(errors::println);
        reading.problems().stream().map(Problem::toString).forEach(errors::println);
        if (reading.configuration().isEmpty()) {
            return Program.REFUSED;
        }
        Configuration configuration = reading.configuration().get();
        if (print) {
            System.out.print(configuration.yaml());
        } else {
            int feeds = configuration.feeds().size();
            System.out.println(file + ": " + feeds + (feeds == 1 ? " feed" : " feeds") + "; nothing to complain of");
        }
        return 0;
    }
}
