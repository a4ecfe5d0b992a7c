package dev.flipbook.command;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A small shell that ends a command's process group when this JVM is gone. The guard is needed because a SIGKILL and
 * the kernel's out-of-memory killer leave the JVM no time to do anything.
 *
 * <p>The guard waits for the end of a pipe that only this JVM writes to. The guard has a session of its own, so that
 * neither Ctrl-C at the terminal nor a signal to the group ends it before its work is done. The guard is started before
 * the command, and is a child of this JVM, which collects its exit status; in a container whose first process is this
 * JVM, an orphan would remain a zombie. Confined to its {@link ProcessGroup}, and ended under that group's lock.
 */
final class GroupGuard {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /**
     * The guard's script. The script reads the number of the group, and then waits for a second line, which says that
     * the group has been ended in order, or for the end of the pipe. The leader gets a signal by its own number too,
     * because it may not have made its group yet. No word of a user becomes part of the script.
     */
    private static final String WAIT = """
            trap '' TERM INT HUP
            cd /
            read -r group || exit 0
            read -r ended && exit 0
            kill -TERM "-$group" || kill -TERM "$group"
            kill -CONT "-$group"
            for pause in 0.01 0.02 0.05 0.1 0.1 0.1 0.2 0.2 0.2
            do
              sleep $pause
              kill -0 "-$group" || break
            done
            kill -KILL "-$group"
            kill -KILL "$group"
            exit 0
            """;

    /**
     * Maximum time in milliseconds for a dismissed guard to exit before it is killed; it has nothing left to do then.
     */
    private static final long ENDING = 250;

    private final @Nullable Process shell;

    private GroupGuard(@Nullable Process shell) {
        this.shell = shell;
    }

    /** A guard that does nothing, because there is no {@code setsid} and therefore no group. */
    static GroupGuard none() {
        return new GroupGuard(null);
    }

    /**
     * Starts a guard, which waits for {@link #watch}. Without {@code /bin/sh} the guard does nothing.
     *
     * @param setsid the program that gives the guard a session of its own
     */
    static GroupGuard start(String setsid) {
        try {
            return new GroupGuard(new ProcessBuilder(setsid, "/bin/sh", "-c", WAIT, "flipbook-guard")
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a command would not end when this program is killed: {0}", e.getMessage());
            return none();
        }
    }

    /**
     * Guards this group from now on: it ends when this JVM does.
     *
     * @param group number of the process group
     */
    void watch(long group) {
        tell(group + "\n");
    }

    /** Ends the guard, because the group has ended or never existed. The guard touches nothing. */
    void dismiss() {
        if (shell == null) {
            return;
        }
        tell("\nended\n");
        boolean gone = false;
        boolean interrupted = Thread.interrupted();
        try {
            gone = shell.waitFor(ENDING, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (!gone) {
            shell.destroyForcibly();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(String lines) {
        if (shell != null) {
            OutputStream pipe = shell.getOutputStream();
            try {
                pipe.write(lines.getBytes(StandardCharsets.US_ASCII));
                pipe.flush();
            } catch (IOException e) { // the guard has been killed
                LOG.log(Level.DEBUG, "the guard of a command is gone: {0}", e.getMessage());
            }
        }
    }
}
