package dev.flipbook.examples.detector;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;

@Timeout(180)
class DetectorTest {

    private final HttpClient http = HttpClient.newHttpClient();
    private URI home = URI.create("http://127.0.0.1");

    @Test
    void thePageShowsTheVideoWithBoxesAroundWhatMoves() throws Exception {
        try (var application =
                SpringApplication.run(DetectorApplication.class, "--server.port=0", "--spring.main.banner-mode=off")) {
            home = URI.create(
                    "http://127.0.0.1:" + application.getEnvironment().getRequiredProperty("local.server.port"));
            String page = new String(get("/"), java.nio.charset.StandardCharsets.UTF_8);
            assertThat(page).contains("src=\"/feeds/boxes.mjpg\"", "src=\"/feeds/video.mjpg\"");
            Awaitility.await().untilAsserted(() -> assertThat(marks()).isGreaterThan(100));
        }
    }

    /** How many pixels of the newest picture have the colour of the boxes, or nearly: it went through a JPEG. */
    private int marks() throws Exception {
        BufferedImage picture = Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(get("/rooms/lab/now"))));
        int marks = 0;
        for (int i = 0; i < picture.getWidth() * picture.getHeight(); i++) {
            int rgb = picture.getRGB(i % picture.getWidth(), i / picture.getWidth());
            marks += (rgb >> 16 & 255) > 180 && (rgb >> 8 & 255) < 90 && (rgb & 255) < 90 ? 1 : 0;
        }
        return marks;
    }

    private byte[] get(String path) throws Exception {
        HttpResponse<byte[]> answer =
                http.send(HttpRequest.newBuilder(home.resolve(path)).build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }
}
