package dev.flipbook.it.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.FrameSource;
import dev.flipbook.feed.Feed;
import dev.flipbook.it.kit.LogWatch;
import dev.flipbook.it.kit.NumberedPicture;
import dev.flipbook.it.kit.PartReader;
import dev.flipbook.it.kit.ProcessFigures;
import dev.flipbook.it.kit.RawConnection;
import dev.flipbook.it.kit.Witness;
import dev.flipbook.server.Deadlines;
import dev.flipbook.server.Flipbook;
import dev.flipbook.server.ServerOptions;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Publishing over HTTP, by correct and by faulty programs. After each test, a viewer of another feed has lost no frame,
 * a viewer of this feed has seen whole pictures of one publisher at a time, nothing is left of the connections, and the
 * log has no stack trace.
 */
@Timeout(300)
class PublishIT {

    /** Maximum bytes of a body without a picture in it. */
    private static final int LIMIT = 32 << 20;

    private final LogWatch log = new LogWatch();
    private final List<RawConnection> connections = new ArrayList<>();
    private Flipbook flipbook;
    private Feed door;
    private Feed own;
    private Witness witness;
    private Witness viewer;
    private ProcessFigures before;
    private int published;

    @BeforeEach
    void serve() throws IOException {
        flipbook = Flipbook.start(ServerOptions.DEFAULT.withPort(0));
        door = flipbook.feeds().open("door");
        own = flipbook.feed("own");
        flipbook.feed("demo", FrameSource.open("demo"));
        own.publish(NumberedPicture.of(++published));
        witness = Witness.of(flipbook.port(), "/feeds/own.mjpg");
        assertThat(put("/feeds/door", NumberedPicture.of(1)).status()).isEqualTo(200);
        viewer = Witness.of(flipbook.port(), "/feeds/door.mjpg");
        viewer.awaits(1);
        before = ProcessFigures.now();
    }

    @AfterEach
    void everythingIsAsBefore() throws IOException {
        try (Flipbook served = flipbook;
                LogWatch watched = log;
                Witness other = witness;
                Witness watching = viewer) {
            for (int i = 0; i < 3; i++) {
                own.publish(NumberedPicture.of(++published));
                other.awaits(published);
            }
            other.sawAllUpTo(published);
            for (RawConnection connection : connections) {
                connection.close();
            }
            await().untilAsserted(() -> assertThat(
                            put("/feeds/door", NumberedPicture.of(99)).status())
                    .isEqualTo(200));
            watching.awaits(99);
            assertThat(watching.numbers()).isSorted();
            ProcessFigures.awaitAsBefore(before);
            assertThat(served.feeds().viewers()).isEqualTo(2);
            assertThat(watched.traces()).isEmpty();
        }
    }

    // one picture

