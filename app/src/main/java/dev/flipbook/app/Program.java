package dev.flipbook.app;

import dev.flipbook.text.PlainText;

/** The program as people meet it on the command line: its name and version, its exit code for errors, its complaints. */
final class Program {

    /** Exit code for a wrong command line, source or port. */
    static final int REFUSED = 2;

    /**
     * Maximum characters of a sentence on the terminal. Our own sentences are shorter, and their quotations were cut
     * before.
     */
    private static final int LONGEST = 1000;

    private Program() {}

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

    /** The version with which the jar was built. */
    static String version() {
        String version = Program.class.getPackage().getImplementationVersion();
        return "flipbook " + (version == null ? "(unpackaged)" : version);
    }
}
