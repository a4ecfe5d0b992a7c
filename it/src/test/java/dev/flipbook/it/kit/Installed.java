package dev.flipbook.it.kit;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of this machine. */
public final class Installed {

    private Installed() {}

    /**
     * The file of a program. If the program is not installed, the test is skipped with a message.
     *
     * @param unseen what is not tested without the program
     */
    public static String program(String name, String unseen) {
        List<String> folders = new ArrayList<>(List.of(System.getenv("PATH").split(File.pathSeparator)));
        folders.add("/usr/sbin"); // servers are there, and it is not on everybody's PATH
        for (String folder : folders) {
            Path file = Path.of(folder, name);
            if (Files.isExecutable(file)) {
                return file.toString();
            }
        }
        return skip("there is no '" + name + "' on the PATH", unseen);
    }

    /** Skips the test with a message. */
    public static String skip(String lack, String unseen) {
        String sentence = "SKIPPED: " + lack + ", so nobody looks whether " + unseen;
        System.err.println(sentence);
        return abort(sentence);
    }
}
