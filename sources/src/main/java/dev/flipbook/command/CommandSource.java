package dev.flipbook.command;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.picture.NoPicturesException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pictures that a command prints on its standard output, as multipart of any dialect, JPEGs or PNGs back to back,
 * or Y4M.
 *
 * <p>The command is a program and its arguments, passed on as they are; no shell reads them. The command is started by
 * the first {@link #next}. {@link #close} ends it with everything that it has started, within 2 s: the processes are
 * asked to end, and killed after a second. Its standard error goes to the log, in a limited number of lines and without
 * passwords; the last line is the reason when the command fails. Its standard input is empty.
 *
 * <p>{@link #next} is confined to the source thread; any thread may call {@link #close}.
 */
public final class CommandSource implements FrameSource {

    /** Programs that print pictures when they are asked to, and how to ask them. */
    private static final Map<String, String> PRINTERS = Map.of(
            "rpicam-vid", "with --codec mjpeg",
            "libcamera-vid", "with --codec mjpeg",
            "ffmpeg", "when its line ends with: -c:v mjpeg -f mpjpeg -");

    private final List<String> command;
    private final SourceOptions options;
    private final Programs programs;
    private final Ticker ticker;
    private final LogAllowance allowance;
    private final String name;

    private volatile @Nullable RunningCommand running;

    // Confined to the source thread.
    private PipeFrames.Counts counts = PipeFrames.Counts.NONE;

    /**
     * A source of this command, which is not started yet.
     *
     * @param command the program, as a name that is looked up in the {@code PATH} or as a file, and its arguments
     * @param options options, which are followed as far as that is possible for pictures that are encoded already: a
     *     JPEG is turned without being encoded again
     * @throws IllegalArgumentException when there is no program
     */
    public CommandSource(List<String> command, SourceOptions options) {
        this(command, options, Map.of(), Set.of());
    }

    /**
     * A source of this command with further variables in its environment.
     *
     * @param command as in {@link #CommandSource(List, SourceOptions)}
     * @param options as in {@link #CommandSource(List, SourceOptions)}
     * @param environment variables that the command gets besides those of this program, or instead of them. The command
     *     is looked up in the {@code PATH} of this program
     * @param secrets texts that are replaced by {@code ***} wherever the command prints them to its standard error
     * @throws IllegalArgumentException when there is no program
     */
    public CommandSource(
            List<String> command, SourceOptions options, Map<String, String> environment, Set<String> secrets) {
        this(command, options, Programs.of(System.getenv("PATH")).with(environment, secrets), Ticker.system());
    }

    CommandSource(List<String> command, SourceOptions options, Programs programs, Ticker ticker) {
        if (command.isEmpty() || command.get(0).isBlank()) {
            throw new IllegalArgumentException("there is no command; it is a program and its arguments");
        }
        this.command = List.copyOf(command);
        this.options = options;
        this.programs = programs;
        this.ticker = ticker;
        this.allowance = new LogAllowance(ticker);
        Path file = Path.of(command.get(0)).getFileName();
        this.name = programs.secrets(command).hide(file == null ? command.get(0) : file.toString());
    }

    /**
     * Starts the command if it does not run, and waits for its next picture.
     *
     * @throws IOException when the command cannot be started, has ended, or prints something other than pictures; the
     *     message tells the user why
     */
    @Override
    public Frame next() throws IOException, InterruptedException {
        RunningCommand current = running;
        if (current == null) {
            List<String> words = new ArrayList<>(command);
            words.set(0, programs.resolve(command.get(0)));
            current = RunningCommand.start(words, name, programs, options, counts, allowance, ticker);
            running = current;
        }
        try {
            return current.next();
        } catch (NoPicturesException e) {
            throw noPictures(e);
        } finally {
            counts = current.counts();
        }
    }

    /** Adds advice to the failure: how this program prints pictures, or which converter makes them. */
    private NoPicturesException noPictures(NoPicturesException e) {
        String option = PRINTERS.getOrDefault(name, "");
        return option.isEmpty() || !e.isVideo()
                ? e.by("the command prints", "flipbook exec -- sh -c 'COMMAND | %s'")
                : e.advising("the command prints", name + " prints pictures " + option);
    }

    /** Ends the command with everything that it has started, within 2 s. */
    @Override
    public void close() {
        RunningCommand last = running;
        if (last != null) {
            last.close();
            running = null;
        }
    }

    /** The program's name. Its arguments are left out, because they may contain secrets. */
    @Override
    public String description() {
        return name;
    }

    @Override
    public Encoding encoding() {
        return counts.encoding();
    }

    @Override
    public long damaged() {
        return counts.damaged();
    }
}
