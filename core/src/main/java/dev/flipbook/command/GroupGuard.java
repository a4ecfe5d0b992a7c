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
 * A small shell beside a command that ends the command's process group when this JVM is gone, whatever ended it: a
 * SIGKILL or the kernel's out-of-memory killer leave no time for anything of ours.
 *
 * <p>The guard waits for the end of a pipe that only this JVM can write to. It is in a session of its own, so that
 * neither a Ctrl-C at the terminal nor a signal to the group ends it before its work is done. It is started before the
 * command, and is a child of this JVM, which takes note of its end; a child of nobody would stay a zombie in a
 * container whose first process is this JVM. Confined to its {@link ProcessGroup}, under whose lock it ends.
 */
final class GroupGuard {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /**
     * Reads the number of the group, and then waits: for a second line, when the group has been ended in order, or for
     * the end of the pipe. The leader is told by itself, too, because it may not have made its group yet. No word of a
     * user goes in here.
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
     * How long a dismissed guard may take to exit before it is killed, in milliseconds. It has nothing left to do then.
     */
    private static final long ENDING = 250;

    private final @Nullable Process shell;

    private GroupGuard(@Nullable Process shell) {
        this.shell = shell;
    }

    /** A guard that guards nothing: there is no {@code setsid}, so there are no groups. */
    static GroupGuard none() {
        return new GroupGuard(null);
    }

    /**
     * Starts a guard, which waits for {@link #watch}. Where there is no {@code /bin/sh} it guards nothing.
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

    /** From now on the group of this number ends with this JVM. */
    void watch(long group) {
        tell(group + "\n");
    }

    /** The group has ended, or never was: the guard ends, and touches nothing. */
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
            } catch (IOException e) { // somebody has killed the guard
                LOG.log(Level.DEBUG, "the guard of a command is gone: {0}", e.getMessage());
            }
        }
    }
}
