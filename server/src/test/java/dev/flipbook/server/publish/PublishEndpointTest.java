package dev.flipbook.server.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Ticker;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import dev.flipbook.server.FakeRequest;
import dev.flipbook.server.FakeTicker;
import dev.flipbook.server.Pictures;
import dev.flipbook.server.http.HttpError;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.UnknownFeedException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a publisher may send, and which answers it gets, without a network. */
@Timeout(120)
class PublishEndpointTest {

    private static final String CHUNKED = "Transfer-Encoding: chunked";

    private final FakeTicker clock = FakeTicker.movedBySleepers();
    private final Feeds feeds = new Feeds(FeedOptions.DEFAULT, Ticker.system());
    private final Feed door = feeds.open("door");
    private final PublishEndpoint endpoint = new PublishEndpoint(
            new FeedLookup(feeds), new PublisherPlaces.Shares(2, 2, 2), Duration.ofSeconds(30), clock);
    private final byte[] picture = Pictures.ofBytes(1000);

    @AfterEach
    void close() {
        feeds.close();
    }

    // before it is read

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "33554432   | image/jpeg  | true",
                "33554433   | image/jpeg  | false",
                "33554433   | IMAGE/PNG   | false",
                "33554433   | video/x-motion-jpeg | true",
                "33554433   | ''          | true",
                "1073741824 | ''          | true",
                "1073741825 | ''          | false",
                "9223372036854775807 | multipart/mixed | false"
            })
    void lengthThatIsTooLongIsRefusedBeforeAnythingIsRead(String length, String type, boolean taken) throws Exception {
        FakeRequest request = put("", "Content-Length: " + length, "Content-Type: " + type);

        if (taken) {
            request.come(new byte[] {1}, true);
            handle(request);
            assertThat(request.response.getStatus()).isEqualTo(415);
        } else {
            assertRefused(request, 413, "a body of " + length + " bytes is too long: one picture has 33554432 at most");
        }
    }

    @Test
    void requestWithoutABodyIsRefusedAndItsConnectionClosed() {
        FakeRequest request = put("");

        assertRefused(request, 411, "the request has no body: it says neither Content-Length nor Transfer-Encoding");
        assertThat(request.response.header("Connection")).isEqualTo("close");
    }

    @ParameterizedTest
    @CsvSource({"identity, true", "IDENTITY, true", "gzip, false", "br, false", "'gzip, identity', false"})
    void picturesAreTakenAsTheyAre(String coding, boolean taken) throws Exception {
        FakeRequest request = put("", CHUNKED, "Content-Encoding: " + coding).come(picture, true);

        if (taken) {
            handle(request);
            assertAnswered(request, 1, 0);
        } else {
            assertRefused(
                    request, 415, "pictures are taken as they are, without Content-Encoding; here it is " + coding);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "yes", "", "01", "true"})
    void takeoverIsOneOrZero(String value) {
        assertRefused(put("?takeover=" + value, CHUNKED), 400, "takeover is 1 or 0, not '" + value + "'");
    }

    @Test
    void onlyAFeedThatIsOpenIsPublishedTo() {
        feeds.feed("own");

        assertThatThrownBy(() -> endpoint.handle(put("", CHUNKED).exchange("own")))
                .hasMessage("the feed 'own' takes no pictures from other programs; one that does is served as"
                        + " NAME=publish, or made by Feeds.open")
                .isInstanceOfSatisfying(HttpError.class, error -> assertStatus(error, 403));
        assertThatThrownBy(() -> endpoint.handle(put("", CHUNKED).exchange("none")))
                .isInstanceOf(UnknownFeedException.class);
    }

    @Test
    void invalidRangeIsRefused() {
        assertRefused(put("?range=a", CHUNKED), 400, "range is 'a'; ");
    }

    // what is shown

    @Test
    void pictureIsShownAndStaysAsAStill() throws Exception {
        FakeRequest request = put("", "Content-Length: " + picture.length, "Content-Type: image/jpeg")
                .come(picture, true);

        handle(request);

        assertAnswered(request, 1, 0);
        assertThat(door.snapshot().join().bytes()).isEqualTo(picture);
        assertThat(door.status().state()).isEqualTo(State.LIVE);
        assertThat(endpointIsFree()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"back to back", "multipart", "plain pixels"})
    void longStreamOfGoodPicturesIsTakenHoweverLongItIs(String kind) throws Exception {
        byte[] large = Pictures.ofBytes(1 << 20);
        List<byte[]> pieces = new ArrayList<>();
        String query = "";
        for (int i = 0; i < 40; i++) {
            switch (kind) {
                case "multipart" -> {
                    pieces.add("--b\r\nContent-Type: image/jpeg\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    pieces.add(large);
                    pieces.add("\r\n".getBytes(StandardCharsets.US_ASCII));
                }
                case "plain pixels" -> {
                    query = "?format=grey8&size=1024x1024";
                    pieces.add(new byte[1 << 20]);
                }
                default -> pieces.add(large);
            }
        }
        FakeRequest request = put(query, CHUNKED);
        for (int i = 0; i < pieces.size(); i++) {
            request.come(pieces.get(i), i == pieces.size() - 1);
        }

        handle(request);

        assertAnswered(request, 40, 0);
        assertThat(door.status().frames())
                .isEqualTo(kind.equals("plain pixels") ? 0 : 40); // made when somebody watches
    }

    @Test
    void damagedPicturesOfAStreamAreCountedAndTheOthersShown() throws Exception {
        byte[] half = Arrays.copyOf(picture, picture.length / 2);
        FakeRequest request =
                put("", CHUNKED).come(picture, false).come(half, false).come(picture, true);

        handle(request);

        assertAnswered(request, 2, 1);
        assertThat(door.status().damaged()).isEqualTo(1);
        assertThat(door.status().state()).isEqualTo(State.OFFLINE);
    }

    @Test
    void restOfPlainPixelsThatIsNoWholePictureIsCounted() throws Exception {
        FakeRequest request = put("?format=grey8&size=16x16", CHUNKED)
                .come(new byte[256], false)
                .come(new byte[255], true);
        handle(request);
        assertAnswered(request, 1, 1);

        FakeRequest less = put("?format=grey8&size=16x16", CHUNKED).come(new byte[255], true);
        handle(less);
        assertAnswered(less, 422, "a picture of 16x16 in grey8 has 256 bytes; the body has 255\n");
    }

    @Test
    void thousandPicturesASecondAreAcceptedAndMoreAreSlowedDown() throws Exception {
        long begun = clock.nanos();
        FakeRequest request = put("", CHUNKED);
        for (int i = 0; i < 1500; i++) {
            request.come(picture, i == 1499);
        }

        handle(request);

        assertAnswered(request, 1500, 0);
        assertThat(Duration.ofNanos(clock.nanos() - begun)).isBetween(Duration.ofMillis(1490), Duration.ofMillis(1510));
    }

    // what is refused

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                   | 422 | the body is empty: 0 bytes",
                "hello, this is a text | 415 | this is not a picture of a known kind; what is taken is a picture",
                "--b~~hello~--b~~hello~--b--~         | 400 | no part can be shown: ",
                "--b--~                               | 400 | the multipart body has no part that is a whole picture",
                "YUV4MPEG2 W0 H0 F25:1~               | 422 | ",
                "%PDF-1.7 and more bytes of it        | 415 | "
            })
    void whatHasNoPictureIsRefusedWithTheReason(String body, int status, String sentence) throws Exception {
        FakeRequest request =
                put("", CHUNKED).come(body.replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1), true);

        handle(request);

        assertAnswered(request, status, sentence == null ? "" : sentence);
        assertThat(door.status().frames()).isZero();
        assertThat(door.status().state()).isEqualTo(State.OFFLINE);
        assertThat(endpointIsFree()).isTrue();
    }

    @Test
    void endlessBodyWithoutAPictureIsRefusedAtTheLimit() throws Exception {
        FakeRequest request = put("", CHUNKED);
        request.whenWaitedFor = () -> request.come(new byte[1 << 20], false);

        handle(request);

        assertAnswered(request, 413, "no whole picture came within 33554432 bytes, the maximum size of one\n");
    }

    @Test
    void endlessBodyThatComesSlowlyIsRefusedAfterThreeSeconds() throws Exception {
        FakeRequest request = put("", CHUNKED);
        int[] pieces = {0};
        request.whenWaitedFor = () -> {
            clock.pass(Duration.ofMillis(pieces[0] == 0 ? 0 : 100));
            request.come(new byte[1 << 10], ++pieces[0] == 1000);
        };

        handle(request);

        assertAnswered(request, 415, "this is not a picture of a known kind; what is taken is a picture");
        assertThat(pieces[0]).as("of 100 ms each").isBetween(30, 40);
    }

    @Test
    void rangeOfAPublisherIsThatOfItsPictures() throws Exception {
        byte[] depths = new byte[16 * 16 * 2];
        for (int i = 0; i < depths.length; i += 2) {
            depths[i] = (byte) 255; // each is 255, of 65535 in all
        }
        FakeRequest request =
                put("?format=grey16&size=16x16&range=0-255", CHUNKED).come(depths, true);

        handle(request);

        assertAnswered(request, 1, 0);
        BufferedImage shown =
                ImageIO.read(new ByteArrayInputStream(door.snapshot().join().bytes()));
        assertThat(shown.getRaster().getSample(8, 8, 0)).isGreaterThan(250);
    }

    @Test
    void silenceEndsThePublisherWithATimeout() throws Exception {
        FakeRequest request = put("", CHUNKED).come(picture, false).fails(new TimeoutException("idle"));

        handle(request);

        assertAnswered(request, 408, "nothing has come for too long\n");
        assertThat(door.status().frames()).isEqualTo(1);
        assertThat(door.status().reason()).endsWith("nothing has come for too long");
    }

    @Test
    void brokenConnectionIsReportedInTheStatus() throws Exception {
        FakeRequest request = put("", CHUNKED).come(picture, false).fails(new IOException("reset"));

        handle(request);

        assertAnswered(request, 400, "the connection has broken off\n");
        assertThat(door.status().reason())
                .isEqualTo("its publisher at 192.0.2.7 has gone: the connection has broken off");
    }

    // one at a time

    @Test
    void secondPublisherIsRefusedAndATakeoverEndsTheFirst() throws Exception {
        FakeRequest first = put("", CHUNKED).come(picture, false);
        endpoint.handle(first.exchange("door"));
        await().until(() -> door.status().frames() == 1);

        assertRefused(put("", CHUNKED), 409, "; ?takeover=1 ends the other one");
        assertRefused(put("?takeover=0", CHUNKED), 409, "192.0.2.7");

        FakeRequest second = put("?takeover=1", CHUNKED).come(picture, true);
        handle(second);
        assertAnswered(second, 1, 0);
        first.end.get(60, TimeUnit.SECONDS);
        assertThat(first.response.getStatus()).isEqualTo(409);
        assertThat(endpointIsFree()).isTrue();
    }

    @Test
    void publishersAreLimitedAndARefusedOneTakesNoPlace() throws Exception {
        feeds.open("a");
        feeds.open("b");
        FakeRequest first = put("", CHUNKED);
        FakeRequest second = put("", CHUNKED);
        endpoint.handle(first.exchange("a"));
        endpoint.handle(second.exchange("b"));

        assertThatThrownBy(() -> endpoint.handle(put("", CHUNKED).exchange("door")))
                .isInstanceOfSatisfying(HttpError.class, error -> assertStatus(error, 503));
        assertThatThrownBy(() -> endpoint.handle(put("", CHUNKED).exchange("a")))
                .isInstanceOfSatisfying(HttpError.class, error -> assertStatus(error, 409));

        feeds.close();
        first.end.get(60, TimeUnit.SECONDS);
        second.end.get(60, TimeUnit.SECONDS);
        assertThat(first.response.getStatus()).isEqualTo(503);
        endpoint.awaitEnd();
        assertThat(second.response.getStatus()).isEqualTo(503);
    }

    @Test
    void publishersThatHaveEndedLeaveTheirPlacesToOthers() {
        for (String name : List.of("a", "b", "c", "d")) {
            feeds.open(name);
            await().ignoreExceptions().untilAsserted(() -> {
                FakeRequest request = put("", CHUNKED).come(picture, true);
                endpoint.handle(request.exchange(name));
                request.end.get(60, TimeUnit.SECONDS);
                assertAnswered(request, 1, 0);
            });
        }
    }

    private FakeRequest put(String query, String... headers) {
        List<String> all = new ArrayList<>(List.of("Host: 127.0.0.1"));
        all.addAll(List.of(headers));
        return new FakeRequest("PUT", "/feeds/door" + query, all.toArray(String[]::new));
    }

    private void handle(FakeRequest request) throws Exception {
        endpoint.handle(request.exchange("door"));
        request.end.get(60, TimeUnit.SECONDS);
    }

    /** Whether another publisher is accepted. */
    private boolean endpointIsFree() throws Exception {
        FakeRequest request = put("", CHUNKED).come(picture, true);
        handle(request);
        return request.response.getStatus() == 200;
    }

    private static void assertAnswered(FakeRequest request, int frames, int refused) {
        assertThat(request.response.text()).isEqualTo("{\"frames\":" + frames + ",\"refused\":" + refused + "}\n");
        assertThat(request.response.getStatus()).isEqualTo(200);
        assertThat(request.response.header("Content-Type")).isEqualTo("application/json");
        assertThat(request.response.header("Cache-Control")).isEqualTo("no-store");
    }

    private static void assertAnswered(FakeRequest request, int status, String sentence) {
        assertThat(request.response.text()).startsWith(sentence);
        assertThat(request.response.getStatus()).isEqualTo(status);
    }

    private void assertRefused(FakeRequest request, int status, String sentence) {
        assertThatThrownBy(() -> endpoint.handle(request.exchange("door")))
                .hasMessageContaining(sentence)
                .isInstanceOfSatisfying(HttpError.class, error -> {
                    error.answer(request.exchange("door"));
                    assertThat(request.response.getStatus()).isEqualTo(status);
                });
        assertThat(request.reads()).as("pieces of it that were read").isZero();
    }

    private static void assertStatus(HttpError error, int status) {
        FakeRequest request = new FakeRequest("PUT", "/");
        error.answer(request.exchange(""));
        assertThat(request.response.getStatus()).isEqualTo(status);
    }
}
