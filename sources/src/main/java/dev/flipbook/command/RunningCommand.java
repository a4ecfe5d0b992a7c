package dev.flipbook.command;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.picture.NoPicturesException;
import dev.flipbook.picture.PictureStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One run of a command: its frames, what it prints on its standard error, and why it ended.
 *
 * <p>Three threads belong to a run: one reads the pictures, one reads the standard error, one waits for the process and
 * ends what it has started. All of them end with the run. One thread at a time may call {@link #next}; any thread may
 * call {@link #close}.
 */
final class RunningCommand implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /** Maximum time in milliseconds for the last pictures and words of a process that has ended. */
    private static final long LEFTOVERS = 500;

    /** Exit codes above this mean a signal: this plus its number. Shells and Java agree on that. */
    private static final int BY_SIGNAL = 128;

    private static final String ENDED = "the command ended";

    private final ProcessGroup group;
    private final Process process;
    private final PipeFrames frames;
    private final ErrorLines errors;
    private final Thread errorReader;
    private final Thread watcher;
    private final Thread atExit;

    private RunningCommand(ProcessGroup group, PipeFrames frames, ErrorLines errors, String name) {
        this.group = group;
        this.process = group.process();
        this.frames = frames;
        this.errors = errors;
        this.errorReader = daemon(errors, "flipbook-stderr-" + name);
        this.watcher = daemon(this::watch, "flipbook-command-" + name);
        this.atExit = new Thread(group::end, "flipbook-end-" + name);
    }

    /**
     * Starts a run.
     *
     * @param command its first word resolved by {@code programs}
     * @param name for threads and the log
     * @param before figures of earlier runs
     * @param allowance log lines of the source, shared by all its runs
     * @throws IOException when the command cannot be started
     */
    static RunningCommand start(
            List<String> command,
            String name,
            Programs programs,
            SourceOptions options,
            PipeFrames.Counts before,
            LogAllowance allowance,
            Ticker ticker)
            throws IOException {
        ProcessGroup group = ProcessGroup.start(command, programs);
        Process process = group.process();
        ErrorLines errors = new ErrorLines(
                process.getErrorStream(),
                name,
                programs.secrets(command),
                allowance,
                ticker,
                line -> LOG.log(Level.INFO, line));
        PictureStream pictures = new PictureStream(process.getInputStream(), "", options, ticker);
        RunningCommand running =
                new RunningCommand(group, new PipeFrames(pictures, before, "flipbook-read-" + name), errors, name);
        running.begin();
        return running;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private void begin() throws IOException {
        errorReader.start();
        watcher.start();
        try {
            // an application may end without closing its feeds, for example on a hangup
            Runtime.getRuntime().addShutdownHook(atExit);
        } catch (IllegalStateException e) {
            close();
            throw new IOException("no command is started any more: the program is ending", e);
        }
    }

    /**
     * Waits for the next frame.
     *
     * @throws IOException when the command has ended, or what it prints cannot be shown; the message says why
     * @throws InterruptedException when the thread was interrupted
     */
    Frame next() throws IOException, InterruptedException {
        try {
            return frames.next();
        } catch (EOFException e) {
            throw new IOException(whyEnded(), e);
        } catch (NoPicturesException e) {
            String why = e.ended() ? whyEnded() : ENDED;
            throw why.equals(ENDED) ? e : new IOException(why, e);
        }
    }

    PipeFrames.Counts counts() {
        return frames.counts();
    }

    /** The reason why there are no more pictures, in words for people. */
    private String whyEnded() throws InterruptedException {
        if (!process.waitFor(LEFTOVERS, TimeUnit.MILLISECONDS)) {
            return "the command prints nothing more: it has closed its standard output";
        }
        errorReader.join(LEFTOVERS);
        int code = process.exitValue();
        if (code == 0) {
            return ENDED;
        }
        String words = errors.last();
        String how = code > BY_SIGNAL && code <= BY_SIGNAL + 31
                ? "the command was ended by signal " + (code - BY_SIGNAL)
                : "the command exited with " + code;
        return words.isEmpty() ? how : how + ": " + words;
    }

    /**
     * Waits for the command to end, and then ends what it has started. That closes the pipe, so that nobody waits for
     * it.
     */
    private void watch() {
        try {
            process.waitFor();
            group.end();
            frames.join(LEFTOVERS);
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "interrupted while waiting for a command to end", e);
        }
        frames.end(new EOFException("the command's output is held open by a process that does not belong to it"));
    }

    /** Ends the command with everything that it has started, within 2 s. */
    @Override
    public void close() {
        frames.end(new IOException("the command was closed"));
        group.end();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            LOG.log(Level.DEBUG, "a command is ended because the program is ending");
        }
        try {
            watcher.join(LEFTOVERS);
            errorReader.join(LEFTOVERS / 5);
            frames.join(LEFTOVERS / 5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
