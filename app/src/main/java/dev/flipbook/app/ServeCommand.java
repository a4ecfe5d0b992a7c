package dev.flipbook.app;

import dev.flipbook.FeedOptions;
import dev.flipbook.FrameSourceProvider;
import dev.flipbook.FrameSourceProvider.Camera;
import dev.flipbook.SourceOptions;
import dev.flipbook.app.bench.BenchCommand;
import dev.flipbook.app.config.CommandLine;
import dev.flipbook.app.config.ConfigReader;
import dev.flipbook.app.config.Configuration;
import dev.flipbook.app.config.FeedSettings;
import dev.flipbook.app.console.Arguments;
import dev.flipbook.app.console.Program;
import dev.flipbook.app.console.ShutdownSignal;
import dev.flipbook.app.control.PauseCommand;
import dev.flipbook.app.publish.PublishCommand;
import dev.flipbook.app.serve.ConfigInput;
import dev.flipbook.app.serve.LiveConfiguration;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.Options;

/**
 * Serves feeds, the main purpose of the program: opens the sources, starts the server, and waits for the end. All parts
 * are wired together here.
 */
final class ServeCommand {

    private static final String CONFIG = "config";

    private ServeCommand() {}

    static String help() {
        return """
                Usage: flipbook [OPTIONS] [[NAME=]SOURCE...]
                       flipbook [OPTIONS] [NAME=]exec -- CMD [ARGS...]
                       flipbook cameras
                       flipbook publish [OPTIONS] URL
                       flipbook pause|resume [OPTIONS] NAME
                       flipbook bench [OPTIONS] URL
                       flipbook check [OPTIONS] FILE

                Turns anything that makes pictures into live video that every browser shows
                with an <img> tag.

                  [NAME=]SOURCE...         What to show. Without any: every camera that is
                                           found, and demo.
                  -c, --config=FILE        Serve what this file says too, and follow its
                                           changes. Default: FLIPBOOK_CONFIG, if it is set.
                  -p, --port=PORT          Port to listen on; 0 takes a free one.
                                           Default: %d.
                      --host=ADDRESS       Address to listen on; 0.0.0.0 for all.
                                           Default: %s, which only this machine
                                           reaches.
                      --listen=ADDRESS:PORT
                                           Both in one, such as 0.0.0.0:80 or [::1]:8080.
                      --insecure           Allow listening on other than loopback addresses,
                                           without any authentication.
                      --host-name=NAME     A further name of this server, besides those of this
                                           machine, such as a proxy's. May be repeated.
                      --names=NAME         The same.
                      --embed-origin=ORIGIN
                                           Let pages of this origin (https://wall.example;
                                           null: pages opened from a file) show and read the
                                           feeds, and have the page in a frame. Pages served
                                           from this machine may anyway. May be repeated.
                      --embed=ORIGIN       The same.
                      --connections-per-address=N
                                           How many connections one address may hold, 1 to
                                           20000. Default: 2000, and 15000 for this machine,
                                           where a proxy may connect for many clients.
                      --memory=SIZE        Direct memory for the frames of all feeds, 1MiB to
                                           64GiB, or a number of MiB; above it frames are
                                           dropped. Default: 256MiB, or three quarters of the
                                           heap if that is less.
                      --fps=N              At most N frames a second, 1 to 1000; 0 for all.
                      --size=WxH           Size of the pictures in pixels, such as 640x480.
                      --quality=Q          Quality of the JPEGs that are made, 1 to 100.
                                           Default: %d.
                      --rotate=DEGREES     Turn the pictures clockwise: 90, 180 or 270.
                      --mirror             Change left and right, before the turn.
                      --interval=TIME      Time between two pictures of a folder or of an
                                           address that gives one picture at a time, such as
                                           500ms; a number is seconds. Default: 1s.
                      --follow             Show the newest picture of a folder when it appears.
                      --format=FORMAT      A camera's format, such as MJPEG or YUYV.
                      --range=LOW-HIGH     Values of black and white in grey pictures with
                                           16 bits (depth, heat), such as 500-4500.
                                           Default: the range of values in each picture.
                      --control=NAME=VALUE Set a control of a camera; the status of its feed
                                           lists the controls. May be repeated.
                      --start-timeout=TIME How long a source may take for its first picture,
                                           1s to 1d. Default: %ds.
                      --stall-timeout=TIME How long it may be silent then, but at least ten
                                           times as long as between two pictures. Default: %ds.
                      --idle-stop=TIME     How long a source stays open after its last viewer
                                           has left. Default: %ds.
                      --set=KEY=VALUE      Any setting by its key in a configuration file, such
                                           as feeds.door.fps=15. May be repeated.
                  -h, --help               Show this help and exit.
                  -V, --version            Show the version and exit.

                SOURCE is one of:
                  demo            the pictures 1, 2, 3, one each second
                  test            a moving pattern with frame number and clock
                  a video file    any format that FFmpeg reads, at its own speed, in a loop
                  a folder        of pictures, or a pattern in quotes: 'shots/*.png'
                  a picture       one file; it is shown again when it changes
                  webcam          the first camera; or /dev/video0, or part of a camera's name
                  picam           the Raspberry Pi's camera
                  screen          this screen
                  rtsp://...      a network camera
                  http://...      an MJPEG stream, or a picture that is asked for again and
                                  again; https:// too
                  exec -- CMD     what a command prints: MJPEG, JPEGs, PNGs or Y4M
                  -               the same from standard input
                  publish         what another program sends over HTTP

                NAME is what the feed is called in addresses; left out, it is made from the
                source.

                Commands, which come first:
                  cameras  Lists the cameras of this machine with what they offer.
                  publish  Sends standard input (MJPEG or pictures) to a feed of a running
                           Flipbook.
                  pause    Closes the camera of a feed of a running Flipbook; viewers see
                           why. resume shows it again.
                  bench    Opens 1, 10, 100, 1000 viewers of an MJPEG stream, of any server,
                           and shows what each of them gets.
                  check    Says what is wrong in a configuration file, and where.

                  flipbook demo
                  flipbook car.mp4 lobby=other.mkv
                  flipbook door=rtsp://admin:secret@door.local/stream1
                  flipbook robot=exec -- ssh robot rpicam-vid -t 0 --codec mjpeg -o -
                  flipbook bench http://127.0.0.1:8080/video_feed
                """.formatted(
                        ServerOptions.DEFAULT.port(),
                        ServerOptions.DEFAULT.host(),
                        SourceOptions.DEFAULT.quality(),
                        FeedOptions.DEFAULT.startTimeout().toSeconds(),
                        FeedOptions.DEFAULT.stallTimeout().toSeconds(),
                        FeedOptions.DEFAULT.idleStop().toSeconds());
    }

