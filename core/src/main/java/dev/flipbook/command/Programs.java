package dev.flipbook.command;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folders in which programs are looked up: those of a {@code PATH}. Immutable.
 *
 * @param folders in order; an empty text is the current folder
 */
record Programs(List<String> folders) {

    private static final boolean WINDOWS = File.separatorChar == '\\';

    /** The folders of this text, which has the form of the variable {@code PATH}. */
    static Programs of(@Nullable String path) {
        return new Programs(List.of((path == null ? "/usr/bin:/bin" : path).split(File.pathSeparator, -1)));
    }

    /** The file of the program with this name, which has no folder in it; empty when there is none. */
    Optional<String> find(String name) {
        return folders.stream()
                .map(folder -> new File(folder.isEmpty() ? "." : folder, name))
                .filter(file -> file.isFile() && file.canExecute())
                .map(File::getPath)
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
        File file = new File(typed);
        String wrong = "";
        if (!typed.contains("/")) {
            Optional<String> found = find(typed);
            if (found.isPresent()) {
                return found.get();
            }
            wrong = "it is in no folder of the PATH";
        } else if (!file.exists()) {
            wrong = "there is no such file";
        } else if (file.isDirectory()) {
            wrong = "it is a folder";
        } else if (!file.canExecute()) {
            wrong = "it is not executable";
        }
        if (!wrong.isEmpty()) {
            throw new IOException("there is no program '" + typed + "': " + wrong);
        }
        return typed;
    }
}
