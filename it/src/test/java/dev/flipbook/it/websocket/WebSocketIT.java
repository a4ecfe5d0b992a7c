package dev.flipbook.it.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.SocketClient;
import dev.flipbook.it.kit.SocketClient.Picture;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(180)
class WebSocketIT {

    private Flipbook flipbook;
    private SocketClient client;

    @BeforeEach
    void start() throws IOException {
        flipbook = Flipbook.start(new ServerOptions(
                        "127.0.0.1",
                        0,
                        false,
                        Set.of(),
                        Set.of("https://wall.example"),
                        ServerOptions.DEFAULT.feeds(),
                        ServerOptions.DEFAULT.deadlines())
                .withPort(0));
        client = SocketClient.open(flipbook.address());
    }

    @AfterEach
    void end() {
        client.close();
        flipbook.close();
    }

    @Test
    void picturesComeWithNumberSequenceAndTime() throws IOException {
        Feed door = flipbook.feed("door");
        byte[] picture = jpeg(Color.RED);
        assertThat(picture).as("more than a client may say").hasSizeGreaterThan(4096);
        door.publish(picture);

        client.say("{\"watch\":7,\"feed\":\"door\"}");
        client.awaitPictures(1);

        Picture first = client.pictures.get(0);
        assertThat(client.protocol()).isEqualTo("flipbook.v1");
        assertThat(first.version()).isEqualTo(1);
        assertThat(first.kind()).isZero();
        assertThat(first.number()).isEqualTo(7);
        assertThat(first.sequence()).isEqualTo(1);
        assertThat(first.time()).isCloseTo((double) System.currentTimeMillis(), within(60_000.0));
        assertThat(first.type()).isEqualTo("image/jpeg");
        assertThat(first.bytes()).isEqualTo(picture);
    }

    @Test
    void onlyTwoPicturesAreUnderWayAndTheNextIsTheNewest() throws IOException {
        Feed door = flipbook.feed("door");
        door.publish(tiny(Color.RED));
        client.say("{\"watch\":1,\"feed\":\"door\"}");
        client.awaitPictures(1);
        for (int i = 2; i <= 9; i++) {
            door.publish(tiny(new Color(i, i, i)));
        }
        client.awaitPictures(2);
        client.settle();
        assertThat(client.pictures).hasSize(2);

        client.painted(1);
        client.awaitPictures(3);

        assertThat(client.pictures.stream().map(Picture::sequence)).containsExactly(1L, 2L, 9L);
    }

    @Test
    void feedsOfOneConnectionDoNotWaitForEachOther() throws IOException {
        Feed one = flipbook.feed("one");
        Feed other = flipbook.feed("other");
        client.say("{\"watch\":1,\"feed\":\"one\"}");
        client.say("{\"watch\":2,\"feed\":\"other\"}");
        client.settle();

        for (int i = 0; i < 5; i++) {
            one.publish(tiny(new Color(i, 0, 0)));
        }
        other.publish(tiny(Color.BLUE));

        await().until(() ->
                client.pictures.stream().filter(p -> p.number() == 1).count() == 2
                        && client.pictures.stream().anyMatch(p -> p.number() == 2));
    }

    @Test
    void forgottenFeedIsNotSentAndHasNoViewer() throws IOException {
        Feed door = flipbook.feed("door");
        client.say("{\"watch\":1,\"feed\":\"door\"}");
        client.settle();
        assertThat(door.status().viewers()).isEqualTo(1);

        client.say("{\"forget\":1}");
        client.settle();

        assertThat(door.status().viewers()).isZero();
        door.publish(tiny(Color.RED));
        client.settle();
        assertThat(client.pictures).isEmpty();
    }

    @Test
    void clientThatLeavesHasNoViewersAtOnce() {
        Feed door = flipbook.feed("door");
        client.say("{\"watch\":1,\"feed\":\"door\"}");
        client.settle();

        client.close();

        await().until(() -> door.status().viewers() == 0);
    }

    @Test
    void wishesOfAWatchedFeedMayChange() throws IOException {
        Feed door = flipbook.feed("door");
        door.publish(jpeg(Color.RED));
        client.say("{\"watch\":1,\"feed\":\"door\"}");
        client.awaitPictures(1);

        client.say("{\"watch\":1,\"feed\":\"door\",\"width\":160}");
        await().until(
                        () -> { // or smaller, because on a busy machine this client seems to have a slow link
                            Picture last = client.pictures.getLast();
                            return last.sequence() == 1
                                    && ImageIO.read(new ByteArrayInputStream(last.bytes()))
                                                    .getWidth()
                                            <= 160;
                        });
        await().until(() -> door.status().viewers() == 1);
    }

