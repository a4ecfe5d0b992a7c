package dev.flipbook.app;

import dev.flipbook.app.bench.BenchCommand;
import dev.flipbook.app.console.Program;
import dev.flipbook.app.control.PauseCommand;
import dev.flipbook.app.publish.PublishCommand;
import dev.flipbook.text.Secrets;
import java.io.IOException;
import java.util.List;

/** The program's entry point: finds the command, and turns errors into one sentence and an exit code. */
public final class Main {

    private Main() {}

    /** Runs the program. This is the only place that ends the process. */
    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(arguments));
    }

    /** Runs the program and returns its exit code: 0, or 2 if it was refused. */
    static int run(String... arguments) throws InterruptedException {
        try {
            return command(List.of(arguments));
        } catch (IOException | IllegalArgumentException e) {
            Program.complain(Secrets.withoutLogins(String.valueOf(e.getMessage())));
            return Program.REFUSED;
        }
    }

    /** Runs the command that the first word names. Any other word is a source to serve, which needs no command. */
    private static int command(List<String> words) throws IOException, InterruptedException {
        return switch (words.isEmpty() ? "" : words.getFirst()) {
            case BenchCommand.NAME -> BenchCommand.run(words.subList(1, words.size()));
            case CamerasCommand.NAME -> CamerasCommand.run(words.subList(1, words.size()));
            case PauseCommand.PAUSE, PauseCommand.RESUME ->
                PauseCommand.run(words.getFirst(), words.subList(1, words.size()));
            case PublishCommand.NAME -> PublishCommand.run(words.subList(1, words.size()));
            default -> ServeCommand.run(words);
        };
    }
}
