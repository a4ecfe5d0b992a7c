package dev.flipbook.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where programs are looked for: the folders of a {@code PATH}. Immutable.
 *
 * @param folders in their order
 */
record Programs(List<Path> folders) {

    private static final boolean WINDOWS = File.separatorChar == '\\';

    /** Those of this text, as the environment's {@code PATH} has it. */
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

    /** The file of this program, which is a name without a folder. */
    Optional<String> find(String name) {
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .map(Path::toString)
                .findFirst();
    }

    /**
     * What is to be started for a program as it was typed: a file, or a name that is looked for.
     *
     * @throws IOException when there is none; the message says what is wrong
     */
    String resolve(String typed) throws IOException {
        if (WINDOWS) {
            return typed; // which endings stand for a program only Windows knows
        }
        if (!typed.contains("/")) {
            return find(typed)
                    .orElseThrow(() ->
                            new IOException("there is no program '" + typed + "': it is in no folder of the PATH"));
        }
        Path file = Path.of(typed);
        String wrong = !Files.exists(file)
                ? "there is no such file"
                : Files.isDirectory(file) ? "it is a folder" : Files.isExecutable(file) ? "" : "it is not executable";
        if (!wrong.isEmpty()) {
            throw new IOException("there is no program '" + typed + "': " + wrong);
        }
        return typed;
    }
}
