package dev.flipbook.app.bench;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.flipbook.Ticker;
import dev.flipbook.app.console.Arguments;
import dev.flipbook.app.console.Program;
import dev.flipbook.app.console.ShutdownSignal;
import dev.flipbook.text.PlainText;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.Options;

/** Opens more and more viewers of a stream of any MJPEG server, and shows what each of them receives. */
public final class BenchCommand {

    public static final String NAME = "bench";

    private static final String VIEWERS = "1,10,100,1000";
    private static final int SECONDS = 10;
    private static final int WARM_UP = 2;

    /** Maximum number of viewers. More would need several client addresses. */
    private static final int MAX_VIEWERS = 20_000;

    private static final int MAX_SECONDS = 3600;

    /** Files that the process needs in addition to its connections, with some reserve. */
    private static final int FURTHER_FILES = 32;

    private final BenchTarget target;
    private final List<Integer> viewers;
    private final int seconds;
    private final int warmUp;
    private final boolean json;
    private final List<LoadStep> steps = new ArrayList<>();

    private BenchCommand(Arguments arguments) throws IOException {
        viewers = arguments.numbers("viewers", 1, MAX_VIEWERS, VIEWERS);
        seconds = arguments.number("seconds", 1, MAX_SECONDS, SECONDS);
        warmUp = arguments.number("warm-up", 0, MAX_SECONDS, WARM_UP);
        json = arguments.has("json");
        if (arguments.words().size() != 1) {
            throw new IllegalArgumentException(
                    "bench takes one URL, such as http://127.0.0.1:8080/video_feed; here are "
                            + arguments.words().size());
        }
        target = BenchTarget.of(arguments.words().getFirst());
    }

    public static String help() {
        return """
                Usage: flipbook bench [OPTIONS] URL

                Opens 1, 10, 100, 1000 viewers of an MJPEG stream, of any server, and shows
                what each of them gets.

                  URL                  Address of the stream:
                                       http://[NAME:PASSWORD@]HOST[:PORT]/PATH
                      --viewers=LIST   How many viewers at once, 1 to %d, one step after
                                       the other. Default: %s.
                      --seconds=N      How long each step is measured, 1 to %4$d. Default: %3$d.
                      --warm-up=N      Seconds of warm-up, which are not measured, 0 to %4$d.
                                       Default: %5$d.
                      --json           Print one JSON document instead of a table.
                  -h, --help           Show this help and exit.

                fps       frames a second of the median, the slowest and the fastest viewer
                MB/s      what all viewers got together
                missed    frames that the viewers got fewer than the fastest of them, added up;
                          one fewer means nothing: it is at the edge of the time measured
                age       from the capture of a picture to its last byte at a viewer

                  flipbook bench http://127.0.0.1:8080/video_feed
                  flipbook bench --viewers=100,500 --json http://127.0.0.1:8080/video_feed
                """.formatted(MAX_VIEWERS, VIEWERS, SECONDS, MAX_SECONDS, WARM_UP);
    }

    public static Options options() {
        return new Options()
                .addOption(Arguments.valued(null, "viewers", "LIST"))
                .addOption(Arguments.valued(null, "seconds", "N"))
                .addOption(Arguments.valued(null, "warm-up", "N"))
                .addOption(Arguments.flag(null, "json"))
                .addOption(Arguments.flag("h", "help"));
    }

    public static int run(List<String> words) throws IOException, InterruptedException {
        Arguments arguments = Arguments.read("flipbook " + NAME, options(), words);
        if (arguments.has("help")) {
            System.out.print(help());
            return 0;
        }
        return new BenchCommand(arguments).measure();
    }

    private int measure() throws IOException, InterruptedException {
        ShutdownSignal ending = ShutdownSignal.onSignals();
        ProgressLine progress = ProgressLine.onStandardError();
        for (int count : viewers) {
            if (!ending.isRequested() && hasRoomFor(count)) {
                LoadStep step = step(count, ending, progress);
                progress.clear();
                report(step, ending);
            }
        }
        if (steps.isEmpty() && !ending.isRequested()) {
            return Program.REFUSED; // the reason was printed before
        }
        end();
        return 0;
    }

    private LoadStep step(int count, ShutdownSignal ending, ProgressLine progress)
            throws IOException, InterruptedException {
        LoadRun run = new LoadRun(target, count, Ticker.system(), ending, progress::show);
        LoadStep step = run.run(warmUp, seconds);
        if (step.connected() == 0 && steps.isEmpty() && !ending.isRequested()) {
            progress.clear();
            throw new IOException(target.shown() + " " + run.refusal());
        }
        return step;
    }

    /** Whether this process may open a connection for each of these viewers. Prints the reason if it may not. */
    private boolean hasRoomFor(int count) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean files) {
            long needed = files.getOpenFileDescriptorCount() + count + FURTHER_FILES;
            long allowed = files.getMaxFileDescriptorCount();
            if (needed > allowed) {
                Program.complain(count + " viewers are left out: they need " + needed + " open files, and " + allowed
                        + " are allowed here; allow more with: ulimit -n " + needed);
                return false;
            }
        }
        return true;
    }

    private void report(LoadStep step, ShutdownSignal ending) {
        if (ending.isRequested() && step.seconds() == 0) {
            return;
        }
        if (steps.isEmpty()) {
            say(target.shown() + "  (" + seconds + " s each, after " + warmUp + " s)");
            say(BenchTable.HEADER);
        }
        steps.add(step);
        say(BenchTable.row(step));
        List<String> notes = new ArrayList<>(step.notes());
        if (ending.isRequested() && step.seconds() < seconds) {
            notes.add(String.format("ended after %.1f s", step.seconds()));
        }
        for (String note : notes) {
            say("          " + note);
            if (json) {
                Program.complain(note);
            }
        }
    }

    /** Prints a line of the table, unless JSON was requested. */
    private void say(String line) {
        if (!json) {
            System.out.println(PlainText.line(line, "?")); // notes quote the server
        }
    }

    private void end() {
        if (json) {
            System.out.println(BenchJson.of(target.shown(), seconds, steps));
        } else if (steps.stream().anyMatch(step -> step.allFrames() > 0)) {
            System.out.println(BenchTable.clock(steps).sentence());
        }
    }
}
