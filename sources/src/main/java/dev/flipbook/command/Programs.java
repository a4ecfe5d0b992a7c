package dev.flipbook.command;

import dev.flipbook.text.Secrets;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folders in which programs are looked up, those of a {@code PATH}, and what the programs find in their
 * environment. Immutable.
 *
 * @param folders in order
 * @param environment variables that a program gets besides those of this process, or instead of them
 * @param known texts that are secrets, wherever a program prints them
 */
record Programs(List<Path> folders, Map<String, String> environment, Set<String> known) {

    private static final boolean WINDOWS = File.separatorChar == '\\';

    /** The folders of this text, which has the form of the variable {@code PATH}. */
    static Programs of(@Nullable String path) {
        List<Path> folders = new ArrayList<>();
        for (String folder : (path == null ? "/usr/bin:/bin" : path).split(File.pathSeparator, -1)) {
            try {
                folders.add(Path.of(folder.isEmpty() ? "." : folder));
            } catch (InvalidPathException e) {
                System.getLogger("dev.flipbook").log(System.Logger.Level.DEBUG, "no folder of the PATH", e);
            }
        }
        return new Programs(List.copyOf(folders));
    }

    /** The folders with nothing further in the environment. */
    Programs(List<Path> folders) {
        this(folders, Map.of(), Set.of());
    }

    /** The same folders with these variables and secrets. */
    Programs with(Map<String, String> variables, Set<String> secrets) {
        return new Programs(folders, Map.copyOf(variables), Set.copyOf(secrets));
    }

    /** The known secrets, and those in the words of a command and in its environment. */
    Secrets secrets(List<String> command) {
        List<String> words = new ArrayList<>(command);
        environment.forEach((name, value) -> words.add(name + "=" + value));
        return Secrets.in(words, known);
    }

    /** The folders alone, because the environment may hold secrets. */
    @Override
    public String toString() {
        return folders.toString();
    }

    /** The file of the program with this name, which has no folder in it; empty when there is none. */
    Optional<String> find(String name) {
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .map(Path::toString)
                .findFirst();
    }

    /**
     * The file to start for a program as the user typed it: a file, or a name that is looked up.
     *
     * @throws IOException when there is none; the message says what is wrong
     */
    String resolve(String typed) throws IOException {
        if (WINDOWS) {
            return typed; // only Windows knows which file names stand for programs
        }
        if (!typed.contains("/")) {
            return find(typed)
                    .orElseThrow(() ->
                            new IOException("there is no program '" + typed + "': it is in no folder of the PATH"));
        }
        Path file = Path.of(typed);
        String wrong = !Files.exists(file)
                ? "the file does not exist"
                : Files.isDirectory(file) ? "it is a folder" : Files.isExecutable(file) ? "" : "it is not executable";
        if (!wrong.isEmpty()) {
            throw new IOException("there is no program '" + typed + "': " + wrong);
        }
        return typed;
    }
}