    @Test
    void unknownFeedAndWrongValuesAreRefusedWithASentence() {
        flipbook.feed("door");
        client.say("{\"watch\":3,\"feed\":\"dor\"}");
        JsonNode refused = client.awaitText("refused");
        assertThat(refused.path("refused").asInt()).isEqualTo(3);
        assertThat(refused.path("status").asInt()).isEqualTo(404);
        assertThat(refused.path("reason").asString()).isEqualTo("there is no feed 'dor'; there are: door");

        assertThat(refusal("{\"watch\":4,\"feed\":\"door\",\"fps\":0}"))
                .isEqualTo("fps is a number from 0.1 to 1000, not '0'");
        assertThat(refusal("{\"watch\":4,\"feed\":\"door\",\"width\":3}"))
                .startsWith("width is a number of pixels from 16 to 8192");
        assertThat(refusal("{\"watch\":-1,\"feed\":\"door\"}")).isEqualTo("watch is a number from 0 to 65535, not -1");
        assertThat(refusal("{\"whatever\":1}"))
                .isEqualTo("a message has one of the keys: watch, forget, painted, status, ping");
        assertThat(refusal("{\"status\":1}")).isEqualTo("status is true or false, not 1");
    }

    private String refusal(String message) {
        client.texts.clear();
        client.say(message);
        return client.awaitText("reason").path("reason").asString();
    }

    @Test
    void pictureThatWasNeverSentMayBeAcknowledged() throws IOException {
        Feed door = flipbook.feed("door");
        client.painted(9);
        client.say("{\"watch\":1,\"feed\":\"door\"}");
        client.painted(1);
        client.painted(1);
        client.painted(1);
        client.settle();
        for (int i = 0; i < 5; i++) {
            door.publish(tiny(new Color(i, 0, 0)));
        }
        client.awaitPictures(2);
        client.settle();

        assertThat(client.pictures).hasSize(2); // the client may get no further picture
    }

    @Test
    void removedFeedIsTold() {
        flipbook.feed("door");
        client.say("{\"watch\":5,\"feed\":\"door\"}");
        client.settle();

        flipbook.feeds().remove("door");

        assertThat(client.awaitText("ended").path("ended").asInt()).isEqualTo(5);
    }

    @Test
    void watchedFeedIsListedAndCanBeEnded() throws Exception {
        Feed door = flipbook.feed("door");
        client.say("{\"watch\":5,\"feed\":\"door\"}");
        client.settle();

        JsonNode listed = SocketClient.get(flipbook.address().resolve("/api/streams"));
        assertThat(listed.path("streams").size()).isEqualTo(1);
        JsonNode one = listed.path("streams").get(0);
        assertThat(one.path("kind").asString()).isEqualTo("websocket");
        assertThat(one.path("feed").asString()).isEqualTo("door");
        int status = SocketClient.delete(
                flipbook.address().resolve("/api/streams/" + one.path("id").asString()));

        assertThat(status).isEqualTo(204);
        assertThat(client.awaitText("ended").path("ended").asInt()).isEqualTo(5);
        assertThat(door.status().viewers()).isZero();
        assertThat(SocketClient.get(flipbook.address().resolve("/api/streams"))
                        .path("streams")
                        .size())
                .isZero();
    }

    @Test
    void announcedLengthTakesNoMemory() throws IOException {
        try (RawConnection raw = RawConnection.to(flipbook.port()).askForWebSocket()) {
            // text, masked, of 2,000,000,000 bytes; the first 8,000 of them
            ByteBuffer frame = ByteBuffer.allocate(14 + 8000).put((byte) 0x81).put((byte) 0xFF);
            frame.putLong(2_000_000_000).putInt(0);
            raw.send(frame.array());

            byte[] answer = raw.rest();

            assertThat(answer.length).isLessThan(1000);
            assertThat(ByteBuffer.wrap(answer).getShort(closeFrame(answer) + 2)).isEqualTo((short) 1009);
        }
    }

