package dev.flipbook.confinement;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Drops the rights of a decoder process before it is sent the first byte from outside. The process cannot get the
 * rights back. If the kernel refuses a step, the other steps are still taken.
 *
 * <p>The steps: the process ends with the server, never gains privileges, has limits on memory and descriptors, reads
 * only the files it needs ({@link Landlock}), and is refused the system calls it does not need ({@link Bpf}).
 */
public final class Confinement {

    /** What a decoder is used for. */
    public enum Kind {
        /** Files, and bytes that the server sends; no network. */
        FILES,
        /** Streams from other machines: connections, and UDP ports of its own. */
        NETWORK
    }

    /** System property with the maximum memory of a decoder in MiB, including its heap but not its libraries. */
    public static final String MEMORY = "flipbook.decoder.memory";

    /** Default of {@link #MEMORY} in MiB. Ten feeds of 720p use 240 MiB. */
    private static final long DEFAULT_MEMORY = 512;

    /** Maximum number of file descriptors. A feed has one or two, and the JVM has about 20. */
    private static final long DESCRIPTORS = 256;

    // of 1000: if memory is short, the kernel kills a decoder before the server
    private static final int OOM_SCORE = 700;

    // From linux/prctl.h, asm-generic/resource.h and linux/seccomp.h.
    private static final int SET_DEATH_SIGNAL = 1;
    private static final int SET_NO_NEW_PRIVILEGES = 38;
    private static final int LIMIT_FILE_SIZE = 1;
    private static final int LIMIT_DATA = 2;
    private static final int LIMIT_CORE = 4;
    private static final int LIMIT_DESCRIPTORS = 7;
    private static final int SET_FILTER = 1;
    private static final int ALL_THREADS = 1;
    private static final int SIGKILL = 9;

    private final Kernel kernel;
    private final Machine machine;
    private final List<String> refused = new ArrayList<>();

    private Confinement(Kernel kernel, Machine machine) {
        this.kernel = kernel;
        this.machine = machine;
    }

    /**
     * Drops the rights. Called once, after all libraries have been loaded, on a thread that lives as long as the
     * process.
     *
     * @param readable files and folders that may be read, in addition to Java and the class path
     * @param parentPid process id of the server, with which this process ends
     * @return a sentence for each step that the kernel refused
     * @throws IllegalStateException if the server has ended already
     */
    public static List<String> enter(Kind kind, List<Path> readable, int parentPid) {
        Optional<Machine> machine = Machine.current();
        if (machine.isEmpty()) {
            return List.of("decoder processes are not confined on " + System.getProperty("os.name") + " "
                    + System.getProperty("os.arch") + ": they may do what this program's user may do");
        }
        try (Kernel kernel = new Kernel(machine.get())) {
            Confinement confinement = new Confinement(kernel, machine.get());
            confinement.dieWith(parentPid);
            confinement.limit();
            confinement.refused.addAll(new Landlock(kernel).enter(kind, withJava(readable)));
            confinement.filter(kind);
            return List.copyOf(confinement.refused);
        }
    }

    private void dieWith(int parentPid) {
        check("to end the decoder with the server", kernel.call(Call.PRCTL, SET_DEATH_SIGNAL, SIGKILL));
        if (kernel.call(Call.GETPPID) != parentPid) {
            throw new IllegalStateException("the server has ended");
        }
        // A process group of its own, because Ctrl-C in a terminal is meant for the server only.
        check("a group of its own for the decoder", kernel.call(Call.SETSID));
        try {
            Files.writeString(
                    Path.of("/proc/self/oom_score_adj"), Integer.toString(OOM_SCORE), StandardOpenOption.WRITE);
        } catch (IOException e) {
            refused.add("the kernel refused to end the decoder first when memory is short: " + e.getMessage());
        }
    }

    private void limit() {
        check("to keep programs from gaining rights", kernel.call(Call.PRCTL, SET_NO_NEW_PRIVILEGES, 1));
        limit("core files", LIMIT_CORE, 0);
        limit("descriptors", LIMIT_DESCRIPTORS, DESCRIPTORS);
        limit("memory", LIMIT_DATA, memory() << 20);
        limit("the size of files", LIMIT_FILE_SIZE, 0);
    }

    private static long memory() {
        long memory = Long.getLong(MEMORY, DEFAULT_MEMORY);
        return memory > 0 && memory < Long.MAX_VALUE >> 20 ? memory : DEFAULT_MEMORY;
    }

    private void limit(String what, int resource, long maximum) {
        check("a limit of " + what, kernel.call(Call.PRLIMIT64, 0, resource, kernel.memory(maximum, maximum), 0));
    }

    private static List<Path> withJava(List<Path> readable) {
        Stream<Path> classPath = Stream.of(
                        System.getProperty("java.class.path", "").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty()) // an empty entry would be the working folder
                .map(Path::of)
                .filter(Files::exists);
        return Stream.of(Stream.of(Path.of(System.getProperty("java.home"))), classPath, readable.stream())
                .flatMap(paths -> paths)
                .toList();
    }

    /** Installs the filter of system calls for all threads, including those of the JVM. */
    private void filter(Kind kind) {
        long[] program = Bpf.filter(machine, kind, (int) ProcessHandle.current().pid());
        long described = kernel.memory(program.length, kernel.memory(program)); // struct sock_fprog
        long result = kernel.call(Call.SECCOMP, SET_FILTER, ALL_THREADS, described);
        if (result > 0) {
            refused.add("the kernel refused to filter the decoder's calls: thread " + result + " has another filter");
        }
        check("to filter the decoder's calls", result);
    }

    private void check(String what, long result) {
        if (result < 0) {
            refused.add(refusal(what, result));
        }
    }

    /** @param result the negative error number */
    static String refusal(String what, long result) {
        String error = switch ((int) -result) {
            case Bpf.EPERM -> "not permitted";
            case 2 -> "the file does not exist";
            case Bpf.EACCES -> "no access";
            case 22 -> "not known to this kernel";
            case Bpf.ENOSYS -> "not part of this kernel";
            case 95 -> "switched off in this kernel";
            default -> "error " + -result;
        };
        return "the kernel refused " + what + ": " + error;
    }
}
