package dev.flipbook.app;

import dev.flipbook.FeedOptions;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The composition root: reads the command line, opens the sources, starts the server, waits for the end. */
@Command(
        name = "flipbook",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        subcommands = BenchCommand.class,
        description = "Turns anything that makes pictures into live video that every browser shows with an <img> tag.",
        footer = {
            "",
            "SOURCE is one of:",
            "  demo            the pictures 1, 2, 3, one each second",
            "  test            a moving pattern with frame number and clock",
            "  a video file    any format that FFmpeg reads, at its own speed, again and again",
            "",
            "NAME is what the feed is called in addresses; left out, it is made from the source.",
            "",
            "  flipbook demo",
            "  flipbook car.mp4 lobby=other.mkv",
            "  flipbook bench http://127.0.0.1:8080/video_feed",
        })
public final class Main implements Callable<Integer> {

    /** Bad command line, source or port. */
    static final int REFUSED = 2;

    @Parameters(paramLabel = "[NAME=]SOURCE", arity = "0..*", description = "What to show. Without any: demo.")
    private List<String> sources = List.of();

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            description = "Port to listen on; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
    private int port = ServerOptions.DEFAULT.port();

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to listen on. Default: ${DEFAULT-VALUE}, which only this machine reaches.")
    private String host = ServerOptions.DEFAULT.host();

    @Option(
            names = "--insecure",
            description = "Listen on another address than this machine's own although nobody is asked who they are.")
    private boolean insecure;

    @Option(
            names = "--host-name",
            paramLabel = "NAME",
            description = "A further name by which browsers may address this server. May be repeated.")
    private Set<String> hostNames = Set.of();

    @Option(
            names = "--embed-origin",
            paramLabel = "ORIGIN",
            description =
                    "Let pages of this origin (https://wall.example; null: pages opened from a file) show and read"
                            + " the feeds. Pages served from this machine may show them anyway. May be repeated.")
    private Set<String> embedOrigins = Set.of();

    @Option(
            names = "--memory",
            paramLabel = "MIB",
            description = "Direct memory for the frames of all feeds in MiB, 1 to 65536; above it frames are dropped."
                    + " Default: 256, or three quarters of the heap if that is less.")
    private int memory;

    @Option(names = "--fps", paramLabel = "N", description = "At most N frames a second, 1 to 1000; 0 for all.")
    private int fps;

    @Option(names = "--size", paramLabel = "WxH", description = "Size of the pictures in pixels, such as 640x480.")
    private String size = "";

    @Option(
            names = "--quality",
            paramLabel = "Q",
            description = "Quality of the JPEGs that are made, 1 to 100. Default: ${DEFAULT-VALUE}.")
    private int quality = SourceOptions.DEFAULT.quality();

    @Spec
    private CommandSpec spec;

    // picocli fills the fields above, the specification too
    @SuppressWarnings("NullAway.Init")
    Main() {}

    /** Runs the program; the only place that ends the process. */
    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs the program and returns its exit code: 0, or 2 when it was refused. */
    static int run(String... arguments) {
        return new CommandLine(new Main())
                .setParameterExceptionHandler(Main::refuse)
                .setExecutionExceptionHandler((e, line, _) -> refuse(line.getErr(), e))
                .execute(arguments);
    }

    @Override
    public Integer call() throws Exception {
        Ending ending = Ending.onSignals();
        Map<String, FrameSource> feeds =
                new NamedSources(options()).open(sources.isEmpty() ? List.of("demo") : sources);
        ServerOptions options =
                new ServerOptions(host, port, insecure, hostNames, embedOrigins, waiting(), Deadlines.DEFAULT);
        try (Flipbook flipbook = Flipbook.start(options)) {
            feeds.forEach(flipbook::feed);
            PrintWriter out = spec.commandLine().getOut();
            out.println("Flipbook shows " + String.join(", ", feeds.keySet()) + " at " + flipbook.address());
            out.flush();
            ending.await();
        }
        return 0;
    }

    private FeedOptions waiting() {
        if (memory == 0) {
            return FeedOptions.DEFAULT;
        }
        if (memory < 1 || memory > 65_536) {
            throw new ParameterException(spec.commandLine(), "--memory is " + memory + "; it goes from 1 to 65536 MiB");
        }
        return FeedOptions.DEFAULT.withBlockCeiling((long) memory << 20);
    }

    private SourceOptions options() {
        if (size.isEmpty()) {
            return new SourceOptions(fps, 0, 0, quality);
        }
        String[] sides = size.split("x", -1);
        try {
            return new SourceOptions(fps, Integer.parseInt(sides[0]), Integer.parseInt(sides[1]), quality);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new ParameterException(
                    spec.commandLine(), "--size is '" + size + "'; it is WIDTHxHEIGHT in pixels, such as 640x480", e);
        }
    }

    private static int refuse(ParameterException e, String[] arguments) {
        return refuse(e.getCommandLine().getErr(), e);
    }

    private static int refuse(PrintWriter err, Exception e) throws IllegalStateException {
        if (!(e instanceof ParameterException || e instanceof IOException || e instanceof IllegalArgumentException)) {
            throw new IllegalStateException(e); // a fault of ours: its trace helps
        }
        // what was typed is repeated, but for the password in an address
        err.println("flipbook: " + String.valueOf(e.getMessage()).replaceAll("//[^/\\s]*@", "//"));
        err.flush();
        return REFUSED;
    }

    /** The version that the jar was built as. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"flipbook " + (version == null ? "(unpackaged)" : version)};
        }
    }
}
