package dev.flipbook.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A command's process with everything that it has started, so that all can be ended together.
 *
 * <p>With {@code setsid} the command leads a process group. Its children stay in the group even when their parent has
 * gone, and the group has no terminal whose Ctrl-C would reach it. A {@link GroupGuard} ends the group when this JVM is
 * killed. Without {@code setsid} the command's descendants are looked up when it is ended, and those whose parent has
 * gone are not found. Thread-safe.
 */
final class ProcessGroup {

    /*
     * A group's number is not given to another process while a process is in the group. The number is used here while
     * the command is known to run, or right after it has ended, so that no signal reaches a stranger.
     */

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /**
     * A shell function that says whether anything runs in the group $1. A zombie takes signals, so the function reads
     * in {@code /proc} whether anything else is left, because in a container there may be no process that removes
     * zombies.
     */
    static final String LIVES = """
            lives() {
              kill -0 "-$1" || return 1
              [ -r /proc/self/stat ] || return 0
              for stat in /proc/[0-9]*/stat
              do
                read -r line <"$stat" || continue
                set -- "$1" ${line##*) }
                [ "$4" = "$1" ] && [ "$2" != Z ] && return 0
              done
              return 1
            }
            """;

    /**
     * A script that asks the group $1 to end, including stopped processes, waits for the pauses $2, and kills it. The
     * script exits with 3 when there is no such group. No word of a user becomes part of the script.
     */
    private static final String END_GROUP = LIVES + """
            kill -TERM "-$1" || exit 3
            kill -CONT "-$1"
            for pause in $2
            do
              sleep $pause
              lives "$1" || exit 0
            done
            kill -KILL "-$1"
            exit 0
            """;

    private static final int NO_GROUP = 3;

    /** Pauses in seconds for the group of a command that runs, about one second together. */
    private static final String PAUSES = "0.01 0.02 0.05 0.1 0.1 0.1 0.2 0.2 0.2";

    /** Pauses in seconds for the children of a command that has ended; fewer, because nobody waits for these children. */
    private static final String FEW_PAUSES = "0.01 0.02 0.05 0.1";

    /** Maximum time in milliseconds for a command to end when it is asked to. */
    private static final long GRACE = 1000;

    /**
     * Maximum time in milliseconds for the script: the grace, and the start of a few small programs on a busy machine.
     */
    private static final long SCRIPT = GRACE + 500;

    /** Interval between two looks at processes that end, in milliseconds. */
    private static final long STEP = 20;

    private final Process process;

    /**
     * The handle by which the command is ended: {@code Process.destroy} would also close the pipe with what has not
     * been read yet.
     */
    private final ProcessHandle leader;

    private final boolean leads;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private final GroupGuard guard;
    private boolean ended;

    private ProcessGroup(Process process, boolean leads, GroupGuard guard) {
        this.process = process;
        this.guard = guard;
        this.leader = process.toHandle();
        this.leads = leads;
    }

    /**
     * Starts a command with an empty standard input; its standard output and error are pipes.
     *
     * @param command the program and its arguments
     * @param programs where {@code setsid} is looked up, and the command's environment
     */
    static ProcessGroup start(List<String> command, Programs programs) throws IOException {
        Optional<String> setsid = programs.find("setsid");
        GroupGuard guard = setsid.map(GroupGuard::start).orElseGet(GroupGuard::none);
        List<String> words = new ArrayList<>(command);
        setsid.ifPresent(program -> words.add(0, program));
        try {
            ProcessBuilder builder = new ProcessBuilder(words).redirectInput(nothing());
            builder.environment().putAll(programs.environment());
            Process process = builder.start();
            guard.watch(process.pid());
            return new ProcessGroup(process, setsid.isPresent(), guard);
        } catch (IOException e) {
            guard.dismiss();
            throw e;
        }
    }

    private static Redirect nothing() {
        return Redirect.from(new File(File.separatorChar == '\\' ? "NUL" : "/dev/null"));
    }

    Process process() {
        return process;
    }

    /**
     * Ends all processes and waits until the command's process is gone, 2 s at most. A further call only waits. An
     * interrupt of the calling thread only shortens the time that the processes have to end by themselves.
     */
    void end() {
        boolean interrupted = Thread.interrupted();
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                interrupted |= endOnce();
                guard.dismiss();
            }
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the processes. Returns whether the thread was interrupted. */
    private boolean endOnce() {
        List<ProcessHandle> kin = process.descendants().toList(); // includes those that have made a group of their own
        boolean interrupted = false;
        try {
            boolean young = process.isAlive();
            boolean found = leads && endGroup(young ? PAUSES : FEW_PAUSES);
            if (!leads) {
                endEach(kin);
            }
            kill(kin);
            process.waitFor(GRACE / 4, TimeUnit.MILLISECONDS);
            awaitEnd(kin, GRACE / 4);
            if (leads && young && !found) {
                endGroup(FEW_PAUSES); // the command was just about to make its group
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (IOException e) { // no /bin/sh, or the system starts no more processes
            LOG.log(Level.WARNING, "a command is ended alone, not what it has started: {0}", e.getMessage());
        }
        kill(kin);
        return interrupted;
    }

    /** Kills the command and its known descendants. */
    private void kill(List<ProcessHandle> kin) {
        leader.destroyForcibly();
        kin.forEach(ProcessHandle::destroyForcibly);
    }

    /** Ends the group by the script. Returns whether there was a group. */
    private boolean endGroup(String pauses) throws IOException, InterruptedException {
        Process script = new ProcessBuilder(
                        "/bin/sh", "-c", END_GROUP, "flipbook-end", Long.toString(process.pid()), pauses)
                .redirectInput(nothing())
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        try {
            return !script.waitFor(SCRIPT, TimeUnit.MILLISECONDS) || script.exitValue() != NO_GROUP;
        } finally {
            if (script.isAlive()) {
                script.destroyForcibly();
                killGroup();
            }
        }
    }

    /** Kills the group at once, because the script was too slow or the wait was interrupted. */
    private void killGroup() throws IOException {
        new ProcessBuilder("/bin/sh", "-c", "kill -KILL \"-$1\"", "flipbook-end", Long.toString(process.pid()))
                .redirectInput(nothing())
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
    }

    /** Ends the command and its descendants one by one, without a group. */
    private void endEach(List<ProcessHandle> kin) throws InterruptedException {
        kin.forEach(ProcessHandle::destroy);
        leader.destroy();
        process.waitFor(GRACE, TimeUnit.MILLISECONDS);
        awaitEnd(kin, GRACE);
    }

    private static void awaitEnd(List<ProcessHandle> kin, long millis) throws InterruptedException {
        for (long waited = 0; waited < millis && kin.stream().anyMatch(ProcessGroup::lives); waited += STEP) {
            TimeUnit.MILLISECONDS.sleep(STEP);
        }
    }

    /** Whether a process runs. A zombie does not, but {@code ProcessHandle} takes it for a process that is alive. */
    static boolean lives(ProcessHandle one) {
        if (!one.isAlive()) {
            return false;
        }
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(one.pid()), "stat"), ISO_8859_1);
            return !stat.startsWith(") Z", stat.lastIndexOf(')'));
        } catch (IOException e) { // it has just ended, or there is no /proc
            return one.isAlive();
        }
    }
}
