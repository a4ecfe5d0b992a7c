package dev.flipbook.command;

import dev.flipbook.SourceOptions;
import java.util.List;

/** A program that shows a command, to be killed by a test. It prints a line after the first picture, and continues. */
final class KilledProgram {

    private KilledProgram() {}

    @SuppressWarnings({"SystemOut", "PMD.SystemPrintln"})
    public static void main(String[] command) throws Exception {
        try (CommandSource source = new CommandSource(List.of(command), SourceOptions.DEFAULT)) {
            source.next();
            System.out.println("playing");
            while (true) {
                source.next();
            }
        }
    }
}
