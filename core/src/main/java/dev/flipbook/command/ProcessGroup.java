package dev.flipbook.command;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A command's process and all that it has started, to be ended together.
 *
 * <p>Where there is {@code setsid} the command leads a process group, which its children belong to even when their
 * parent has gone, and it has no terminal whose Ctrl-C would reach it; a {@link GroupGuard} ends the group when this
 * JVM is killed. Elsewhere its descendants are looked for when it is ended, and those whose parent has gone are not
 * found. Thread-safe.
 */
final class ProcessGroup {

    /*
     * The number of a group cannot go to a stranger while a process is in the group, and is used here when the command
     * is known to run, or at once when it has ended; so a signal does not go astray.
     */

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /**
     * Asks the group $1 to end, stopped processes too, gives it the time of the pauses $2, and ends it; exits with 3
     * when there is no such group. No word of a user goes in here.
     */
    private static final String END_GROUP = """
            kill -TERM "-$1" || exit 3
            kill -CONT "-$1"
            for pause in $2
            do
              sleep $pause
              kill -0 "-$1" || exit 0
            done
            kill -KILL "-$1"
            exit 0
            """;

    private static final int NO_GROUP = 3;

    /** In seconds: a group that works is given one. */
    private static final String PAUSES = "0.01 0.02 0.05 0.1 0.1 0.1 0.2 0.2 0.2";

    /** What a command that has ended left behind gets less: zombies that nobody waits for look alive for ever. */
    private static final String FEW_PAUSES = "0.01 0.02 0.05 0.1";

    /** In milliseconds: a command may take so long to end when it is asked to. */
    private static final long GRACE = 1000;

    /** In milliseconds: the grace, and starting a few small programs on a machine that has much to do. */
    private static final long SCRIPT = GRACE + 500;

    /** In milliseconds. */
    private static final long STEP = 20;

    private final Process process;

    /** To end it by: {@code Process.destroy} would also close what it has printed and nobody has read yet. */
    private final ProcessHandle leader;

    private final boolean leads;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private final GroupGuard guard;
    private boolean ended;

    private ProcessGroup(Process process, boolean leads, GroupGuard guard) {
        this.process = process;
        this.guard = guard;
        this.leader = process.toHandle();
        this.leads = leads;
    }

    /**
     * Starts a command, its standard input empty, the other two to be read.
     *
     * @param programs where {@code setsid} is looked for
     */
    static ProcessGroup start(List<String> command, Programs programs) throws IOException {
        Optional<String> setsid = programs.find("setsid");
        GroupGuard guard = setsid.map(GroupGuard::start).orElseGet(GroupGuard::none);
        List<String> words = new ArrayList<>(command);
        setsid.ifPresent(program -> words.add(0, program));
        try {
            Process process = new ProcessBuilder(words).redirectInput(nothing()).start();
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
     * Ends all of it and waits until the command's process is gone, 2 s at most. Doing so again only waits. An
     * interrupt takes the grace from it, and no more.
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

    /** Whether it was interrupted. */
    private boolean endOnce() {
        List<ProcessHandle> kin = process.descendants().toList(); // those too that have made a group of their own
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
                endGroup(FEW_PAUSES); // it was just about to make its group
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (IOException e) { // no /bin/sh, or no process can be started any more
            LOG.log(Level.WARNING, "a command is ended alone, not what it has started: {0}", e.getMessage());
        }
        kill(kin);
        return interrupted;
    }

    private void kill(List<ProcessHandle> kin) {
        leader.destroyForcibly();
        kin.forEach(ProcessHandle::destroyForcibly);
    }

    /** Whether there was a group. */
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

    /** Without grace: the script was slow, or whoever waits for it is in a hurry. */
    private void killGroup() throws IOException {
        new ProcessBuilder("/bin/sh", "-c", "kill -KILL \"-$1\"", "flipbook-end", Long.toString(process.pid()))
                .redirectInput(nothing())
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
    }

    private void endEach(List<ProcessHandle> kin) throws InterruptedException {
        kin.forEach(ProcessHandle::destroy);
        leader.destroy();
        process.waitFor(GRACE, TimeUnit.MILLISECONDS);
        awaitEnd(kin, GRACE);
    }

    private static void awaitEnd(List<ProcessHandle> kin, long millis) throws InterruptedException {
        for (long waited = 0; waited < millis && kin.stream().anyMatch(ProcessHandle::isAlive); waited += STEP) {
            TimeUnit.MILLISECONDS.sleep(STEP);
        }
    }
}
