package dev.flipbook.it.source;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.Installed;
import dev.flipbook.it.kit.LengthReader;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ScriptedSource;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A source delivers one picture and then nothing. The usual programs for reading streams stay connected and see the
 * picture again. Each program ends by itself when it has two pictures, although there is only one.
 */
@Timeout(300)
class StillSceneIT {

    /** Reads two pictures and says how large the second is. */
    private static final String OPENCV = """
            import cv2, sys
            stream = cv2.VideoCapture(sys.argv[1])
            for number in (1, 2):
                there, picture = stream.read()
                if not there:
                    sys.exit('picture %d did not come' % number)
            print(picture.shape)
            """;

    @TempDir
    Path folder;

    private final ScriptedSource source = new ScriptedSource();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private Flipbook flipbook;
    private Feed feed;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : toClose.reversed()) {
            one.close();
        }
        assertThat(source.openings()).as("the source stayed open").isEqualTo(1);
    }

    @Test
    void ffmpegSeesItAgainAfterFiveSeconds() throws Exception {
        String ffmpeg = Installed.program("ffmpeg", "it stays with a still scene");
        String url = serve(FeedOptions.DEFAULT.repeatAfter());
        long asked = System.nanoTime();
        assertThat(output(ffmpeg, "-nostdin", "-v", "error", "-i", url, "-frames:v", "2", "-f", "null", "-"))
                .isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThan(Duration.ofSeconds(4));
        assertStill();
    }

    @Test
    void gstreamerSeesItAgain() throws Exception {
        String unseen = "GStreamer stays with a still scene";
        String gst = Installed.program("gst-launch-1.0", unseen);
        String inspect = Installed.program("gst-inspect-1.0", unseen);
        for (String element : List.of("souphttpsrc", "multipartdemux", "jpegdec")) {
            if (start(inspect, "--exists", element).waitFor() != 0) {
                Installed.skip("GStreamer here has no '" + element + "'", unseen);
            }
        }
        String url = serve(Duration.ofSeconds(1));
        output(
                gst,
                "-q",
                "souphttpsrc",
                "location=" + url,
                "!",
                "multipartdemux",
                "!",
                "jpegdec",
                "!",
                "fakesink",
                "num-buffers=2");
        assertStill();
    }

    @Test
    void openCvSeesItAgain() throws Exception {
        String unseen = "OpenCV stays with a still scene";
        String python = "/usr/bin/python3"; // Debian's own, for which python3-opencv is
        if (!Files.isExecutable(Path.of(python))
                || start(python, "-c", "import cv2").waitFor() != 0) {
            Installed.skip("there is no python3-opencv", unseen);
        }
        String url = serve(Duration.ofSeconds(1));
        assertThat(output(python, "-c", OPENCV, url)).isEqualTo("(48, 64, 3)\n");
        assertStill();
    }

    @Test
    void vlcShowsIt() throws Exception {
        String unseen = "VLC shows a still scene";
        String vlc = Installed.program("cvlc", unseen);
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) { // as whom VLC refuses to run
            command.addAll(
                    List.of(Installed.program("setpriv", unseen), "--reuid=65534", "--regid=65534", "--clear-groups"));
        }
        Path pictures = Files.createTempDirectory("flipbook-vlc-");
        Files.setPosixFilePermissions(pictures, PosixFilePermissions.fromString("rwxrwxrwx"));
        toClose.add(() -> remove(pictures));
        command.addAll(List.of("env", "HOME=" + pictures, vlc, "-I", "dummy", "--no-audio", "--vout=dummy"));
        command.addAll(List.of("--no-drop-late-frames", "--no-skip-frames")); // all are late on a busy machine
        command.addAll(List.of("--video-filter=scene", "--scene-ratio=1", "--scene-path=" + pictures));
        command.add(serve(Duration.ofSeconds(1)));
        Process process = start(command.toArray(String[]::new));
        // it shows nothing of a picture that comes only once
        await().atMost(Duration.ofMinutes(3)) // VLC looks at each of its plug-ins when it starts
                .until(() -> !process.isAlive() || holdsAPicture(pictures));
        assertThat(process.isAlive()).as("it runs; it said: %s", said()).isTrue();
        assertStill();
    }

    @Test
    void aReaderThatGoesByLengthsSeesEachPictureAtOnceAndTheLastAgain() throws Exception {
        serve(Duration.ofSeconds(1));
        LengthReader mainsail = new LengthReader(connect().ask("GET", "/feeds/cam.mjpg?timestamp=1"));
        assertThat(mainsail.next()).isEqualTo(NumberedPicture.of(1));
        assertThat(mainsail.next()).as("again").isEqualTo(NumberedPicture.of(1));
        for (int number = 2; number <= 4; number++) {
            source.deliver(NumberedPicture.of(number));
            byte[] next = mainsail.next();
            while (Arrays.equals(next, NumberedPicture.of(number - 1))) { // once more, as the test was slow
                next = mainsail.next();
            }
            assertThat(next).isEqualTo(NumberedPicture.of(number));
        }
    }

    @Test
    void aReaderThatGoesByLengthsSeesNothingMoreOfBrowserFraming() throws Exception {
        serve(Duration.ofSeconds(1));
        LengthReader mainsail = new LengthReader(connect().ask("GET", "/feeds/cam.mjpg?framing=browser"));
        assertThat(mainsail.next()).as("the first has a length").isEqualTo(NumberedPicture.of(1));
        assertThatThrownBy(mainsail::next).hasMessage("a picture without a length");
    }

    // inside

    /** Serves a feed with one picture, so that every further picture is a repeat. Returns the feed's address. */
    private String serve(Duration repeatAfter) throws IOException {
        FeedOptions feeds = new FeedOptions(
                Duration.ofSeconds(30), repeatAfter, Duration.ofSeconds(300), Duration.ofSeconds(300), 64 << 20);
        flipbook = Flipbook.start(ServerOptions.DEFAULT.withPort(0).withFeeds(feeds));
        toClose.add(flipbook);
        feed = flipbook.feed("cam", source);
        source.deliver(NumberedPicture.of(1));
        return "http://127.0.0.1:" + flipbook.port() + "/feeds/cam.mjpg";
    }

    /** Checks that the program saw the one picture and no placeholder. */
    private void assertStill() {
        assertThat(feed.status().state()).isEqualTo(State.LIVE);
        assertThat(feed.status().frames()).isEqualTo(1);
        assertThat(feed.status().delivered()).isGreaterThanOrEqualTo(2);
    }

    private RawConnection connect() throws IOException {
        RawConnection connection = RawConnection.to(flipbook.port());
        toClose.add(connection);
        return connection;
    }

    /** The output of a program, which must end by itself with the exit code 0. */
    private String output(String... command) throws IOException, InterruptedException {
        Process process = start(command);
        boolean ended = process.waitFor(RawConnection.PATIENCE.toSeconds(), SECONDS);
        assertThat(ended).as("it has ended; it said: %s", said()).isTrue();
        assertThat(process.exitValue()).as(said()).isZero();
        return said();
    }

    private Process start(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile())
                .redirectInput(new File("/dev/null"))
                .start();
        toClose.add(() -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().onExit().join();
        });
        return process;
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("output.txt"));
    }

    private static boolean holdsAPicture(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".png"));
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