    @Test
    void aJpegIsShownUntouchedAndStaysAsAStill() throws IOException {
        byte[] picture = NumberedPicture.of(2, 100_000);

        Answer answer = put("/feeds/door", picture);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.head()).contains("\r\nContent-Type: application/json\r\n");
        assertThat(answer.body()).isEqualTo("{\"frames\":1,\"refused\":0}\n");
        assertThat(snapshot()).isEqualTo(picture);
        assertState(State.LIVE, "");
        assertThat(door.status().source()).isEqualTo("a publisher at 127.0.0.1");
        viewer.awaits(2);
    }

    @Test
    void aPngAndOtherKindsAreShownAsJpegs() throws IOException {
        for (String kind : List.of("png", "gif", "bmp")) {
            assertThat(put("/feeds/door", picture(kind, Color.RED)).status())
                    .as(kind)
                    .isEqualTo(200);
            Color shown = new Color(decoded().getRGB(20, 20));
            assertThat(shown.getRed()).as(kind).isGreaterThan(220);
            assertThat(shown.getBlue()).as(kind).isLessThan(60);
        }
        assertThat(door.status().encoding().frames()).isEqualTo(3);
    }

    @Test
    void aProgramThatExpectsContinueGetsIt() throws IOException {
        byte[] picture = NumberedPicture.of(2);
        RawConnection connection = open();
        connection.send(head("PUT", "/feeds/door", "Content-Length: " + picture.length, "Expect: 100-continue"));
        assertThat(connection.line()).isEqualTo("HTTP/1.1 100 Continue");
        connection.line();
        assertThat(answer(connection.send(picture)).status()).isEqualTo(200);

        RawConnection refused = open();
        refused.send(head("PUT", "/feeds/none", "Content-Length: " + picture.length, "Expect: 100-continue"));
        assertThat(answer(refused).status()).as("at once").isEqualTo(404);
    }

    @Test
    void oneConnectionPublishesAsOftenAsItLikes() throws IOException {
        RawConnection connection = open();
        for (int number = 2; number < 10; number++) {
            byte[] picture = NumberedPicture.of(number);
            connection.send(
                    "PUT /feeds/door HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + picture.length + "\r\n\r\n");
            connection.send(picture);
            assertThat(answer(connection).body()).isEqualTo("{\"frames\":1,\"refused\":0}\n");
        }
    }

    // plain pixels

    @Test
    void plainPixelsAreShown() throws IOException {
        byte[] blue = new byte[3 * 64 * 48];
        for (int i = 0; i < blue.length; i += 3) {
            blue[i] = (byte) 255;
        }
        // a server of its own, with which the threads that encode end
        try (Flipbook other = Flipbook.start(ServerOptions.DEFAULT.withPort(0));
                RawConnection publisher = RawConnection.to(other.port())) {
            Feed feed = other.feeds().open("door");
            String target = "/feeds/door?format=bgr24&size=64x48";
            publisher
                    .send(head("PUT", target, "Content-Length: " + 2 * blue.length))
                    .send(join(blue, blue));
            assertThat(answer(publisher).body()).isEqualTo("{\"frames\":2,\"refused\":0}\n");
            byte[] shown = feed.snapshot().join().bytes();
            Color colour =
                    new Color(ImageIO.read(new ByteArrayInputStream(shown)).getRGB(20, 20));
            assertThat(colour.getBlue()).isGreaterThan(220);
            assertThat(colour.getRed()).isLessThan(40);
            assertThat(feed.status().encoding().frames()).isEqualTo(1);
        }
    }

    @Test
    void sixteenBitsAreShownInTheRangeThatIsGiven() throws IOException {
        byte[] depths = new byte[2 * 64 * 48];
        for (int i = 0; i < depths.length; i += 2) {
            depths[i] = (byte) 0xD0; // 2000, in a range of which it is a quarter
            depths[i + 1] = 0x07;
        }
        try (Flipbook other = Flipbook.start(ServerOptions.DEFAULT.withPort(0));
                RawConnection publisher = RawConnection.to(other.port())) {
            Feed feed = other.feeds().open("door");
            String target = "/feeds/door?format=grey16le&size=64x48&range=1000-5000";
            publisher
                    .send(head("PUT", target, "Content-Length: " + depths.length))
                    .send(depths);
            assertThat(answer(publisher).body()).isEqualTo("{\"frames\":1,\"refused\":0}\n");
            byte[] shown = feed.snapshot().join().bytes();
            assertThat(ImageIO.read(new ByteArrayInputStream(shown)).getRaster().getSample(20, 20, 0))
                    .isBetween(61, 67);
        }
    }

    @Test
    void whatIsWrongWithPlainPixelsIsSaid() throws IOException {
        byte[] pixels = new byte[3 * 64 * 48];
        assertRefused(put("/feeds/door?format=bgr24&size=64x49", pixels), 400, "has 9408 bytes, and the body has 9216");
        assertRefused(put("/feeds/door?format=xyz&size=64x48", pixels), 400, "bgr24, rgb24, rgba, grey8, yuv420p");
        assertRefused(put("/feeds/door?format=bgr24", pixels), 400, "640x480");
        assertRefused(put("/feeds/door?size=64x0&format=bgr24", pixels), 400, "640x480");
        assertRefused(put("/feeds/door?size=8192x8192&format=rgba", pixels), 413, "at most 33554432");
        assertRefused(put("/feeds/door?takeover=yes", pixels), 400, "takeover is 1 or 0");
        assertRefused(put("/feeds/door?format=grey16le&size=64x48", pixels), 400, "has 6144 bytes");
        assertRefused(put("/feeds/door?format=grey16le&size=96x48&range=9", pixels), 400, "such as 500-4500");
    }

    // I1: too long

    @Test
    void aLengthOfFourGibibytesIsRefusedBeforeItIsRead() throws IOException {
        RawConnection connection = open();
        connection.send(head("PUT", "/feeds/door", "Content-Length: 4294967296"));
        assertRefused(answer(connection), 413, "too long");

        RawConnection picture = open();
        picture.send(head("PUT", "/feeds/door", "Content-Type: image/jpeg", "Content-Length: " + (LIMIT + 1)));
        assertRefused(answer(picture), 413, "33554432");
    }

    @Test
    void aRequestWithoutABodyIsRefusedAndWhatFollowsIsNotARequest() throws IOException {
        RawConnection connection = open();
        connection.send(
                "PUT /feeds/door HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        String all = new String(connection.rest(), StandardCharsets.UTF_8);
        assertThat(all).startsWith("HTTP/1.1 411 ").doesNotContain("200 OK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\u00FF\u00D8\u00FF\u00DA\u0000\u0002", "\u0089PNG\r\n\u001A\n", "--b\r\n\r\n"})
    void aBodyThatNeverEndsIsRefusedAtTheLimit(String beginning) throws IOException {
        RawConnection connection = open();
        connection.send(head("POST", "/feeds/door", "Transfer-Encoding: chunked"));
        if (!beginning.isEmpty()) {
            connection.send(Integer.toHexString(beginning.length()) + "\r\n" + beginning + "\r\n");
        }
        byte[] zeros = ("10000\r\n" + "\u0000".repeat(1 << 16) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        long sent = 0;
        try {
            for (; sent < 3L * LIMIT; sent += 1 << 16) {
                connection.send(zeros);
            }
        } catch (IOException e) {
            // the server has had enough
        }
        // the kernels of both sides hold further bytes, in addition to those that were read
        assertThat(sent).as("bytes that could be sent").isBetween((long) LIMIT, LIMIT + (32L << 20));
        assertRefused(answer(connection), 413, "no whole picture came within 33554432 bytes");
        assertNothingWasShown();
    }

    // I2: half a picture

    @Test
    void halfAPictureIsNotShownAndTheLastGoodOneStays() throws IOException {
        byte[] picture = NumberedPicture.of(2, 200_000);
        byte[] half = Arrays.copyOf(picture, picture.length / 2);
        RawConnection ended = open();
        ended.send(head("PUT", "/feeds/door", "Content-Length: " + picture.length))
                .send(half);
        ended.endOutput();
        assertRefused(answer(ended), 400, "the connection has broken off");

        RawConnection reset = open();
        reset.send(head("PUT", "/feeds/door", "Content-Length: " + picture.length))
                .send(half);
        await().until(() -> !isFree());
        reset.abort();
        await().until(this::isFree);

        assertRefused(put("/feeds/door", half), 422, "");
        assertNothingWasShown();
        assertState(State.LIVE, "");
        assertThat(snapshot()).isEqualTo(NumberedPicture.of(1));
    }

    // I3: no picture

    @Test
    void whatIsNotAPictureIsRefused() throws IOException {
        assertRefused(
                put("/feeds/door", latin1("<!DOCTYPE html><html><body>hello</body></html>")), 415, "not a picture");
        assertRefused(put("/feeds/door", latin1("{\"a\": 1}")), 415, "not a picture");
        assertRefused(
                put("/feeds/door", latin1("\0\0\0\1\147\102\300\36\331\0\240")),
                415,
                "PROGRAM | ffmpeg -v error -i - -f mpjpeg - | flipbook publish URL");
        assertRefused(put("/feeds/door", new byte[0]), 422, "empty");
        assertRefused(put("/feeds/door", latin1("\u00FF\u00D8\u00FF\u00D9")), 422, "");
        byte[] gif = picture("gif", Color.RED);
        assertRefused(put("/feeds/door", Arrays.copyOf(gif, gif.length - 5)), 422, "cut off");
        byte[] png = picture("png", Color.RED);
        assertRefused(put("/feeds/door", Arrays.copyOf(png, png.length - 20)), 422, "cut off");
        assertRefused(
                put("/feeds/door", NumberedPicture.of(2), "Content-Encoding: gzip"), 415, "without Content-Encoding");
        assertNothingWasShown();
    }

    @Test
    void whatHangsAfterAPictureIsCutOff() throws IOException {
        byte[] picture = NumberedPicture.of(2);
        assertThat(put("/feeds/door", join(picture, new byte[1 << 20])).status())
                .isEqualTo(200);
        assertThat(snapshot()).isEqualTo(picture);
    }

    @Test
    void ofAPhotoWithASecondPictureAfterItTheFirstIsShownAndStays() throws IOException {
        byte[] photo = NumberedPicture.of(2);
        byte[] body = join(photo, picture("jpg", 32, 24, Color.GRAY), new byte[500]);
        for (String type : List.of("image/jpeg", "IMAGE/PJPEG", "application/octet-stream", "")) {
            Answer answer =
                    type.isEmpty() ? put("/feeds/door", body) : put("/feeds/door", body, "Content-Type: " + type);
            assertThat(answer.body()).as(type).isEqualTo("{\"frames\":1,\"refused\":0}\n");
            assertThat(snapshot()).as(type).isEqualTo(photo);
            assertState(State.LIVE, "");
        }
    }

    @Test
    void severalJpegsThatAreCalledOnePictureAreOne() throws IOException {
        byte[] body = join(NumberedPicture.of(2), NumberedPicture.of(3));
        assertThat(put("/feeds/door", body, "Content-Type: image/jpeg").body()).startsWith("{\"frames\":1,");
        assertThat(snapshot()).isEqualTo(NumberedPicture.of(2));
        assertThat(put("/feeds/door", body).body())
                .as("and many without the name")
                .startsWith("{\"frames\":2,");
    }

    @Test
    void anEndlessStreamOfJpegsMayBeCalledAPicture() throws IOException {
        RawConnection publisher = stream("image/jpeg");
        for (int number = 2; number < 6; number++) {
            chunk(publisher, NumberedPicture.of(number));
            viewer.awaits(number);
        }
    }

    // I4: pictures that would hurt a decoder

    @Test
    void aPictureThatLiesAboutItselfIsRefusedSoon() throws IOException {
        byte[] picture = NumberedPicture.of(2);
        byte[] huge = picture.clone();
        int frame = find(huge, 0xC0);
        ByteBuffer.wrap(huge).putShort(frame + 5, (short) 65535).putShort(frame + 7, (short) 65535);
        byte[] noFrame =
                join(Arrays.copyOf(picture, frame), Arrays.copyOfRange(picture, find(picture, 0xDA), picture.length));
        byte[] noLength = picture.clone();
        ByteBuffer.wrap(noLength).putShort(4, (short) 0);
        byte[] pastTheEnd = picture.clone();
        ByteBuffer.wrap(pastTheEnd).putShort(find(picture, 0xDA) + 2, (short) 65535);
        byte[] fill = new byte[1 << 20];
        Arrays.fill(fill, (byte) 0xFF);
        fill[1] = (byte) 0xD8;
        for (byte[] bad : List.of(huge, scans(picture, 10_000), noFrame, noLength, pastTheEnd, fill)) {
            assertRefusedWithin(bad, Duration.ofMillis(250));
        }
        assertNothingWasShown();
        assertThat(door.status().encoding().frames()).isZero();
    }

    /** Checks the shortest time of several tries, because other programs run on this machine too. */
    private void assertRefusedWithin(byte[] bad, Duration time) throws IOException {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 100 && best > time.toNanos(); i++) {
            long begun = System.nanoTime();
            assertRefused(put("/feeds/door", bad), 422, "");
            best = Math.min(best, System.nanoTime() - begun);
        }
        assertThat(Duration.ofNanos(best)).isLessThanOrEqualTo(time);
    }

    private static byte[] scans(byte[] picture, int count) {
        int scan = find(picture, 0xDA);
        byte[] one = Arrays.copyOfRange(picture, scan, picture.length - 2);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(picture, 0, scan);
        for (int i = 0; i < count; i++) {
            all.writeBytes(one);
        }
        all.write(0xFF);
        all.write(0xD9);
        return all.toByteArray();
    }

    /** The place where this marker begins. The search begins after the comments, which may contain any bytes. */
    private static int find(byte[] picture, int marker) {
        int at = 2;
        while ((picture[at + 1] & 0xFF) != marker) {
            at += 2 + (((picture[at + 2] & 0xFF) << 8) | (picture[at + 3] & 0xFF));
        }
        return at;
    }

    // I5: multipart of every kind

    @Test
    void anEndlessMultipartIsShownPictureByPicture() throws IOException {
        RawConnection publisher = stream("multipart/x-mixed-replace; boundary=b");
        for (int number = 2; number < 12; number++) {
            part(publisher, "--b\r\nContent-Type: image/jpeg\r\nContent-Length: " + size(number) + "\r\n\r\n", number);
            viewer.awaits(number);
        }
        assertState(State.LIVE, "");
        chunk(publisher, latin1("--b--\r\n"));
        Answer answer = answer(publisher.send("0\r\n\r\n"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"frames\":10,\"refused\":0}\n");
        assertState(State.OFFLINE, "its publisher at 127.0.0.1 has gone");
    }

    @Test
    void jpegsBackToBackAreShown() throws IOException {
        RawConnection publisher = stream("application/octet-stream");
        for (int number = 2; number < 6; number++) {
            chunk(publisher, NumberedPicture.of(number));
            viewer.awaits(number);
        }
    }

    @Test
    void everyDialectOfMultipartIsRead() throws IOException {
        assertShown(
                2,
                "multipart/form-data; boundary=\"b\"",
                "--b\r\nContent-Disposition: form-data; name=\"f\"\r\nContent-Type: image/jpeg\r\n\r\n",
                "\r\n--b--\r\n");
        assertShown(3, "multipart/x-mixed-replace; boundary=b", "--b\n\n", "\n--b--\n");
        assertShown(
                4,
                "multipart/x-mixed-replace;boundary=" + "x".repeat(80),
                "--" + "x".repeat(80) + "\r\n\r\n",
                "\r\n--" + "x".repeat(80) + "--\r\n");
        assertShown(5, "", "--other\r\n\r\n", "\r\n--other--\r\n");
        assertShown(6, "multipart/mixed", "Hello\r\n--b\r\nContent-Type: text/plain\r\n\r\n\r\n", "\0\0\r\n--b--");
        assertShown(7, "image/jpeg", "--b\r\nContent-Length: 0\r\n\r\n", "");
        assertShown(8, "multipart/related; boundary=b", "", "");
        assertShown(9, "image/jpeg", "\u00EF\u00BB\u00BF\r\n", "\0\0");
        // a length that is too large, and one that is too small
        byte[] wrong = join(
                latin1("--b\r\nContent-Length: " + (size(10) + 50) + "\r\n\r\n"),
                NumberedPicture.of(10),
                latin1("\r\n--b\r\nContent-Length: " + (size(11) - 50) + "\r\n\r\n"),
                NumberedPicture.of(11),
                latin1("\r\n--b\r\n\r\n"),
                NumberedPicture.of(12),
                latin1("\r\n--b\r\n\r\n"),
                NumberedPicture.of(13),
                latin1("\r\n--b--\r\n"));
        assertThat(put("/feeds/door", wrong, "Content-Type: multipart/x-mixed-replace; boundary=b")
                        .status())
                .isEqualTo(200);
        viewer.awaits(13);
    }

    private void assertShown(int number, String type, String before, String after) throws IOException {
        byte[] body = join(latin1(before), NumberedPicture.of(number), latin1(after));
        Answer answer = type.isEmpty() ? put("/feeds/door", body) : put("/feeds/door", body, "Content-Type: " + type);
        assertThat(answer.text()).startsWith("HTTP/1.1 200").contains("\"frames\":1");
        viewer.awaits(number);
    }

    @Test
    void whatIsNoMultipartIsRefused() throws IOException {
        String type = "Content-Type: multipart/x-mixed-replace; boundary=";
        byte[] lines = latin1("no delimiter here\r\n".repeat(5000));
        assertRefused(put("/feeds/door", lines, type + "b"), 400, "multipart");
        assertRefused(put("/feeds/door", latin1("x".repeat(50_000)), type + "b"), 400, "header");
        assertRefused(put("/feeds/door", lines, type + "y".repeat(200)), 400, "boundary");
        byte[] torn = NumberedPicture.of(2, 1000);
        byte[] inside = join(
                latin1("--b\r\n\r\n"),
                Arrays.copyOf(torn, 600),
                latin1("\r\n--b\r\n\r\n"),
                Arrays.copyOfRange(torn, 600, torn.length),
                latin1("\r\n--b--\r\n"));
        assertRefused(put("/feeds/door", inside, type + "b"), 400, "no part can be shown");
        assertNothingWasShown();
    }

    @Test
    void manyPartsThatAreNoPicturesEndThePublisherWithOneLineOfLog() throws IOException {
        RawConnection publisher = stream("multipart/x-mixed-replace; boundary=b");
        part(publisher, "--b\r\n\r\n", 2);
        chunk(publisher, latin1("--b\r\n\r\nX\r\n".repeat(10_000)));
        viewer.awaits(2);

        assertRefused(answer(publisher), 400, "50 pictures in a row cannot be shown");
        assertState(
                State.OFFLINE,
                "its publisher at 127.0.0.1 has gone: 50 pictures in a row cannot be shown; the last: "
                        + "it is not a picture of a kind that is known");
        await().untilAsserted(
                        () -> assertThat(log.lines("50 pictures in a row")).hasSize(1));
    }

    @Test
    void picturesThatComeTooFastAreHeldUp() throws IOException {
        byte[] small = NumberedPicture.of(2, 10);
        int count = 1500;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            body.writeBytes(small);
        }
        long begun = System.nanoTime();
        assertThat(put("/feeds/door", body.toByteArray()).body()).startsWith("{\"frames\":" + count + ",");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(count - 150));
    }

    @Test
    void plainPixelsThatAreOnlyAnnouncedTakeNoMemory() throws IOException {
        long most = 48 * (32L << 20); // what is announced
        for (int i = 0; i < 48; i++) {
            flipbook.feeds().open("p" + i);
            RawConnection one = open();
            one.send(head("POST", "/feeds/p" + i + "?format=rgba&size=4096x2048", "Transfer-Encoding: chunked"));
            chunk(one, new byte[10]);
        }
        for (int i = 0; i < 48; i++) {
            assertIsThere("p" + i);
        }
        System.gc();
        Runtime machine = Runtime.getRuntime();
        assertThat(machine.totalMemory() - machine.freeMemory()).isLessThan(most / 3);
    }

    // I7: one at a time

    @Test
    void aSecondPublisherLearnsWhoIsThere() throws IOException {
        RawConnection first = stream("");
        chunk(first, NumberedPicture.of(2));
        viewer.awaits(2);
        assertRefused(
                put("/feeds/door", NumberedPicture.of(50)),
                409,
                "a publisher at 127.0.0.1 publishes to 'door', since 2");
        RawConnection second = stream("");
        chunk(second, NumberedPicture.of(50));
        assertRefused(answer(second), 409, "?takeover=1 ends the other one");
        chunk(first, NumberedPicture.of(3));
        viewer.awaits(3);
        assertThat(viewer.numbers()).containsExactly(1, 2, 3);
    }

    @Test
    void whoTakesOverEndsTheFirstAndFramesNeverMix() throws Exception {
        RawConnection first = stream("");
        Thread sending = Thread.ofVirtual().start(() -> sendUntilEnded(first));
        await().until(() -> viewer.newest() >= 5);

        RawConnection second = open();
        second.send(head("POST", "/feeds/door?takeover=1", "Transfer-Encoding: chunked"));
        for (int number = 80; number < 90; number++) {
            chunk(second, NumberedPicture.of(number));
            viewer.awaits(number);
        }
        sending.join(RawConnection.PATIENCE);
        assertThat(answer(first).text()).startsWith("HTTP/1.1 409 ").contains("has taken over the feed 'door'");
        List<Integer> seen = viewer.numbers();
        assertThat(seen.subList(seen.indexOf(80), seen.size())).allMatch(number -> number >= 80);
        assertState(State.LIVE, "");
    }

    private static void sendUntilEnded(RawConnection connection) {
        try {
            for (int number = 2; number < 79; number = number == 78 ? 78 : number + 1) {
                chunk(connection, NumberedPicture.of(number));
                await().pollDelay(Duration.ofMillis(10)).until(() -> true);
            }
        } catch (IOException e) {
            // it has been ended
        }
    }

    @Test
    void publishersAtOnceAreBoundedAndATakeoverNeedsNoPlace() throws IOException {
        List<RawConnection> all = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            flipbook.feeds().open("p" + i);
            RawConnection one = RawConnection.from("127.0.0." + (i < 48 ? 1 : 2), flipbook.port());
            connections.add(one);
            all.add(one.send(head("POST", "/feeds/p" + i, "Transfer-Encoding: chunked")));
        }
        for (int i = 0; i < 64; i++) {
            assertIsThere("p" + i);
        }
        Answer refused = put("/feeds/door", NumberedPicture.of(2));
        assertRefused(refused, 503, "there are 64 publishers already, which is the maximum");
        assertThat(refused.head()).contains("\r\nRetry-After: ");

        assertThat(put("/feeds/p7?takeover=1", NumberedPicture.of(2)).body()).startsWith("{\"frames\":1,");

        assertRefused(answer(all.get(7)), 409, "has taken over the feed 'p7'");
        await().until(() -> put("/feeds/door", NumberedPicture.of(2)).status() == 200);
    }

    @Test
    void oneAddressLeavesPlacesToOthers() throws IOException {
        for (int i = 0; i < 48; i++) {
            flipbook.feeds().open("p" + i);
            open().send(head("POST", "/feeds/p" + i, "Transfer-Encoding: chunked"));
        }
        for (int i = 0; i < 48; i++) {
            assertIsThere("p" + i);
        }
        assertRefused(put("/feeds/door", NumberedPicture.of(2)), 503, "your address has 48 of the 64 publishers");

        assertThat(putFrom("127.0.0.2").body()).isEqualTo("{\"frames\":1,\"refused\":0}\n");
        viewer.awaits(2);
    }

    private void assertIsThere(String name) {
        Feed feed = flipbook.feeds().find(name).orElseThrow();
        await().untilAsserted(() -> assertThat(feed.status().state()).isEqualTo(State.STARTING));
    }

    private Answer putFrom(String address) throws IOException {
        byte[] picture = NumberedPicture.of(2);
        try (RawConnection connection = RawConnection.from(address, flipbook.port())) {
            connection
                    .send(head("PUT", "/feeds/door", "Content-Length: " + picture.length))
                    .send(picture);
            return answer(connection);
        }
    }

    // who may

    @Test
    void onlyAFeedThatIsOpenIsPublishedTo() throws IOException {
        assertRefused(put("/feeds/own", NumberedPicture.of(50)), 403, "takes no pictures from other programs");
        assertRefused(put("/feeds/demo", NumberedPicture.of(50)), 403, "'demo' takes no pictures");
        assertRefused(put("/feeds/none", NumberedPicture.of(50)), 404, "there are: door, own, demo");
        assertThat(own.status().frames()).isEqualTo(published);
    }

    @Test
    void aPageOfAnotherOriginMayNotPublish() throws IOException {
        String host = "127.0.0.1:" + flipbook.port();
        byte[] picture = NumberedPicture.of(50);
        for (String header : List.of(
                "Origin: http://evil",
                "Origin: null",
                "Origin: http://127.0.0.1:1",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site")) {
            assertRefused(put("/feeds/door", picture, header), 403, "may not change anything here");
            assertThat(post(host, picture, header)).as("a form, with " + header).isEqualTo(403);
        }
        assertNothingWasShown();
        assertThat(post(host, NumberedPicture.of(2), "Origin: http://" + host)).isEqualTo(200);
        assertThat(post(host, NumberedPicture.of(3), "Sec-Fetch-Site: same-origin"))
                .isEqualTo(200);
        viewer.awaits(3);
    }

    @Test
    void eachRouteHasItsMethods() throws IOException {
        assertThat(ask("DELETE", "/feeds/door"))
                .startsWith("HTTP/1.1 405 ")
                .contains("Allow: GET, HEAD, OPTIONS, POST, PUT\r\n");
        assertThat(ask("OPTIONS", "/feeds/door"))
                .startsWith("HTTP/1.1 204 ")
                .contains("Allow: GET, HEAD, OPTIONS, POST, PUT\r\n");
        assertThat(ask("PUT", "/feeds/door.mjpg"))
                .startsWith("HTTP/1.1 405 ")
                .contains("Allow: GET, HEAD, OPTIONS\r\n");
        assertThat(ask("POST", "/healthz")).startsWith("HTTP/1.1 405 ").contains("Allow: GET, HEAD, OPTIONS\r\n");
    }

    // truth

    @Test
    void viewersSeeThatAPublisherHasGoneAndThatItIsBack() throws IOException {
        RawConnection first = stream("");
        for (int number = 2; number < 5; number++) {
            chunk(first, NumberedPicture.of(number));
        }
        viewer.awaits(4);
        first.abort();
        await().untilAsserted(() ->
                assertState(State.OFFLINE, "its publisher at 127.0.0.1 has gone: the connection has broken off"));
        RawConnection looking = open();
        PartReader parts = PartReader.of(looking, "/feeds/door.mjpg");
        await().until(() -> parts.next().orElseThrow().number() == 0); // a picture that says so
        RawConnection second = stream("");
        chunk(second, NumberedPicture.of(5));
        viewer.awaits(5);
        assertState(State.LIVE, "");
    }

    @Test
    void aPublisherThatSendsNothingGoes() throws IOException {
        Deadlines deadlines = new Deadlines(Duration.ofSeconds(2), Duration.ofSeconds(1));
        try (Flipbook hasty = Flipbook.start(ServerOptions.DEFAULT.withPort(0).withDeadlines(deadlines));
                RawConnection publisher = RawConnection.to(hasty.port())) {
            Feed feed = hasty.feeds().open("door");
            publisher.send(head("POST", "/feeds/door", "Transfer-Encoding: chunked"));
            chunk(publisher, NumberedPicture.of(2));
            assertRefused(answer(publisher), 408, "nothing has come for too long");
            await().untilAsserted(() -> assertThat(feed.status().reason())
                    .isEqualTo("its publisher at 127.0.0.1 has gone: nothing has come for too long"));
        }
    }

    @Test
    void theEndOfTheServerIsSaidToItsPublishers() throws IOException {
        Flipbook ending = Flipbook.start(ServerOptions.DEFAULT.withPort(0));
        ending.feeds().open("door");
        RawConnection publisher = RawConnection.to(ending.port());
        connections.add(publisher);
        publisher.send(head("POST", "/feeds/door", "Transfer-Encoding: chunked"));
        chunk(publisher, NumberedPicture.of(2));
        await().until(() -> ending.feeds().list().getFirst().status().state() == State.LIVE);
        ending.close();
        assertRefused(answer(publisher), 503, "has ended");
    }

    // asking

    private record Answer(int status, String head, String body, String text) {}

    private RawConnection open() throws IOException {
        RawConnection connection = RawConnection.to(flipbook.port());
        connections.add(connection);
        return connection;
    }

    private static String head(String method, String target, String... headers) {
        return method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                + String.join("\r\n", headers) + "\r\n\r\n";
    }

    private Answer put(String target, byte[] body, String... headers) throws IOException {
        try (RawConnection connection = RawConnection.to(flipbook.port())) {
            List<String> all = new ArrayList<>(List.of(headers));
            all.add("Content-Length: " + body.length);
            connection.send(head("PUT", target, all.toArray(String[]::new))).send(body);
            return answer(connection);
        }
    }

    private int post(String host, byte[] body, String header) throws IOException {
        try (RawConnection connection = RawConnection.to(flipbook.port())) {
            connection.send("POST /feeds/door HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + header
                    + "\r\nContent-Length: " + body.length + "\r\n\r\n");
            return answer(connection.send(body)).status();
        }
    }

    private String ask(String method, String target) throws IOException {
        try (RawConnection connection = RawConnection.to(flipbook.port())) {
            return answer(connection.ask(method, target, "Connection: close")).text();
        }
    }

    /** Reads an answer to its end. The connection may stay open. */
    private static Answer answer(RawConnection connection) throws IOException {
        StringBuilder head = new StringBuilder();
        int length = 0;
        for (String line = connection.line(); !line.isEmpty(); line = connection.line()) {
            head.append(line).append("\r\n");
            if (line.startsWith("Content-Length: ")) {
                length = Integer.parseInt(line.substring("Content-Length: ".length()));
            }
        }
        String body = new String(connection.read(length), StandardCharsets.UTF_8);
        return new Answer(Integer.parseInt(head.substring(9, 12)), head.toString(), body, head + "\r\n" + body);
    }

    private RawConnection stream(String type) throws IOException {
        RawConnection connection = open();
        Set<String> headers = type.isEmpty() ? Set.of() : Set.of("Content-Type: " + type);
        List<String> all = new ArrayList<>(headers);
        all.add("Transfer-Encoding: chunked");
        return connection.send(head("POST", "/feeds/door", all.toArray(String[]::new)));
    }

    private static void chunk(RawConnection connection, byte[] bytes) throws IOException {
        connection.send(join(latin1(Integer.toHexString(bytes.length) + "\r\n"), bytes, latin1("\r\n")));
    }

    private static void part(RawConnection connection, String header, int number) throws IOException {
        chunk(connection, join(latin1(header), NumberedPicture.of(number), latin1("\r\n")));
    }

    private static int size(int number) {
        return NumberedPicture.of(number).length;
    }

    // looking

    private byte[] snapshot() {
        return door.snapshot().join().bytes();
    }

    private BufferedImage decoded() throws IOException {
        return ImageIO.read(new ByteArrayInputStream(snapshot()));
    }

    private boolean isFree() {
        try {
            door.publisher("test", false, () -> {}).close();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private void assertNothingWasShown() {
        assertThat(door.status().frames()).as("frames of the feed").isEqualTo(1);
        assertThat(viewer.numbers()).containsExactly(1);
    }

    private void assertState(State state, String reason) {
        FeedStatus now = door.status();
        assertThat(now.state()).as(now.reason()).isEqualTo(state);
        assertThat(now.reason()).isEqualTo(reason);
    }

    private static void assertRefused(Answer answer, int status, String sentence) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.body()).contains(sentence).hasLineCount(1);
    }

    private static byte[] picture(String kind, Color colour) throws IOException {
        return picture(kind, 64, 48, colour);
    }

    private static byte[] picture(String kind, int width, int height, Color colour) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, colour.getRGB());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, kind, out);
        return out.toByteArray();
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