    static Options options() {
        Options options = new Options().addOption(Arguments.valued("c", CONFIG, "FILE"));
        CommandLine.options().forEach(options::addOption);
        return options.addOption(Arguments.flag("h", "help")).addOption(Arguments.flag("V", "version"));
    }

    static int run(List<String> words) throws IOException, InterruptedException {
        int exec = exec(words);
        List<String> command = exec < 0 ? List.of() : words.subList(exec + 2, words.size());
        Arguments arguments = Arguments.read("flipbook", options(), exec < 0 ? words : words.subList(0, exec + 1));
        if (arguments.has("help")) {
            System.out.print(help());
        } else if (arguments.has("version")) {
            System.out.println(Program.version());
        } else {
            serve(input(arguments, command, System.getenv()));
        }
        return 0;
    }

    /** The index of {@code exec --}, after which all words belong to the command; -1 if there is none. */
    private static int exec(List<String> words) {
        for (int i = 0; i + 1 < words.size(); i++) {
            String word = words.get(i);
            if (words.get(i + 1).equals("--")
                    && (word.equals(NamedSources.EXEC) || word.endsWith("=" + NamedSources.EXEC))) {
                return i;
            }
        }
        return -1;
    }

    private static void serve(ConfigInput input) throws IOException, InterruptedException {
        ShutdownSignal ending = ShutdownSignal.onSignals();
        try (LiveConfiguration configuration = LiveConfiguration.read(input, System.getenv());
                Flipbook flipbook = Flipbook.start(configuration.options())) {
            configuration.serve(flipbook);
            ShutdownSignal.onHangup(configuration::reload);
            String feeds = String.join(", ", configuration.feeds());
            List<String> addresses =
                    flipbook.addresses().stream().map(URI::toString).toList();
            System.out.println("Flipbook shows " + (feeds.isEmpty() ? "no feed yet" : feeds) + " at "
                    + String.join("\n  also at ", addresses));
            ending.await();
        }
    }

    /** The command line, and the file that it or the environment names. */
    private static ConfigInput input(Arguments arguments, List<String> command, Map<String, String> environment) {
        String typed = arguments.text(CONFIG, environment.getOrDefault("FLIPBOOK_CONFIG", ""));
        if (arguments.has(CONFIG) && typed.isEmpty()) {
            throw new IllegalArgumentException("--config names no file; it is written --config=FILE");
        }
        Optional<Path> file = typed.isEmpty() ? Optional.empty() : Optional.of(CheckCommand.file(typed));
        return new ConfigInput(
                configuration(arguments, command, file.isPresent()), file, new ConfigReader(environment));
    }

    /**
     * What the command line asks for.
     *
     * @param withFile whether there is a configuration file; without both file and sources, every camera is served
     */
    static Configuration configuration(Arguments arguments, List<String> command, boolean withFile) {
        CommandLine line = new CommandLine(arguments);
        return line.configuration(feeds(arguments, command, withFile, new NamedSources(line::feed)));
    }

    private static Map<String, FeedSettings> feeds(
            Arguments arguments, List<String> command, boolean withFile, NamedSources named) {
        List<String> sources = arguments.words();
        for (String name : List.of(
                BenchCommand.NAME, CamerasCommand.NAME, CheckCommand.NAME, PauseCommand.PAUSE, PauseCommand.RESUME)) {
            if (sources.contains(name)) {
                throw new IllegalArgumentException(
                        name + " comes first, and takes no options of the server: flipbook " + name);
            }
        }
        int publish = sources.indexOf(PublishCommand.NAME);
        if (publish >= 0
                && sources.subList(publish + 1, sources.size()).stream().anyMatch(s -> s.contains("/feeds/"))) {
            throw new IllegalArgumentException("publish comes first when it sends pictures: flipbook publish URL");
        }
        if (!sources.isEmpty() || withFile) {
            return named.read(sources, command);
        }
        List<Camera> cameras = FrameSourceProvider.allCameras();
        if (cameras.isEmpty()) {
            Program.complain("no camera was found; this is the emulated one");
        }
        return named.all(cameras);
    }
}
