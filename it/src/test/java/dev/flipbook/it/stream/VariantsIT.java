package dev.flipbook.it.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.Frame;
import dev.flipbook.Variant;
import dev.flipbook.Viewer;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.ResponseHead;
import dev.flipbook.it.kit.SocketClient;
import dev.flipbook.mjpeg.Framing;
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
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A feed in other sizes, qualities and rotations, over real sockets and with the real library. */
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
    void theNinthVariantIsTheNearestAndItsOwnWhenAnotherHasGone() throws Exception {
        List<Viewer> viewers = holdAllPlaces();
        PartReader more = PartReader.of(connect(), "/feeds/door.mjpg?width=160&quality=85");
        assertThat(size(image(more.next().orElseThrow().picture())))
                .as("all there are have the feed's size")
                .isEqualTo("640x352");
        assertThat(feed.status().variants()).hasSize(8);
        viewers.getFirst().leave();
        await().untilAsserted(() -> {
            feed.publish(picture(1));
            assertThat(size(image(more.next().orElseThrow().picture()))).isEqualTo("160x88");
        });
        assertThat(feed.status().variants()).hasSize(8);
    }

    @Test
    void webSocketsThatAcknowledgeNothingKeepNoVariantFromOthers() throws Exception {
        feed.publish(noise()); // no connection gets eight of these pictures before it acknowledges one
        for (int i = 0; i < 3; i++) { // each of which has three variants
            SocketClient silent = SocketClient.open(flipbook.address());
            toClose.add(silent);
            for (int number = 0; number < 8; number++) {
                silent.say("{\"watch\":" + number + ",\"feed\":\"door\",\"quality\":"
                        + (10 + 30 * i + 10 * (number % 3)) + "}");
            }
            silent.settle();
        }
        assertThat(feed.status().variants()).hasSize(8);
        PartReader honest = PartReader.of(connect(), "/feeds/door.mjpg?width=160");
        assertThat(honest.head().status()).isEqualTo(200);
        await().pollInterval(Duration.ofMillis(100))
                .untilAsserted(
                        () -> { // making each picture takes some time
                            feed.publish(noise());
                            assertThat(size(image(honest.next().orElseThrow().picture())))
                                    .isEqualTo("160x88");
                            assertThat(feed.status().variants())
                                    .as("nobody takes the others")
                                    .hasSize(1);
                        });
        assertThat(feed.status().viewers()).as("nobody was cut").isEqualTo(25);
    }

    @Test
    void oneWebSocketHasThreeVariantsOfAFeed() throws Exception {
        SocketClient greedy = SocketClient.open(flipbook.address());
        toClose.add(greedy);
        for (int number = 0; number < 8; number++) {
            greedy.say("{\"watch\":" + number + ",\"feed\":\"door\",\"width\":" + 80 * (number + 1) + "}");
        }
        greedy.settle();

        assertThat(feed.status().variants()).hasSize(3);
        greedy.awaitPictures(8);
        assertThat(greedy.texts).noneMatch(text -> text.has("refused"));
    }

    @Test
    void oneAddressHasThreeVariantsOfAFeedAndThenTheNearestOfThem() throws Exception {
        List<String> sizes = List.of("160x88", "480x264", "560x308", "160x88", "560x308");
        List<String> asked = List.of("160", "480", "560", "240", "550");
        for (int i = 0; i < 5; i++) {
            PartReader one = PartReader.of(connectFrom("127.0.0.2"), "/feeds/door.mjpg?width=" + asked.get(i));
            assertThat(size(image(one.next().orElseThrow().picture()))).isEqualTo(sizes.get(i));
        }
        PartReader other = PartReader.of(connectFrom("127.0.0.3"), "/feeds/door.mjpg?width=240");
        assertThat(size(image(other.next().orElseThrow().picture()))).isEqualTo("240x132");
        assertThat(feed.status().variants()).hasSize(4);
    }

    @Test
    void aWebSocketHasPicturesWhenAllPlacesAreTakenAndAlsoWhenItIsSlow() throws Exception {
        holdAllPlaces();
        SocketClient slow = SocketClient.open(flipbook.address());
        toClose.add(slow);
        slow.say("{\"watch\":1,\"feed\":\"door\",\"width\":480}");
        slow.awaitPictures(1);
        await().pollInterval(Duration.ofMillis(400)).until(() -> {
            feed.publish(picture(1));
            slow.painted(1);
            return slow.texts.stream().anyMatch(text -> text.path("step").asInt() > 0);
        });
        int before = slow.pictures.size();
        await().until(() -> {
            feed.publish(picture(2));
            slow.painted(1);
            return slow.pictures.size() > before + 5;
        });

        assertThat(slow.texts).noneMatch(text -> text.has("refused"));
        assertThat(feed.status().variants()).hasSize(8);
    }

    @Test
    void aSnapshotOfANinthVariantIsMade() throws Exception {
        holdAllPlaces();
        assertThat(size(image(snapshot("/feeds/door.jpg?width=160")))).isEqualTo("160x88");
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
        return jpeg(image);
    }

    private static byte[] noise() throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int x = 0; x < WIDTH; x++) {
            for (int y = 0; y < HEIGHT; y++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        return jpeg(image);
    }

    private static byte[] jpeg(BufferedImage image) throws IOException {
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

    /** Adds eight viewers of the program's own, each with another quality, which take every picture. */
    private List<Viewer> holdAllPlaces() {
        List<Viewer> viewers = new ArrayList<>();
        for (int quality = 10; quality <= 80; quality += 10) {
            viewers.add(feed.watch(
                    (slice, last, completion) -> completion.drained(),
                    Framing.STRICT,
                    0,
                    new Variant(0, 0, quality, 0)));
        }
        return viewers;
    }

    private RawConnection connectFrom(String address) throws IOException {
        RawConnection connection = RawConnection.from(address, flipbook.port());
        toClose.add(connection);
        return connection;
    }

    private RawConnection connect() throws IOException {
        RawConnection connection = RawConnection.to(flipbook.port());
        toClose.add(connection);
        return connection;
    }
}
