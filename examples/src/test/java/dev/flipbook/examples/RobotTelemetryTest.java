package dev.flipbook.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class RobotTelemetryTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @Test
    void thePageHasTwoFeedsAndEventsThatGoOn() throws Exception {
        try (RobotTelemetry robot = new RobotTelemetry(0)) {
            assertThat(new String(get(robot, "/robot"), StandardCharsets.UTF_8))
                    .contains("/feeds/camera.mjpg", "/feeds/map.mjpg", "/telemetry");
            assertThat(ImageIO.read(new ByteArrayInputStream(get(robot, "/feeds/camera.jpg")))
                            .getWidth())
                    .isEqualTo(320);
            assertThat(ImageIO.read(new ByteArrayInputStream(get(robot, "/feeds/map.jpg")))
                            .getWidth())
                    .isEqualTo(200);
            assertThat(poses(robot, 3))
                    .hasSize(3)
                    .allSatisfy(pose -> assertThat(pose)
                            .matches("data: \\{\"x\":[0-9.]+,\"y\":[0-9.]+,\"heading\":[0-9.]+,\"battery\":[0-9.]+}"));
        }
    }

    private static byte[] get(RobotTelemetry robot, String path) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = CLIENT.send(request(robot, path), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return answer.body();
    }

    private static Set<String> poses(RobotTelemetry robot, int count) throws IOException, InterruptedException {
        var answer = CLIENT.send(request(robot, "/telemetry"), HttpResponse.BodyHandlers.ofInputStream());
        Set<String> poses = new LinkedHashSet<>();
        try (var events = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            while (poses.size() < count) {
                String line = events.readLine();
                assertThat(line).as("the events go on").isNotNull();
                if (line.startsWith("data:")) {
                    poses.add(line);
                }
            }
        }
        return poses;
    }

    private static HttpRequest request(RobotTelemetry robot, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + robot.port() + path))
                .build();
    }
}
