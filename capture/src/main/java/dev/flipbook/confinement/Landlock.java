package dev.flipbook.confinement;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Limits the files that the process may open. The limit holds for the calling thread and for threads that it starts;
 * from Linux 7.0 on for all threads.
 */
final class Landlock {

    // From linux/landlock.h.
    private static final int VERSION = 1; // flag: returns the kernel's version of landlock
    private static final int PATH_BENEATH = 1;
    private static final int ALL_THREADS = 8; // flag since version 8
    private static final long READ_FILE = 4;
    private static final long READ_FOLDER = 8;
    private static final long BIND_TCP = 1;
    private static final long CONNECT_TCP = 2;

    private static final long PATH_ONLY = 0x0020_0000 | 0x0008_0000; // O_PATH, O_CLOEXEC
    private static final long HERE = -100; // AT_FDCWD

    private final Kernel kernel;
    private final List<String> refused = new ArrayList<>();

    Landlock(Kernel kernel) {
        this.kernel = kernel;
    }

    /** The kernel's version of landlock, or 0 if it has none. */
    static int version(Kernel kernel) {
        return (int) Math.max(0, kernel.call(Call.LANDLOCK_CREATE_RULESET, 0, 0, VERSION));
    }

    /**
     * Allows reading of these files and of everything in these folders, and nothing else.
     *
     * @return a sentence for each step that the kernel refused
     */
    List<String> enter(Confinement.Kind kind, List<Path> readable) {
        int version = version(kernel);
        if (version == 0) {
            return List.of("this kernel has no landlock, so a decoder may read all files that its user may read");
        }
        // The size of the rule set grew with the version: files first, and TCP ports since version 4.
        long rules = kernel.call(
                Call.LANDLOCK_CREATE_RULESET,
                kernel.memory(files(version), kind == Confinement.Kind.FILES ? BIND_TCP | CONNECT_TCP : BIND_TCP),
                version < 4 ? Long.BYTES : 2 * Long.BYTES,
                0);
        if (rules < 0) {
            return List.of(Confinement.refusal("to restrict access to files", rules));
        }
        readable.forEach(path -> allow(rules, path.toAbsolutePath()));
        long result = kernel.call(Call.LANDLOCK_RESTRICT_SELF, rules, version < 8 ? 0 : ALL_THREADS);
        if (result < 0) {
            refused.add(Confinement.refusal("to restrict access to files", result));
        }
        kernel.call(Call.CLOSE, rules);
        return List.copyOf(refused);
    }

    /** All kinds of file access that a version knows: 13 at first, then moving, truncating and devices as well. */
    private static long files(int version) {
        int kinds = version < 2 ? 13 : version < 3 ? 14 : version < 5 ? 15 : 16;
        return (1L << kinds) - 1;
    }

    private void allow(long rules, Path path) {
        long opened = kernel.call(Call.OPENAT, HERE, kernel.memory(path.toString()), PATH_ONLY);
        if (opened < 0) {
            refused.add(Confinement.refusal("to let the decoder read " + path, opened));
            return;
        }
        long access = Files.isDirectory(path) ? READ_FILE | READ_FOLDER : READ_FILE;
        long result = kernel.call(Call.LANDLOCK_ADD_RULE, rules, PATH_BENEATH, kernel.memory(access, opened), 0);
        if (result < 0) {
            refused.add(Confinement.refusal("to let the decoder read " + path, result));
        }
        kernel.call(Call.CLOSE, opened);
    }
}
