package dev.flipbook.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.it.kit.Installed;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.Program;
import dev.flipbook.it.kit.RawConnection;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program where there is little memory. */
@Timeout(300)
class SmallMachineIT {

    private static final int FILES = 10;

    @TempDir
    Path folder;

    @Test
    void tenVideoFilesPlayWithAHeapOf64Megabytes() throws Exception {
        Path clip = folder.resolve("clip.mp4");
        String ffmpeg = Installed.program("ffmpeg", "ten videos play on a small machine");
        Process made = new ProcessBuilder(
                        ffmpeg,
                        "-nostdin",
                        "-v",
                        "error",
                        "-f",
                        "lavfi",
                        "-i",
                        "testsrc2=s=1920x1080:r=4",
                        "-t",
                        "3",
                        "-preset",
                        "ultrafast",
                        "-refs",
                        "4",
                        "-pix_fmt",
                        "yuv420p",
                        clip.toString())
                .inheritIO()
                .start();
        assertThat(made.waitFor()).isZero();
        List<String> arguments = new ArrayList<>(List.of("--port=0"));
        for (int i = 0; i < FILES; i++) {
            arguments.add("f" + i + "=" + clip);
        }
        List<RawConnection> viewers = new CopyOnWriteArrayList<>();
        try (Program program =
                Program.start(Map.of("JAVA_TOOL_OPTIONS", "-Xmx64m"), arguments.toArray(String[]::new))) {
            int port = program.port();
            for (int i = 0; i < FILES; i++) {
                RawConnection viewer = RawConnection.to(port);
                viewers.add(viewer);
                PartReader parts = PartReader.of(viewer, "/feeds/f" + i + ".mjpg");
                Thread.ofVirtual().start(() -> readOn(parts));
            }
            await().untilAsserted(() ->
                    assertThat(feeds(port).split("\"state\":\"live\"", -1)).hasSize(FILES + 1));
            assertThat(program.err()).doesNotContain("memory");
        } finally {
            for (RawConnection viewer : viewers) {
                viewer.close();
            }
        }
    }

    private static void readOn(PartReader parts) {
        try {
            while (parts.next().isPresent()) {
                assertThat(parts).isNotNull();
            }
        } catch (IOException e) {
            // the test has ended
        }
    }

    private static String feeds(int port) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/feeds"))
                    .build();
            return client.send(request, BodyHandlers.ofString()).body();
        }
    }
}