    /** The head of the answer, and the bytes that come shortly after it. */
    private String handshake(String header) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), flipbook.port())) {
            socket.setSoTimeout(60_000);
            String request = "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" + header + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] answer = new byte[2000];
            int length = 0;
            while (!new String(answer, 0, length, StandardCharsets.UTF_8).contains("flipbook.v1")) {
                int more = socket.getInputStream().read(answer, length, answer.length - length);
                if (more < 0) {
                    break;
                }
                length += more;
            }
            return new String(answer, 0, length, StandardCharsets.UTF_8);
        }
    }

    private static int closeFrame(byte[] answer) {
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n") + 4;
        assertThat(answer[end]).isEqualTo((byte) 0x88);
        return end;
    }

    @Test
    void otherSubprotocolIsRefused() throws Exception {
        String answer = handshake("Sec-WebSocket-Protocol: chat\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400").contains("the subprotocol of this WebSocket is flipbook.v1");
    }

    @Test
    void pagesThatMayEmbedDoNotLearnTheIdsOfStreams() throws Exception {
        assertThat(SocketClient.status(flipbook.address().resolve("/api/streams"), "https://wall.example"))
                .isEqualTo(403);
        assertThat(SocketClient.status(flipbook.address().resolve("/api/feeds"), "https://wall.example"))
                .isEqualTo(200);
    }

    @Test
    void feedsThatComeAndGoLeaveRoomForPictures() throws Exception {
        byte[] picture = noise(400, 300);
        assertThat(picture).as("two of them fill the window").hasSizeGreaterThan(66_000);
        Feed door = flipbook.feed("door");
        door.publish(picture);
        for (int i = 1; i <= 20; i++) {
            client.say("{\"watch\":1,\"feed\":\"door\"}");
            client.awaitPictures(i); // the picture stays in flight, because it is never acknowledged
            client.say("{\"forget\":1}");
        }

        client.say("{\"watch\":2,\"feed\":\"door\"}");
        for (int i = 1; i <= 10; i++) {
            client.awaitPictures(20 + i);
            client.painted(2);
            door.publish(picture);
        }
    }

    @Test
    void largePicturesGetTheirTurnBesideSmallOnes() throws Exception {
        int last = 10; // a fault that always begins with the first feed would favour it there
        Feed large = flipbook.feed("large");
        byte[] big = noise(1280, 960);
        assertThat(big).hasSizeGreaterThan(200_000);
        for (int i = 1; i <= 9; i++) {
            flipbook.feed("small" + i);
            client.say("{\"watch\":" + i + ",\"feed\":\"small" + i + "\"}");
        }
        client.say("{\"watch\":" + last + ",\"feed\":\"large\"}");
        byte[] small = noise(32, 32);
        try (ScheduledExecutorService clock = Executors.newScheduledThreadPool(1)) {
            var _ = clock.scheduleAtFixedRate(
                    () -> {
                        large.publish(big);
                        for (int i = 1; i <= 9; i++) {
                            flipbook.feed("small" + i).publish(small);
                        }
                    },
                    0,
                    10,
                    TimeUnit.MILLISECONDS);
            AtomicInteger read = new AtomicInteger();
            var _ = clock.scheduleAtFixedRate(
                    () -> { // a slow client, for pictures of any size
                        if (read.get() < client.pictures.size()) {
                            client.painted(
                                    client.pictures.get(read.getAndIncrement()).number());
                        }
                    },
                    0,
                    5,
                    TimeUnit.MILLISECONDS);
            await().until(() -> client.pictures.size() > 400);
        }

        long ofLarge =
                client.pictures.stream().filter(one -> one.number() == last).count();
        assertThat(ofLarge)
                .as("of %d pictures, a tenth is its share", client.pictures.size())
                .isGreaterThan(8);
    }

    @Test
    void clientThatTakesLongForAPictureIsToldThatItGetsSmallerOnes() throws Exception {
        Feed door = flipbook.feed("door");
        byte[] picture = noise(640, 480);
        door.publish(picture);
        client.say("{\"watch\":4,\"feed\":\"door\",\"rotate\":90}");
        client.awaitPictures(1);

        JsonNode level = client.awaitText("level"); // without an acknowledgement for longer than a quarter of a second

        assertThat(level.path("level").asInt()).isEqualTo(4);
        assertThat(level.path("step").asInt()).isBetween(1, 3);
        client.painted(4);
        await().until(() -> {
            BufferedImage seen = ImageIO.read(
                    new ByteArrayInputStream(client.pictures.getLast().bytes()));
            return seen.getWidth() <= 360 && seen.getHeight() <= 480 && seen.getHeight() > seen.getWidth();
        });
    }

    @Test
    void pictureIsNeverOlderThanTheOneBeforeWhateverSizeIsWished() throws Exception {
        Feed door = flipbook.feed("door");
        byte[] picture = noise(1280, 960);
        SocketClient other = SocketClient.open(flipbook.address());
        try (ScheduledExecutorService clock = Executors.newScheduledThreadPool(1)) {
            other.say("{\"watch\":1,\"feed\":\"door\",\"width\":640}"); // which takes a while to be made
            client.say("{\"watch\":1,\"feed\":\"door\"}");
            AtomicInteger read = new AtomicInteger();
            var _ = clock.scheduleWithFixedDelay(
                    () -> {
                        door.publish(picture);
                        other.painted(1);
                        if (read.get() < client.pictures.size()) {
                            client.painted(1);
                            client.say("{\"watch\":1,\"feed\":\"door\""
                                    + (read.getAndIncrement() % 2 == 0 ? ",\"width\":640}" : "}"));
                        }
                    },
                    0,
                    10,
                    TimeUnit.MILLISECONDS);
            await().until(() -> client.pictures.size() > 150);
        } finally {
            other.close();
        }

        List<Long> sequences = client.pictures.stream().map(Picture::sequence).toList();
        assertThat(sequences).isSorted();
    }

    @Test
    void statusIsToldAtOnceAndWhenAFeedComes() {
        flipbook.feed("door");
        client.say("{\"status\":true}");
        client.awaitText("feeds");
        client.texts.clear();

        flipbook.feed("garage");

        await().until(() ->
                client.texts.stream().anyMatch(one -> one.path("feeds").size() == 2));
    }

    @Test
    void pingBringsTheServersTime() {
        client.say("{\"ping\":12.5}");

        JsonNode pong = client.awaitText("pong");

        assertThat(pong.path("pong").asDouble()).isEqualTo(12.5);
        assertThat(pong.path("time").asDouble()).isCloseTo((double) System.currentTimeMillis(), within(60_000.0));
    }

    @Test
    void nonsenseClosesTheConnection() {
        assertThat(closedBy("this is no JSON")).isEqualTo(1008);
        assertThat(closedBy("[1]")).isEqualTo(1008);
        assertThat(closedBy("{\"ping\":" + "1".repeat(5000) + "}")).isEqualTo(1009);
        try (SocketClient other = SocketClient.open(flipbook.address())) {
            other.sayBinary();
            assertThat(other.closed.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(1003);
        }
    }

    private int closedBy(String message) {
        try (SocketClient other = SocketClient.open(flipbook.address())) {
            other.say(message);
            return other.closed.orTimeout(60, TimeUnit.SECONDS).join();
        }
    }

    @Test
    void pagesOfOtherOriginsAreRefused() {
        assertThatThrownBy(() -> SocketClient.open(flipbook.address(), "https://evil.example"))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(WebSocketHandshakeException.class)
                .satisfies(e -> assertThat(((WebSocketHandshakeException) e.getCause())
                                .getResponse()
                                .statusCode())
                        .isEqualTo(403));
        SocketClient.open(flipbook.address(), "https://wall.example").close();
        SocketClient.open(flipbook.address(), "http://" + flipbook.address().getAuthority())
                .close();
    }

    @Test
    void serverThatStopsTellsSo() {
        flipbook.close();

        assertThat(client.closed.orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo(1001);
    }

    private static byte[] noise(int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Random dice = new Random(1);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, dice.nextInt());
            }
        }
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", jpeg);
        return jpeg.toByteArray();
    }

    /** A picture so small that no smaller size is made, even if the client acknowledges late on a busy machine. */
    private static byte[] tiny(Color colour) throws IOException {
        return jpeg(colour, 16, 16);
    }

    private static byte[] jpeg(Color colour) throws IOException {
        return jpeg(colour, 1280, 960);
    }

    private static byte[] jpeg(Color colour, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(colour);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.dispose();
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        ImageIO.write(image, "jpeg", jpeg);
        return jpeg.toByteArray();
    }
}
