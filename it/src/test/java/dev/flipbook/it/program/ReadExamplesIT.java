package dev.flipbook.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.FeedStatus;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.BrowserImage;
import dev.flipbook.it.kit.Installed;
import dev.flipbook.server.Flipbook;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The unchanged programs of examples/read, which the guide quotes. They take 100 ms for each picture of a feed with 50
 * a second.
 */
@Timeout(120)
class ReadExamplesIT {

    private static final Path EXAMPLES = Path.of(System.getProperty("flipbook.home"), "examples", "read");

    private final List<Process> started = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private Flipbook flipbook;

    @BeforeEach
    void serve() throws IOException {
        flipbook = Flipbook.start(0);
        Feed robot = flipbook.feed("robot");
        byte[] picture = BrowserImage.plainPictures().getFirst();
        var _ = clock.scheduleAtFixedRate(() -> robot.publish(picture), 0, 20, TimeUnit.MILLISECONDS);
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Process one : started) {
            one.destroyForcibly().waitFor();
        }
        clock.shutdownNow();
        flipbook.close();
    }

    @Test
    void openCvReadsAFeedAtThePaceThatItAskedFor() throws Exception {
        BufferedReader said = start("stream.py", "http://127.0.0.1:" + flipbook.port() + "/feeds/robot.mjpg");
        assertThat(said.readLine()).isEqualTo("(240, 320, 3)");
        FeedStatus before = flipbook.feed("robot").status();
        for (int i = 0; i < 10; i++) {
            assertThat(said.readLine()).isEqualTo("(240, 320, 3)");
        }
        FeedStatus after = flipbook.feed("robot").status();
        assertThat(3 * (after.delivered() - before.delivered()))
                .as("three times the frames that were sent, of fifty a second that were published")
                .isLessThan(after.frames() - before.frames());
    }

    @Test
    void snapshotsAreReadOneAfterTheOther() throws Exception {
        BufferedReader said = start("snapshots.py", "127.0.0.1:" + flipbook.port());
        for (int i = 0; i < 10; i++) {
            assertThat(said.readLine()).matches("\\(240, 320, 3\\) \\d+ ms old");
        }
    }

    @Test
    void snapshotsOfAFeedThatIsNotThereEndWithTheReason() throws Exception {
        flipbook.feeds().remove("robot");
        BufferedReader said = start("snapshots.py", "127.0.0.1:" + flipbook.port());
        assertThat(said.readLine()).isEqualTo("there are no feeds yet");
    }

    /** Starts a program with Debian's Python, which finds Debian's packages, and returns its output. */
    private BufferedReader start(String program, String argument) throws Exception {
        Path python = Path.of("/usr/bin/python3");
        if (!Files.isExecutable(python)
                || run(python.toString(), "-c", "import cv2, numpy").waitFor() != 0) {
            Installed.skip("there is no /usr/bin/python3 with OpenCV", "the examples in Python read");
        }
        return run(python.toString(), EXAMPLES.resolve(program).toString(), argument)
                .inputReader(StandardCharsets.UTF_8);
    }

    private Process run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        started.add(process);
        return process;
    }
}
