package dev.flipbook.app;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.flipbook.Ticker;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Opens more and more viewers of a stream, of any MJPEG server, and shows what each of them gets. */
@Command(
        name = "bench",
        sortOptions = false,
        usageHelpAutoWidth = true,
        description =
                "Opens 1, 10, 100, 1000 viewers of an MJPEG stream, of any server, and shows what each of them gets.",
        footer = {
            "",
            "fps       frames a second of the median, the slowest and the fastest viewer",
            "MB/s      what all viewers got together",
            "missed    frames that the viewers saw less than the fastest of them, added up;",
            "          one less is nothing, it stands at the edge of the time measured",
            "age       from the capture of a picture to its last byte at a viewer",
            "",
            "  flipbook bench http://127.0.0.1:8080/video_feed",
            "  flipbook bench --viewers=100,500 --json http://127.0.0.1:8080/video_feed",
        })
final class BenchCommand implements Callable<Integer> {

    /** More would need several addresses to come from. */
    private static final int MOST_VIEWERS = 20_000;

    private static final int LONGEST = 3600;

    /** Files that the run needs besides its connections, and some to spare. */
    private static final int FURTHER_FILES = 32;

    @Parameters(paramLabel = "URL", description = "Address of the stream: http://[NAME:PASSWORD@]HOST[:PORT]/PATH.")
    private String url = "";

    @Option(
            names = "--viewers",
            paramLabel = "LIST",
            split = ",",
            hideParamSyntax = true,
            defaultValue = "1,10,100,1000",
            description = "How many viewers at once, 1 to 20000, one step after the other. Default: ${DEFAULT-VALUE}.")
    private List<Integer> viewers = List.of();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long each step is measured. Default: ${DEFAULT-VALUE}.")
    private int seconds = 10;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Seconds before that, in which nothing counts. Default: ${DEFAULT-VALUE}.")
    private int warmUp = 2;

    @Option(names = "--json", description = "Print one JSON document instead of a table.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    @Spec
    private CommandSpec spec;

    private final List<LoadStep> steps = new ArrayList<>();

    // picocli fills the fields above, the specification too
    @SuppressWarnings("NullAway.Init")
    BenchCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        checkOptions();
        Ending ending = Ending.onSignals();
        BenchTarget target = BenchTarget.of(url);
        PrintWriter err = spec.commandLine().getErr();
        ProgressLine progress = ProgressLine.on(err);
        for (int count : viewers) {
            if (!ending.asked() && hasRoomFor(count, err)) {
                LoadStep step = step(target, count, ending, progress);
                progress.clear();
                report(target, step, ending, err);
            }
        }
        if (steps.isEmpty() && !ending.asked()) {
            return Main.REFUSED; // it was said why
        }
        end(target);
        return 0;
    }

    private void checkOptions() {
        if (!spec.commandLine().getParent().getParseResult().matchedArgs().isEmpty()) {
            throw refused("bench stands first, and takes no options of the server: flipbook bench URL");
        }
        for (int count : viewers) {
            if (count < 1 || count > MOST_VIEWERS) {
                throw refused("--viewers holds " + count + "; each number is 1 to " + MOST_VIEWERS);
            }
        }
        if (seconds < 1 || seconds > LONGEST) {
            throw refused("--seconds is " + seconds + "; it is 1 to " + LONGEST);
        }
        if (warmUp < 0 || warmUp > LONGEST) {
            throw refused("--warm-up is " + warmUp + "; it is 0 to " + LONGEST);
        }
    }

    private ParameterException refused(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private LoadStep step(BenchTarget target, int count, Ending ending, ProgressLine progress)
            throws IOException, InterruptedException {
        LoadRun run = new LoadRun(target, count, Ticker.system(), ending, progress::show);
        LoadStep step = run.run(warmUp, seconds);
        if (step.connected() == 0 && steps.isEmpty() && !ending.asked()) {
            progress.clear();
            throw new IOException(target.shown() + " " + run.refusal());
        }
        return step;
    }

    /** Whether this process may open so many connections; says so when not. */
    private boolean hasRoomFor(int count, PrintWriter err) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean files) {
            long needed = files.getOpenFileDescriptorCount() + count + FURTHER_FILES;
            long allowed = files.getMaxFileDescriptorCount();
            if (needed > allowed) {
                err.println("flipbook: " + count + " viewers are left out: they need " + needed + " open files, and "
                        + allowed + " are allowed here; allow more with: ulimit -n " + needed);
                err.flush();
                return false;
            }
        }
        return true;
    }

    private void report(BenchTarget target, LoadStep step, Ending ending, PrintWriter err) {
        if (ending.asked() && step.seconds() == 0) {
            return;
        }
        if (steps.isEmpty()) {
            say(target.shown() + "  (" + seconds + " s each, after " + warmUp + " s)");
            say(BenchTable.HEADER);
        }
        steps.add(step);
        say(BenchTable.row(step));
        List<String> notes = new ArrayList<>(step.notes());
        if (ending.asked() && step.seconds() < seconds) {
            notes.add(String.format("ended after %.1f s", step.seconds()));
        }
        for (String note : notes) {
            say("          " + note);
            if (json) {
                err.println("flipbook: " + note);
                err.flush();
            }
        }
    }

    /** Prints a line of the table, unless JSON was asked for. */
    private void say(String line) {
        if (!json) {
            print(line);
        }
    }

    private void print(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    private void end(BenchTarget target) {
        if (json) {
            print(BenchJson.of(target.shown(), seconds, steps));
        } else if (steps.stream().anyMatch(step -> step.allFrames() > 0)) {
            print(BenchTable.clock(steps).sentence());
        }
    }
}
