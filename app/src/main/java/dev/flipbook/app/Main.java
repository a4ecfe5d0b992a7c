package dev.flipbook.app;

import dev.flipbook.text.PlainText;
import java.io.IOException;
import java.util.List;

/** The program: finds the command that is meant, and turns what is wrong into one sentence and an exit code. */
public final class Main {

    /** Bad command line, source or port. */
    static final int REFUSED = 2;

    /** The most characters of a sentence on the terminal. Our own are shorter, and their quotations were cut before. */
    private static final int LONGEST = 1000;

    private Main() {}

    /** Runs the program; the only place that ends the process. */
    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(arguments));
    }

    /** Runs the program and returns its exit code: 0, or 2 when it was refused. */
    static int run(String... arguments) throws InterruptedException {
        try {
            return command(List.of(arguments));
        } catch (IOException | IllegalArgumentException e) {
            complain(withoutPassword(String.valueOf(e.getMessage())));
            return REFUSED;
        }
    }

    /** Prints on standard error what is wrong, without characters that a terminal acts on: the sentence may quote a peer. */
    static void complain(String sentence) {
        System.err.println("flipbook: " + PlainText.line(sentence, "?", LONGEST));
    }

    /** What was typed is repeated, but for the password in an address; how one is written is said. */
    static String withoutPassword(String message) {
        return message.replaceAll("//(?!(?:NAME|USER):PASSWORD@)\\S*@", "//");
    }

    /** A command stands first. Whatever else stands there is for serving, which has no name. */
    private static int command(List<String> words) throws IOException, InterruptedException {
        return switch (words.isEmpty() ? "" : words.getFirst()) {
            case BenchCommand.NAME -> BenchCommand.run(words.subList(1, words.size()));
            case CamerasCommand.NAME -> CamerasCommand.run(words.subList(1, words.size()));
            case PublishCommand.NAME -> PublishCommand.run(words.subList(1, words.size()));
            default -> ServeCommand.run(words);
        };
    }

    /** The version that the jar was built as. */
    static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return "flipbook " + (version == null ? "(unpackaged)" : version);
    }
}
