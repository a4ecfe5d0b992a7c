package dev.flipbook.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.Feed;
import dev.flipbook.FeedOptions;
import dev.flipbook.Frame;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A feed in other sizes, qualities and rotations, over real sockets and by the real library. */
@Timeout(180)
class VariantsIT {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 352;

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private Flipbook flipbook;
    private Feed feed;

    @BeforeEach
    void serveOneFeed() throws IOException {
        FeedOptions noRepeats = new FeedOptions(
                Duration.ofSeconds(10), Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1), 64 << 20);
        flipbook = Flipbook.start(ServerOptions.DEFAULT.withPort(0).withFeeds(noRepeats));
        toClose.add(flipbook);
        feed = flipbook.feed("door");
        feed.publish(picture(0));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : toClose.reversed()) {
            one.close();
        }
    }

    @Test
    void fiftyViewersOfFiveVariantsHaveFivePicturesMadeOfAFrame() throws IOException {
        List<String> asked =
                List.of("width=320", "width=100", "quality=40", "rotate=90", "width=480&rotate=180&fps=1000");
        List<String> sizes = List.of("320x176", "160x88", "640x352", "352x640", "480x264");
        List<PartReader> viewers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            viewers.add(PartReader.of(connect(), "/feeds/door.mjpg?" + asked.get(i % 5)));
        }
        for (int number = 0; number < 20; number++) {
            for (int i = 0; i < 50; i++) {
                BufferedImage seen = image(viewers.get(i).next().orElseThrow().picture());
                assertThat(size(seen)).isEqualTo(sizes.get(i % 5));
            }
            assertThat(feed.status().variantFrames()).isEqualTo(5L * (number + 1));
            feed.publish(picture(number + 1));
        }
        String status = body("/api/feeds/door");
        assertThat(status).contains("\"viewers\":50,", "\"variants\":[{", "\"encoder\":\"TurboJPEG\"");
        assertThat(feed.status().variants())
                .hasSize(5)
                .allSatisfy(variant -> assertThat(variant.viewers()).isEqualTo(10));
    }

    @Test
    void aTurnedPictureIsTheSamePictureTurned() throws IOException {
        BufferedImage plain = image(snapshot("/feeds/door.jpg"));
        BufferedImage turned = image(snapshot("/feeds/door.jpg?rotate=90"));
        for (int x = 8; x < WIDTH; x += 16) {
            for (int y = 8; y < HEIGHT; y += 16) {
                assertNear(turned.getRGB(HEIGHT - 1 - y, x), plain.getRGB(x, y));
            }
        }
    }

    @Test
    void whatRoundsToTheFeedsOwnSizeIsTheFeedsOwnBytes() throws IOException {
        byte[] plain = snapshot("/feeds/door.jpg");
        assertThat(snapshot("/feeds/door.jpg?width=8192&height=8192&rotate=0")).isEqualTo(plain);
        PartReader viewer = PartReader.of(connect(), "/feeds/door.mjpg?width=600");
        assertThat(viewer.next().orElseThrow().picture()).isEqualTo(plain);
        assertThat(feed.status().variantFrames()).isZero();
    }

    @Test
    void theNinthVariantAtOnceIsRefusedAndComesWhenAnotherHasGone() throws Exception {
        List<RawConnection> viewers = new ArrayList<>();
        for (int quality = 10; quality <= 80; quality += 10) {
            viewers.add(connect());
            PartReader.of(viewers.getLast(), "/feeds/door.mjpg?quality=" + quality)
                    .next();
        }
        RawConnection more = connect().ask("GET", "/feeds/door.mjpg?width=320");
        ResponseHead head = more.head();
        assertThat(head.statusLine()).isEqualTo("HTTP/1.1 429 Too Many Requests");
        assertThat(text(more, head))
                .startsWith("the feed 'door' has 8 variants, and at most 8 may be watched at once: 'width=320'"
                        + " would be one more; those there are: quality=10; ")
                .endsWith("quality=80\n");
        viewers.getFirst().close();
        feed.publish(picture(1)); // by whose write it is found out
        await().untilAsserted(() -> {
            feed.publish(picture(2));
            assertThat(feed.status().variants()).hasSize(7);
        });
        assertThat(PartReader.of(connect(), "/feeds/door.mjpg?width=320").next())
                .isPresent();
    }

    @Test
    void aSnapshotThatHasToBeFreshIsWaitedForOrRefused() throws IOException {
        RawConnection client = connect().ask("GET", "/feeds/door.jpg?max_age=0&max_delay=100&width=320");
        ResponseHead head = client.head();
        assertThat(head.status()).isEqualTo(503);
        assertThat(head.header("Retry-After")).isEqualTo("1");
        assertThat(text(client, head))
                .matches("the feed 'door' has no picture that is at most 0 ms old: the newest was taken \\d+ ms ago\n");

        RawConnection patient = connect().ask("GET", "/feeds/door.jpg?max_age=0&max_delay=30000&width=320");
        await().until(feed::watched);
        feed.publish(picture(1));
        ResponseHead found = patient.head();
        assertThat(found.header("X-Frame-Sequence")).isEqualTo("2");
        assertThat(size(image(patient.read(Integer.parseInt(found.header("Content-Length"))))))
                .isEqualTo("320x176");
    }

    @Test
    void aValueThatIsNoneIsRefusedByItsName() throws IOException {
        RawConnection client = connect().ask("GET", "/feeds/door.mjpg?rotate=45");
        ResponseHead head = client.head();
        assertThat(head.status()).isEqualTo(400);
        assertThat(text(client, head)).isEqualTo("rotate is one of: 0, 90, 180, 270 (degrees clockwise), not '45'\n");
    }

    // inside

    private static byte[] picture(int number) throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        for (int x = 0; x < WIDTH; x += 16) {
            graphics.setColor(new Color(x * 255 / WIDTH, number * 10 % 256, 255 - x * 255 / WIDTH));
            graphics.fillRect(x, 0, 16, HEIGHT);
        }
        graphics.setColor(Color.WHITE);
        graphics.fillRect(64, 32, 128, 64);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", bytes);
        return Frame.ofJpeg(bytes.toByteArray()).bytes();
    }

    private static void assertNear(int one, int other) {
        for (int shift = 0; shift <= 16; shift += 8) {
            assertThat(Math.abs((one >> shift & 0xFF) - (other >> shift & 0xFF)))
                    .isLessThan(4);
        }
    }

    private static BufferedImage image(byte[] jpeg) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(jpeg));
    }

    private static String size(BufferedImage image) {
        return image.getWidth() + "x" + image.getHeight();
    }

    private byte[] snapshot(String target) throws IOException {
        RawConnection client = connect().ask("GET", target);
        ResponseHead head = client.head();
        assertThat(head.status()).isEqualTo(200);
        return client.read(Integer.parseInt(head.header("Content-Length")));
    }

    private String body(String target) throws IOException {
        RawConnection client = connect().ask("GET", target);
        return text(client, client.head());
    }

    private static String text(RawConnection client, ResponseHead head) throws IOException {
        return new String(client.read(Integer.parseInt(head.header("Content-Length"))), StandardCharsets.UTF_8);
    }

    private RawConnection connect() throws IOException {
        RawConnection connection = RawConnection.to(flipbook.port());
        toClose.add(connection);
        return connection;
    }
}
