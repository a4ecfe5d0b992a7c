package dev.flipbook.app;

import dev.flipbook.text.PlainText;
import java.io.IOException;
import java.util.List;

/** The program's entry point: finds the command, and turns errors into one sentence and an exit code. */
public final class Main {

    /** Exit code for a wrong command line, source or port. */
    static final int REFUSED = 2;

    /**
     * Maximum characters of a sentence on the terminal. Our own sentences are shorter, and their quotations were cut
     * before.
     */
    private static final int LONGEST = 1000;

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
            complain(withoutPassword(String.valueOf(e.getMessage())));
            return REFUSED;
        }
    }

    /**
     * Prints an error on standard error, without characters that control a terminal, because the sentence may quote a
     * peer.
     */
    static void complain(String sentence) {
        System.err.println("flipbook: " + PlainText.line(sentence, "?", LONGEST));
    }

    /**
     * Removes the password from an address in a message that repeats what was typed. The form NAME:PASSWORD in our own
     * sentences is kept.
     */
    static String withoutPassword(String message) {
        return message.replaceAll("//(?!(?:NAME|USER):PASSWORD@)\\S*@", "//");
    }

    /** Runs the command that the first word names. Any other word is a source to serve, which needs no command. */
    private static int command(List<String> words) throws IOException, InterruptedException {
        return switch (words.isEmpty() ? "" : words.getFirst()) {
            case BenchCommand.NAME -> BenchCommand.run(words.subList(1, words.size()));
            case CamerasCommand.NAME -> CamerasCommand.run(words.subList(1, words.size()));
            case PublishCommand.NAME -> PublishCommand.run(words.subList(1, words.size()));
            default -> ServeCommand.run(words);
        };
    }

    /** The version with which the jar was built. */
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return "flipbook " + (version == null ? "(unpackaged)" : version);
    }
}
