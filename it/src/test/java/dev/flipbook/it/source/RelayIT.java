package dev.flipbook.it.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.it.kit.Installed;
import dev.flipbook.machine.FreePort;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** MJPEG over HTTP as other programs make it. */
@Timeout(300)
class RelayIT {

    @TempDir
    Path folder;

    @Test
    void ffmpegsStreamIsRead() throws Exception {
        String ffmpeg = Installed.program("ffmpeg", "its MJPEG streams are read");
        int port = FreePort.find();
        String url = "http://127.0.0.1:" + port + "/video";
        Process server = started(
                ffmpeg,
                "-nostdin",
                "-v",
                "error",
                "-re",
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=320x240:rate=25",
                "-f",
                "mpjpeg",
                "-listen",
                "1",
                url);
        try (FrameSource source = FrameSource.open(url)) {
            assertPictures(source, 320, 240, 5);
        } finally {
            end(server);
        }
    }

    @Test
    void ustreamersStreamAndItsPictureAreRead() throws Exception {
        String ustreamer = Installed.program("ustreamer", "its MJPEG streams are read");
        int port = FreePort.find();
        // Without a camera it shows a picture that says so, over the same wire.
        Process server = started(
                ustreamer,
                "--device",
                folder.resolve("none").toString(),
                "--host",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--user",
                "me",
                "--passwd",
                "S3CR3T");
        try (FrameSource stream = FrameSource.open("http://me:S3CR3T@127.0.0.1:" + port + "/stream");
                FrameSource picture = FrameSource.open("http://me:S3CR3T@127.0.0.1:" + port + "/snapshot")) {
            assertPictures(stream, 640, 480, 2); // the program makes one a second
            assertPictures(picture, 640, 480, 1); // the picture is requested once a second
        } finally {
            end(server);
        }
    }

    private static void assertPictures(FrameSource source, int width, int height, int more) throws Exception {
        Frame first = opened(source);
        assertThat(first.width()).isEqualTo(width);
        assertThat(first.height()).isEqualTo(height);
        for (int i = 0; i < more; i++) {
            assertThat(source.next().size()).isPositive();
        }
        assertThat(source.damaged()).isZero();
        assertThat(source.description()).doesNotContain("S3CR3T");
    }

    /** The first frame of the source, which is tried until the other program listens. */
    private static Frame opened(FrameSource source) {
        AtomicReference<Frame> first = new AtomicReference<>();
        await().until(() -> {
            try {
                first.set(source.next());
                return true;
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith("connection refused");
                source.close();
                return false;
            }
        });
        return first.get();
    }

    private Process started(String... command) throws IOException {
        File log = folder.resolve("server.log").toFile();
        return new ProcessBuilder(List.of(command))
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
    }

    private static void end(Process server) throws InterruptedException {
        server.destroyForcibly().waitFor();
    }
}
