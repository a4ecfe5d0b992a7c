package dev.flipbook.app.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.Feed;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Publisher;
import dev.flipbook.app.console.ShutdownSignal;
import dev.flipbook.image.PixelFormat;
import dev.flipbook.machine.FreePort;
import dev.flipbook.server.Flipbook;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code flipbook publish} against a server in this process. */
@Timeout(180)
class PublishCommandTest {

    private final ShutdownSignal ending = new ShutdownSignal();
    private Flipbook flipbook;
    private Feed door;

    @BeforeEach
    void serve() throws IOException {
        flipbook = Flipbook.start(0);
        door = flipbook.feeds().open("door");
    }

    @AfterEach
    void stop() {
        ending.ask();
        flipbook.close();
    }

    private String url(String feed) {
        return flipbook.address() + "feeds/" + feed;
    }

    private int publish(String url, boolean takeover, byte[] input) throws InterruptedException {
        InputPictures pictures = InputPictures.encoded(new ByteArrayInputStream(input));
        return PublishCommand.publish(PublishTarget.of(url, takeover), pictures, ending);
    }

    /** One that reads from a pipe and is under way. */
    private CompletableFuture<Integer> begin(String url, PipedOutputStream input) throws IOException {
        InputPictures pictures = InputPictures.encoded(new PipedInputStream(input, 1 << 20));
        return CompletableFuture.supplyAsync(() -> {
            try {
                return PublishCommand.publish(PublishTarget.of(url, false), pictures, ending);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void theOnePictureOfTheInputStaysLive() throws Exception {
        byte[] picture = jpeg(64, 48);

        assertThat(publish(url("door"), false, picture)).isZero();
        assertThat(door.snapshot().get().bytes()).isEqualTo(picture);
        assertThat(door.status().state()).isEqualTo(State.LIVE);
    }

    @Test
    void plainPixelsArePublishedAsJpegs() throws Exception {
        ByteArrayInputStream input = new ByteArrayInputStream(new byte[2 * 64 * 48]);
        InputPictures pictures = InputPictures.raw(input, PixelFormat.GREY8, 64, 48);

        assertThat(PublishCommand.publish(PublishTarget.of(url("door"), false), pictures, ending))
                .isZero();
        assertThat(door.snapshot().get().width()).isEqualTo(64);
    }

    @Test
    void aRefusalIsTheEnd() throws Exception {
        byte[] picture = jpeg(64, 48);
        flipbook.feed("own");
        assertThat(publish(url("own"), false, picture)).isEqualTo(1);
        assertThat(publish(url("none"), false, picture)).isEqualTo(1);
        Publisher other = door.publisher("publisher in this test", false, () -> {});
        assertThat(publish(url("door"), false, picture)).isEqualTo(1);
        assertThat(door.status().frames()).isZero();
        assertThat(publish(url("door"), true, picture)).isZero();
        assertThat(other.takenOver()).isTrue();
    }

    @Test
    void anInputWithoutAPictureIsRefusedAndNobodyIsDisturbed() throws Exception {
        Publisher other = door.publisher("publisher in this test", false, () -> {});
        byte[] text = "no picture at all, and it goes on for a while".getBytes(StandardCharsets.UTF_8);
        assertThat(publish(url("door"), true, text)).isEqualTo(1);
        assertThat(publish(url("door"), true, new byte[0])).isEqualTo(1);
        assertThat(other.ended()).isEmpty();
    }

    @Test
    void aServerThatIsAwayGetsTheNewestPictureWhenItIsBack() throws Exception {
        int port = FreePort.find();
        PipedOutputStream input = new PipedOutputStream();
        CompletableFuture<Integer> publishing = begin("http://127.0.0.1:" + port + "/feeds/late", input);
        input.write(jpeg(32, 32));
        input.write(jpeg(48, 48));
        input.write(jpeg(64, 64));
        input.flush();
        try (Flipbook late = Flipbook.start(port)) {
            Feed feed = late.feeds().open("late");
            await().until(() -> feed.status().frames() > 0);
            assertThat(feed.status().width()).isEqualTo(64);
            input.close();
            assertThat(publishing.get()).isZero();
        }
    }

    @Test
    void whoIsTakenOverFromDoesNotFightForThePlace() throws Exception {
        try (PipedOutputStream input = new PipedOutputStream()) {
            CompletableFuture<Integer> publishing = begin(url("door"), input);
            input.write(jpeg(32, 32));
            input.flush();
            await().until(() -> door.status().frames() == 1);
            try (Publisher other = door.publisher("publisher in this test", true, () -> {})) {
                assertThat(publishing.get()).isEqualTo(1);
                assertThat(other.ended()).isEmpty();
            }
        }
    }

    @Test
    void aSignalEndsItInOrder() throws Exception {
        try (PipedOutputStream input = new PipedOutputStream()) {
            CompletableFuture<Integer> publishing = begin(url("door"), input);
            input.write(jpeg(32, 32));
            input.flush();
            await().until(() -> door.status().frames() == 1);
            ending.ask();
            assertThat(publishing.get()).isZero();
        }
    }

    @Test
    void whatIsNotAnAddressOfAFeedIsSaidWithoutItsPassword() {
        for (String url : new String[] {"ftp://me:pw@h/x", "door", "http://", "http://h:99999/feeds/x", "http://a b"}) {
            assertThatThrownBy(() -> PublishTarget.of(url, false))
                    .hasMessageStartingWith(
                            "URL is not the address of a feed; give one such as http://127.0.0.1:8080/feeds/door");
        }
        assertThatThrownBy(() -> PublishTarget.of("http://me:12#34@h/feeds/x", false))
                .hasMessage("URL has a # before its @; in a password # is written %23, and an @ elsewhere %40");
        assertThat(PublishTarget.of("http://me:pw@h/feeds/x", true).shown()).isEqualTo("http://h/feeds/x");
        assertThat(PublishTarget.of("http://me:pw@h/feeds/x", true).head("b"))
                .startsWith("POST /feeds/x?takeover=1 HTTP/1.1\r\nHost: h\r\n")
                .contains("Authorization: Basic bWU6cHc=\r\n");
    }

    private static byte[] jpeg(int width, int height) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "jpeg", out);
        return out.toByteArray();
    }
}
