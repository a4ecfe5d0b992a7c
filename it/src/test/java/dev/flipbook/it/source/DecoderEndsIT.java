package dev.flipbook.it.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.Program;
import dev.flipbook.it.kit.Witness;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A picture that crashes FFmpeg 8.0.1 is sent in every possible way. The picture is an AVIF by libaom in which one byte
 * was changed: the number of its items, from 1 to 0.
 */
@Timeout(180)
@EnabledOnOs(OS.LINUX)
class DecoderEndsIT {

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private static byte[] deadly() throws IOException {
        try (InputStream in = DecoderEndsIT.class.getResourceAsStream("/one-item-less.avif")) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }

    private HttpResponse<String> put(int port, String feed, byte[] picture) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + "/feeds/" + feed);
        return client.send(
                HttpRequest.newBuilder(uri)
                        .PUT(BodyPublishers.ofByteArray(picture))
                        .build(),
                BodyHandlers.ofString());
    }

    private String get(int port, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    private void next(int port, Witness witness, int number) throws IOException, InterruptedException {
        assertThat(put(port, "witness", NumberedPicture.of(number)).statusCode())
                .isEqualTo(200);
        witness.awaits(number);
    }

    @Test
    void aPictureThatEndsFfmpegEndsNoFeedButItsOwn() throws Exception {
        Files.write(folder.resolve("evil.mp4"), deadly());
        Path watched = Files.createDirectory(folder.resolve("watched ü"));
        Files.write(watched.resolve("evil.avif"), deadly());
        try (Program program = Program.start(
                "--port=0",
                "witness=publish",
                "pushed=publish",
                "file=" + folder.resolve("evil.mp4"),
                "folder=" + watched)) {
            int port = program.port();
            put(port, "witness", NumberedPicture.of(1));
            try (Witness witness = Witness.of(port, "/feeds/witness.mjpg")) {
                witness.awaits(1);
                assertThat(put(port, "pushed", deadly()).statusCode()).isEqualTo(422);
                next(port, witness, 2);
                HttpResponse<String> again = put(port, "pushed", deadly());
                assertThat(again.statusCode()).isEqualTo(422);
                assertThat(again.body()).contains("it is not decoded again");
                get(port, "/feeds/folder.jpg");
                await().untilAsserted(() -> assertThat(get(port, "/api/feeds/folder"))
                        .contains("evil.avif: this picture has ended a decoder process"));
                next(port, witness, 3);
                get(port, "/feeds/file.jpg");
                await().untilAsserted(() -> assertThat(get(port, "/api/feeds/file"))
                        .contains("the decoder process ended while it decoded evil.mp4"));
                next(port, witness, 4);
                witness.sawAllUpTo(4);
                assertThat(get(port, "/healthz")).isNotEmpty();
            }
            assertThat(program.err()).doesNotContain("\tat ");
        }
    }

    @Test
    void whoseDeadlyPicturesHaveEndedThreeDecodersHasNoneTakenForAWhileAndOthersHave() throws Exception {
        try (Program program = Program.start("--port=0", "hostile=publish", "honest=publish")) {
            int port = program.port();
            for (int number = 0; number < 3; number++) {
                assertThat(put(port, "hostile", deadly(number)).body()).contains("has ended the decoder process");
            }

            assertThat(put(port, "hostile", deadly(3)).body())
                    .contains("what sends this picture has ended its decoder process 3 times within a minute");
            assertThat(put(port, "hostile", NumberedPicture.of(1)).statusCode())
                    .as("a JPEG needs no decoder")
                    .isEqualTo(200);
            assertThat(put(port, "honest", deadly(4)).body())
                    .as("of another sender, decoded")
                    .contains("has ended the decoder process");
        }
    }

    /** The deadly picture with other bytes at its end. */
    private static byte[] deadly(int number) throws IOException {
        byte[] picture = deadly();
        byte[] other = Arrays.copyOf(picture, picture.length + 1);
        other[picture.length] = (byte) number;
        return other;
    }

    @Test
    void decodersEndWithAServerThatIsKilled() throws Exception {
        Files.write(folder.resolve("evil.mp4"), deadly());
        try (Program program = Program.start("--port=0", "file=" + folder.resolve("evil.mp4"))) {
            program.port();
            ProcessHandle server = ProcessHandle.of(program.pid()).orElseThrow();
            await().until(() -> server.children().findAny().isPresent()); // the process that is made ready
            List<ProcessHandle> decoders = server.children().toList();
            server.destroyForcibly();
            await().atMost(Duration.ofSeconds(10)).until(() -> decoders.stream().noneMatch(ProcessHandle::isAlive));
        }
    }
}
