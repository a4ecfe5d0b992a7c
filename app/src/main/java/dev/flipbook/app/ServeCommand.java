package dev.flipbook.app;

import dev.flipbook.FeedOptions;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.commons.cli.Options;

/** What the program is for, and the composition root: opens the sources, starts the server, waits for the end. */
final class ServeCommand {

    private static final int LARGEST_MEMORY = 65_536;

    private ServeCommand() {}

    static String help() {
        return """
                Usage: flipbook [OPTIONS] [[NAME=]SOURCE...]
                       flipbook bench [OPTIONS] URL

                Turns anything that makes pictures into live video that every browser shows
                with an <img> tag.

                  [NAME=]SOURCE...         What to show. Without any: demo.
                  -p, --port=PORT          Port to listen on; 0 takes a free one.
                                           Default: %d.
                      --host=ADDRESS       Address to listen on. Default: %s, which
                                           only this machine reaches.
                      --insecure           Listen on another address than this machine's own
                                           although nobody is asked who they are.
                      --host-name=NAME     A further name by which browsers may address this
                                           server. May be repeated.
                      --embed-origin=ORIGIN
                                           Let pages of this origin (https://wall.example;
                                           null: pages opened from a file) show and read the
                                           feeds. Pages served from this machine may show
                                           them anyway. May be repeated.
                      --memory=MIB         Direct memory for the frames of all feeds in MiB,
                                           1 to %d; above it frames are dropped. Default:
                                           256, or three quarters of the heap if that is less.
                      --fps=N              At most N frames a second, 1 to 1000; 0 for all.
                      --size=WxH           Size of the pictures in pixels, such as 640x480.
                      --quality=Q          Quality of the JPEGs that are made, 1 to 100.
                                           Default: %d.
                  -h, --help               Show this help and exit.
                  -V, --version            Show the version and exit.

                SOURCE is one of:
                  demo            the pictures 1, 2, 3, one each second
                  test            a moving pattern with frame number and clock
                  a video file    any format that FFmpeg reads, at its own speed, in a loop

                NAME is what the feed is called in addresses; left out, it is made from the
                source.

                Commands, which stand first:
                  bench    Opens 1, 10, 100, 1000 viewers of an MJPEG stream, of any server,
                           and shows what each of them gets.

                  flipbook demo
                  flipbook car.mp4 lobby=other.mkv
                  flipbook bench http://127.0.0.1:8080/video_feed
                """.formatted(
                        ServerOptions.DEFAULT.port(),
                        ServerOptions.DEFAULT.host(),
                        LARGEST_MEMORY,
                        SourceOptions.DEFAULT.quality());
    }

    static Options options() {
        return new Options()
                .addOption(Arguments.valued("p", "port", "PORT"))
                .addOption(Arguments.valued(null, "host", "ADDRESS"))
                .addOption(Arguments.flag(null, "insecure"))
                .addOption(Arguments.valued(null, "host-name", "NAME"))
                .addOption(Arguments.valued(null, "embed-origin", "ORIGIN"))
                .addOption(Arguments.valued(null, "memory", "MIB"))
                .addOption(Arguments.valued(null, "fps", "N"))
                .addOption(Arguments.valued(null, "size", "WxH"))
                .addOption(Arguments.valued(null, "quality", "Q"))
                .addOption(Arguments.flag("h", "help"))
                .addOption(Arguments.flag("V", "version"));
    }

    static int run(List<String> words) throws IOException, InterruptedException {
        Arguments arguments = Arguments.read("flipbook", options(), words);
        if (arguments.has("help")) {
            System.out.print(help());
        } else if (arguments.has("version")) {
            System.out.println(Main.version());
        } else {
            serve(server(arguments), sources(arguments));
        }
        return 0;
    }

    private static void serve(ServerOptions options, Map<String, FrameSource> sources)
            throws IOException, InterruptedException {
        Ending ending = Ending.onSignals();
        try (Flipbook flipbook = Flipbook.start(options)) {
            sources.forEach(flipbook::feed);
            System.out.println("Flipbook shows " + String.join(", ", sources.keySet()) + " at " + flipbook.address());
            ending.await();
        }
    }

    private static ServerOptions server(Arguments arguments) {
        return new ServerOptions(
                arguments.text("host", ServerOptions.DEFAULT.host()),
                arguments.number("port", 0, 65_535, ServerOptions.DEFAULT.port()),
                arguments.has("insecure"),
                arguments.all("host-name"),
                arguments.all("embed-origin"),
                feeds(arguments),
                Deadlines.DEFAULT);
    }

    private static FeedOptions feeds(Arguments arguments) {
        int memory = arguments.number("memory", 1, LARGEST_MEMORY, 0);
        return memory == 0 ? FeedOptions.DEFAULT : FeedOptions.DEFAULT.withBlockCeiling((long) memory << 20);
    }

    private static Map<String, FrameSource> sources(Arguments arguments) throws IOException {
        List<String> sources = arguments.words();
        if (sources.contains(BenchCommand.NAME)) {
            throw new IllegalArgumentException(
                    "bench stands first, and takes no options of the server: flipbook bench URL");
        }
        return new NamedSources(pictures(arguments)).open(sources.isEmpty() ? List.of("demo") : sources);
    }

    private static SourceOptions pictures(Arguments arguments) {
        int fps = arguments.number("fps", 0, 1000, SourceOptions.DEFAULT.fps());
        int quality = arguments.number("quality", 1, 100, SourceOptions.DEFAULT.quality());
        if (!arguments.has("size")) {
            return new SourceOptions(fps, 0, 0, quality);
        }
        String size = arguments.text("size", "");
        String[] sides = size.split("x", -1);
        try {
            if (sides.length == 2) {
                return new SourceOptions(fps, Integer.parseInt(sides[0]), Integer.parseInt(sides[1]), quality);
            }
        } catch (NumberFormatException e) {
            // said below, as for another number of sides
        }
        throw new IllegalArgumentException("--size is '" + size + "'; it is WIDTHxHEIGHT in pixels, such as 640x480");
    }
}
