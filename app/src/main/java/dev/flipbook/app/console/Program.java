package dev.flipbook.app.console;

import dev.flipbook.text.PlainText;

/** The program as people meet it on the command line: its name and version, its exit code for errors, its complaints. */
public final class Program {

    /** Exit code for a wrong command line, source or port. */
    public static final int REFUSED = 2;

    /**
     * Maximum characters of a sentence on the terminal. Our own sentences are shorter, and their quotations were cut
     * before.
     */
    private static final int MAX_LENGTH = 1000;

    private Program() {}

    /**
     * Prints an error on standard error, without characters that control a terminal, because the sentence may quote a
     * peer.
     */
    public static void complain(String sentence) {
        System.err.println("flipbook: " + PlainText.line(sentence, "?", MAX_LENGTH));
    }

    /** The version with which the jar was built. */
    public static String version() {
        String version = Program.class.getPackage().getImplementationVersion();
        return "flipbook " + (version == null ? "(unpackaged)" : version);
    }
}
