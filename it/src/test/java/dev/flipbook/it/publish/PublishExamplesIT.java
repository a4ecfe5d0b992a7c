package dev.flipbook.it.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.Installed;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.Program;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs of examples/publish, which the guide quotes, as they are. */
@Timeout(300)
class PublishExamplesIT {

    private static final Path EXAMPLES = Path.of(System.getProperty("flipbook.home"), "examples", "publish");

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();
    private Flipbook flipbook;
    private Feed robot;

    @BeforeEach
    void serve() throws IOException {
        flipbook = Flipbook.start(ServerOptions.DEFAULT.withPort(0));
        robot = flipbook.feeds().open("robot");
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Process one : started) {
            one.destroyForcibly().waitFor();
        }
        flipbook.close();
    }

    @Test
    void pythonPublishesPixelsAndPictures() throws Exception {
        String python = python();
        Process pixels = start(python, EXAMPLES.resolve("pixels.py").toString(), "127.0.0.1:" + flipbook.port());
        awaitPictures(320, 240);
        pixels.destroyForcibly().waitFor();
        await().until(() -> robot.status().state() == State.OFFLINE);

        assertThat(run(python, EXAMPLES.resolve("picture.py").toString(), address()))
                .isEqualTo("{\"frames\":1,\"refused\":0}\n\n");
        assertThat(robot.status().state()).isEqualTo(State.LIVE);
    }

    @Test
    void cPlusPlusPublishesPixels() throws Exception {
        String compiler = Installed.program("g++", "the example in C++ publishes");
        String program = folder.resolve("pixels").toString();
        run(
                compiler,
                "-std=c++17",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-o",
                program,
                EXAMPLES.resolve("pixels.cpp").toString());
        start(program, Integer.toString(flipbook.port()));
        awaitPictures(320, 240);
    }

    @Test
    void theShellPublishesAPictureAndAVideo() throws Exception {
        Installed.program("curl", "the example for the shell publishes");
        String ffmpeg = Installed.program("ffmpeg", "the example for the shell publishes");
        Path video = folder.resolve("video.mkv");
        run(ffmpeg, "-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25", "-t", "1", video.toString());
        Path picture = Files.write(folder.resolve("picture.jpg"), NumberedPicture.of(1));

        String said =
                run("sh", EXAMPLES.resolve("publish.sh").toString(), address(), picture.toString(), video.toString());

        assertThat(said).isEqualTo("{\"frames\":1,\"refused\":0}\n");
        assertThat(robot.status().frames()).isBetween(24L, 27L);
    }

    /** The guide's example for a pipe, with the program in a process of its own. */
    @Test
    void aPipeIsPublishedByTheProgram() throws Exception {
        String ffmpeg = Installed.program("ffmpeg", "its pictures can be published through a pipe");
        Path out = folder.resolve("out");
        List<Process> pipe = ProcessBuilder.startPipeline(List.of(
                builder(
                        ffmpeg,
                        "-v",
                        "error",
                        "-re",
                        "-f",
                        "lavfi",
                        "-i",
                        "testsrc=size=320x240:rate=25",
                        "-t",
                        "2",
                        "-f",
                        "mjpeg",
                        "-"),
                builder(Program.command("publish", address() + "/feeds/robot").toArray(String[]::new))
                        .redirectOutput(out.toFile())));
        started.addAll(pipe);
        assertThat(pipe.getLast().waitFor()).isZero();
        assertThat(Files.readString(out)).matches("Published \\d+ of 50 pictures to http://127.*/feeds/robot\n");
        assertThat(robot.status().frames()).isBetween(1L, 50L);
        assertThat(robot.status().reason()).isEqualTo("its publisher at 127.0.0.1 has gone");
    }

    private String address() {
        return "http://127.0.0.1:" + flipbook.port();
    }

    private void awaitPictures(int width, int height) {
        await().until(() -> robot.status().captured() >= 5);
        assertThat(robot.snapshot().join().width()).isEqualTo(width);
        assertThat(robot.snapshot().join().height()).isEqualTo(height);
        assertThat(robot.status().state()).isEqualTo(State.LIVE);
    }

    /** Debian's Python, which finds Debian's packages. */
    private String python() throws Exception {
        if (!Files.isExecutable(Path.of("/usr/bin/python3"))
                || start("/usr/bin/python3", "-c", "import cv2, numpy").waitFor() != 0) {
            return Installed.skip("there is no /usr/bin/python3 with OpenCV", "the examples in Python publish");
        }
        return "/usr/bin/python3";
    }

    private static ProcessBuilder builder(String... command) {
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    private Process start(String... command) throws IOException {
        Process process =
                builder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        started.add(process);
        return process;
    }

    private String run(String... command) throws Exception {
        Path out = folder.resolve("said");
        Process process = builder(command).redirectOutput(out.toFile()).start();
        started.add(process);
        assertThat(process.waitFor()).as(List.of(command).toString()).isZero();
        return Files.readString(out);
    }
}
