package dev.flipbook.it.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.Program;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.it.kit.VirtualCameras;
import dev.flipbook.server.Flipbook;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The built program with a camera, which clients pause and set over HTTP and from the command line. */
@Timeout(300)
class ControlIT {

    @TempDir
    private static Path shared;

    private static Path library;

    @TempDir
    private Path folder;

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private int port;

    private record Answer(ResponseHead head, String body) {
        int status() {
            return head.status();
        }
    }

    @BeforeAll
    static void compile() throws Exception {
        library = VirtualCameras.compiled(shared, "controls of cameras are set");
    }

    @BeforeEach
    void serve() throws IOException {
        VirtualCameras cameras = new VirtualCameras(library, folder);
        cameras.plug(
                0,
                "name HD Webcam",
                "format MJPG 64x48 30,15",
                "control 980900 1 -64 64 1 0 Brightness",
                "control 9a0901 3 0 3 1 3 Auto Exposure");
        cameras.give(List.of(NumberedPicture.of(1), NumberedPicture.of(2), NumberedPicture.of(3)));
        Program program = Program.start(cameras.environment(), "door=webcam", "yard=test", "-p", "0");
        toClose.add(program);
        port = program.port();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : toClose.reversed()) {
            one.close();
        }
    }

    // controls

    @Test
    void controlThatOneClientSetsIsSeenByAnother() throws IOException {
        viewer();
        RawConnection other = RawConnection.to(port).ask("GET", "/api/events");
        toClose.add(other);
        other.head();
        await().until(() -> ask("GET", "/api/feeds/door/controls").body().contains("\"name\":\"brightness\""));

        Answer changed = send("PATCH", "/api/feeds/door/controls", "{\"brightness\": 20, \"auto_exposure\": 1}");

        assertThat(changed.status()).as(changed.body()).isEqualTo(200);
        assertThat(changed.body())
                .startsWith("{\"controls\":[{\"name\":\"brightness\",")
                .contains("\"usual\":0,\"value\":20,", "\"usual\":3,\"value\":1,");
        assertThat(ask("GET", "/api/feeds/door").body()).contains("\"usual\":0,\"value\":20,");
        StringBuilder events = new StringBuilder();
        while (events.indexOf("\"usual\":0,\"value\":20,") < 0) {
            events.append((char) other.read());
        }
        Answer refused = send("PATCH", "/api/feeds/door/controls", "{\"brightness\": 99}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body()).isEqualTo("brightness is 99; it goes from -64 to 64\n");
        assertThat(send("PATCH", "/api/feeds/yard/controls", "{\"brightness\": 1}")
                        .status())
                .isEqualTo(409);
    }

    // pausing

    @Test
    void viewerOfAPausedFeedStaysAndSeesGreyUntilItIsResumed() throws IOException {
        PartReader viewer = viewer();
        assertThat(nextOfTheCamera(viewer)).isBetween(1, 3);

        Answer paused = send("POST", "/api/feeds/door/pause", "{\"reason\":\"meeting\"}");
        assertThat(paused.status()).as(paused.body()).isEqualTo(200);
        assertThat(paused.body()).startsWith("{\"name\":\"door\",\"state\":\"paused\",\"reason\":\"meeting\"");

        PartReader.Part grey = viewer.next().orElseThrow();
        while (grey.number() != 0) { // those that were on their way
            grey = viewer.next().orElseThrow();
        }
        assertThat(colour(grey.picture())).as("the most colour of a pixel").isLessThan(40);
        assertThat(viewer.nextNumber()).as("the next part is grey too").isZero();
        Answer snapshot = ask("GET", "/feeds/door.jpg?max_delay=100");
        assertThat(snapshot.status()).isEqualTo(503);
        assertThat(snapshot.body()).contains("paused: meeting");
        assertThat(ask("GET", "/api/feeds/yard").body()).doesNotContain("paused");

        assertThat(ask("POST", "/api/feeds/door/resume").status()).isEqualTo(200);
        assertThat(nextOfTheCamera(viewer))
                .as("pictures come again on the same connection")
                .isBetween(1, 3);
    }

    /** The number of the next picture that the server did not draw itself. */
    private static int nextOfTheCamera(PartReader viewer) throws IOException {
        int number = 0;
        while (number == 0) {
            number = viewer.nextNumber();
        }
        return number;
    }

    @Test
    void feedIsPausedAndResumedFromTheCommandLine() throws Exception {
        assertThat(run(0, "pause", "door", "--reason=meeting", "-p", Integer.toString(port)))
                .isEqualTo("door is paused: meeting");
        assertThat(ask("GET", "/api/feeds/door").body()).contains("\"state\":\"paused\",\"reason\":\"meeting\"");
        assertThat(run(0, "resume", "http://127.0.0.1:" + port + "/feeds/door")).isEqualTo("door is resumed");
        assertThat(ask("GET", "/api/feeds/door").body()).doesNotContain("paused");

        assertThat(run(2, "pause", "none", "-p", Integer.toString(port)))
                .isEqualTo("flipbook: there is no feed 'none'; there are: door, yard\n");
        assertThat(run(2, "pause", "door", "-p", "1"))
                .isEqualTo("flipbook: no Flipbook answers at http://127.0.0.1:1; is it running there?\n");
    }

    /** What the command has printed, on standard error if it failed. */
    private String run(int exitCode, String... words) throws Exception {
        try (Program command = Program.start(words)) {
            String out = command.out();
            assertThat(command.exitCode()).as(command.err()).isEqualTo(exitCode);
            return exitCode == 0 ? out : command.err();
        }
    }

    // who may, and how much

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Origin: http://evil.example | a page of 'http://evil.example' may not change anything here;",
                "Sec-Fetch-Site: cross-site  | a page of another origin may not change anything here;",
                "X-Forwarded-For: 192.0.2.7  | only the machine that serves the feeds may change them, without a proxy;",
                "Via: 1.1 proxy              | only the machine that serves the feeds may change them, without a proxy;"
            })
    void foreignPagesAndProxiesChangeNothing(String header, String sentence) throws IOException {
        for (String[] change : new String[][] {
            {"POST", "/api/feeds"},
            {"PATCH", "/api/feeds/door"},
            {"DELETE", "/api/feeds/door"},
            {"PATCH", "/api/feeds/door/controls"},
            {"POST", "/api/feeds/door/pause"},
            {"POST", "/api/feeds/door/resume"},
            {"POST", "/api/config/reload"}
        }) {
            Answer answer = send(change[0], change[1], "{}", header);

            assertThat(answer.status()).as(change[1]).isEqualTo(403);
            assertThat(answer.body()).as(change[1]).startsWith(sentence);
        }
        assertThat(ask("GET", "/api/config", header).body())
                .startsWith("{\"may\":{\"feeds\":false,\"pause\":false,\"controls\":false},\"reason\":\"")
                .doesNotContain("\"file\"", "\"sources\"");
        assertThat(ask("GET", "/api/feeds/door").body()).doesNotContain("paused");
    }

    @Test
    void clientOnThisMachineIsToldThatItMayPause() throws IOException {
        assertThat(ask("GET", "/api/config").body()).contains("\"pause\":true,\"controls\":true");
    }

    @Test
    void bodyThatIsTooLongIsRefusedAndOneThatIsTooSlowHoldsNobodyUp() throws IOException {
        RawConnection slow = RawConnection.to(port)
                .send("POST /api/feeds/door/pause HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 100\r\n\r\n{");
        toClose.add(slow);

        Answer refused = send("POST", "/api/feeds/door/pause", " ".repeat(1 << 20));
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.body()).isEqualTo("the body is too long; at most 65536 bytes are taken\n");
        assertThat(send("POST", "/api/feeds/door/pause", "{}").status()).isEqualTo(200);
        assertThat(ask("POST", "/api/feeds/door/resume").status()).isEqualTo(200);

        assertThat(slow.head().status()).isEqualTo(408);
        assertThat(ask("GET", "/api/feeds/door").body()).doesNotContain("paused");
    }

    @Test
    void serverOfAProgramThatAdministersNothingAddsNoFeed() throws IOException {
        try (Flipbook flipbook = Flipbook.start(0)) {
            port = flipbook.port();

            Answer answer = send("POST", "/api/feeds", "{\"name\":\"yard\",\"source\":\"test\"}");

            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body()).isEqualTo("feeds are added and removed by the program that serves them\n");
            assertThat(ask("GET", "/api/feeds").body()).startsWith("{\"feeds\":[],");
        }
    }

    // what the tests have in common

    private PartReader viewer() throws IOException {
        RawConnection connection = RawConnection.to(port);
        toClose.add(connection);
        return PartReader.of(connection, "/feeds/door.mjpg");
    }

    private Answer ask(String method, String target, String... headers) throws IOException {
        try (RawConnection connection = RawConnection.to(port)) {
            return answer(connection.ask(method, target, headers));
        }
    }

    private Answer send(String method, String target, String json, String... headers) throws IOException {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Content-Type: application/json");
        all.add("Content-Length: " + json.length());
        try (RawConnection connection = RawConnection.to(port)) {
            return answer(
                    connection.ask(method, target, all.toArray(String[]::new)).send(json));
        }
    }

    private static Answer answer(RawConnection connection) throws IOException {
        ResponseHead head = connection.head();
        String length = head.header("Content-Length");
        byte[] body = connection.read(length.isEmpty() ? 0 : Integer.parseInt(length));
        return new Answer(head, new String(body, StandardCharsets.UTF_8));
    }

    /** The largest difference of two colours in a pixel: none in grey. */
    private static int colour(byte[] jpeg) throws IOException {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));
        int most = 0;
        for (int rgb : image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth())) {
            int red = rgb >> 16 & 0xFF;
            int green = rgb >> 8 & 0xFF;
            int blue = rgb & 0xFF;
            most = Math.max(most, Math.max(red, Math.max(green, blue)) - Math.min(red, Math.min(green, blue)));
        }
        return most;
    }
}
