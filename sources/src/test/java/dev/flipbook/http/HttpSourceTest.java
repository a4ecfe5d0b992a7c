package dev.flipbook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Pictures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real connections to a camera that behaves as cameras do. */
@Timeout(180)
class HttpSourceTest {

    /** Timeouts for cameras that answer, long enough for a busy machine. */
    private static final HttpConnection.Patience LONG =
            new HttpConnection.Patience(Duration.ofSeconds(60), Duration.ofSeconds(60));

    /** Timeouts for cameras that never answer. */
    private static final HttpConnection.Patience SHORT =
            new HttpConnection.Patience(Duration.ofSeconds(60), Duration.ofMillis(300));

    private final FakeTicker ticker = new FakeTicker();

    // streams

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void everyDialectIsReadInPiecesOfEverySize(Dialect dialect) throws Exception {
        List<Long> numbers = LongStream.rangeClosed(1, 5).boxed().toList();
        byte[] body = dialect.body(
                numbers.stream().map(number -> Pictures.numbered(number, 400)).toList());
        for (int piece : new int[] {1, 3, 1000, 1_000_000}) {
            try (FakeCamera camera = FakeCamera.of(request -> {
                        request.send(dialect.head());
                        request.send(body, piece);
                    });
                    HttpSource source = source(camera.url("/video"))) {
                assertThat(numbers(source)).as("in pieces of %d", piece).isEqualTo(numbers);
                assertThat(source.damaged()).isZero();
            }
        }
    }

    @Test
    void aStreamMayComeInChunks() throws Exception {
        byte[] body = Dialect.PROPER.body(List.of(Pictures.numbered(1, 400), Pictures.numbered(2, 400)));
        try (FakeCamera camera = FakeCamera.of(request -> {
                    request.send(Dialect.PROPER.head().replace("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n"));
                    for (int at = 0; at < body.length; at += 17) {
                        int length = Math.min(17, body.length - at);
                        request.send(Integer.toHexString(length) + ";name=value\r\n");
                        request.send(Arrays.copyOfRange(body, at, at + length));
                        request.send("\r\n");
                    }
                    request.send("0\r\n\r\n");
                });
                HttpSource source = source(camera.url("/"))) {
            assertThat(numbers(source)).containsExactly(1L, 2L);
        }
    }

    @Test
    void aRequestSaysWhatIsWantedAndNothingOfTheUser() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> request.picture(Pictures.numbered(1, 10)));
                HttpSource source = source("http://me:S3CR3T@" + camera.place() + "/a%20b?c=d#e")) {
            source.next();
            FakeCamera.Request request = camera.requests().get(0);
            assertThat(request.line()).isEqualTo("GET /a%20b?c=d HTTP/1.1");
            assertThat(request.header("host")).isEqualTo(camera.place());
            assertThat(request.header("accept")).startsWith("multipart/x-mixed-replace");
            assertThat(request.headers()).doesNotContainKeys("authorization", "accept-encoding");
            assertThat(source.description()).isEqualTo(camera.url("/a%20b"));
        }
    }

    // a picture that is asked for again and again

    @Test
    void aPictureIsAskedForOnceASecond() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> request.picture(Pictures.numbered(request.number(), 10)));
                HttpSource source = source(camera.url("/jpg"))) {
            assertThat(Pictures.number(source.next().bytes())).isEqualTo(1);
            long first = ticker.nanos();
            Reading reading = new Reading(source);
            await().until(() -> ticker.sleepers() == 1);
            ticker.advance(Duration.ofMillis(999));
            assertThat(camera.requests()).hasSize(1);
            ticker.advance(Duration.ofMillis(1));
            assertThat(Pictures.number(reading.frame().bytes())).isEqualTo(2);
            assertThat(ticker.nanos() - first).isEqualTo(1_000_000_000L);
        }
    }

    @Test
    void whatIsLateIsNotMadeUpFor() throws Exception {
        FakeTicker jumping = FakeTicker.jumping();
        SourceOptions twice = new SourceOptions(2, 0, 0, 80);
        try (FakeCamera camera = FakeCamera.of(request -> request.picture(Pictures.numbered(request.number(), 10)));
                HttpSource source = source(camera.url("/jpg"), twice, jumping)) {
            List<Long> times = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                source.next();
                times.add(jumping.nanos() / 1_000_000);
                if (i == 2) {
                    jumping.advance(Duration.ofMillis(5_200));
                }
            }
            assertThat(times).containsExactly(-5000L, -4500L, -4000L, 1200L, 1700L, 2200L);
        }
    }

    @Test
    void betweenTwoQuestionsThatAreFarApartThePictureIsGivenAgain() throws Exception {
        SourceOptions seldom = new SourceOptions(0, 0, 0, 80, 0, false, false, Duration.ofSeconds(60), "", Map.of());
        FakeTicker jumping = FakeTicker.jumping();
        try (FakeCamera camera = FakeCamera.of(request -> request.picture(Pictures.numbered(request.number(), 10)));
                HttpSource source = source(camera.url("/jpg"), seldom, jumping)) {
            long begin = jumping.nanos();
            List<Long> pictures = new ArrayList<>();
            while (jumping.nanos() - begin < 61_000_000_000L) {
                pictures.add(Pictures.number(source.next().bytes()));
            }
            assertThat(pictures).hasSize(17).startsWith(1L, 1L).endsWith(1L, 2L, 2L);
        }
    }

    @Test
    void aPictureThatHasNotChangedIsGivenAgainWithoutBeingSent() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> {
                    if (request.header("if-none-match").equals("\"one\"") && request.number() < 4) {
                        request.send("HTTP/1.1 304 Not Modified\r\nETag: \"one\"\r\n\r\n");
                    } else {
                        request.picture(
                                Pictures.numbered(request.number(), 10),
                                "ETag: \"one\"",
                                "Last-Modified: Sun, 01 Mar 2026 12:00:00 GMT");
                    }
                });
                HttpSource source = source(camera.url("/jpg"), SourceOptions.DEFAULT, FakeTicker.jumping())) {
            assertThat(number(source)).isEqualTo(1);
            assertThat(number(source)).isEqualTo(1);
            assertThat(number(source)).isEqualTo(1);
            assertThat(number(source)).isEqualTo(4);
            assertThat(camera.requests().get(1).header("if-modified-since")).isEqualTo("Sun, 01 Mar 2026 12:00:00 GMT");
            assertThat(camera.requests().get(0).headers()).doesNotContainKey("if-none-match");
        }
    }

    @Test
    void aPictureWithoutALengthIsAskedForAgainToo() throws Exception {
        for (String type : List.of("Content-Type: image/jpeg\r\n", "", "Content-Type: application/octet-stream\r\n")) {
            try (FakeCamera camera = FakeCamera.of(request -> {
                        request.send("HTTP/1.0 200 OK\r\n" + type + "\r\n");
                        request.send(Pictures.numbered(request.number(), 10));
                    });
                    HttpSource source = source(camera.url("/jpg"), SourceOptions.DEFAULT, FakeTicker.jumping())) {
                assertThat(number(source)).isEqualTo(1);
                assertThat(number(source)).isEqualTo(2);
                assertThat(number(source)).isEqualTo(3);
            }
        }
    }

    @Test
    void aPictureThatCallsItselfAMultipartIsAskedForAgain() throws Exception {
        String type = "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n";
        for (String header :
                List.of("", "--b\r\nContent-Type: image/jpeg\r\n\r\n", "--b\r\nContent-Length: 7000\r\n\r\n")) {
            for (String end : List.of("", "\r\n--b\r\n", "\r\n--b--\r\n")) {
                try (FakeCamera camera = FakeCamera.of(request -> {
                            request.send(type + header);
                            request.send(Pictures.numbered(request.number(), 10));
                            request.send(end);
                        });
                        HttpSource source = source(camera.url("/jpg"), SourceOptions.DEFAULT, FakeTicker.jumping())) {
                    assertThat(number(source)).isEqualTo(1);
                    assertThat(number(source)).isEqualTo(2);
                    assertThat(number(source)).isEqualTo(3);
                }
            }
        }
    }

    @Test
    void ofAPhotoOnlyTheFirstPictureIsShown() throws Exception {
        byte[] grey = Pictures.grey(16, 16);
        byte[] told = Pictures.photo(Pictures.jpeg(32, 24), grey);
        byte[] untold = Arrays.copyOf(Pictures.jpeg(32, 24), Pictures.jpeg(32, 24).length + grey.length);
        System.arraycopy(grey, 0, untold, untold.length - grey.length, grey.length);
        for (byte[] photo : List.of(told, untold)) {
            for (String length : List.of("Content-Length: " + photo.length, "X-No: length")) {
                try (FakeCamera camera = FakeCamera.of(request -> {
                            request.send("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n" + length + "\r\n\r\n");
                            request.send(photo);
                        });
                        HttpSource source = source(camera.url("/jpg"), SourceOptions.DEFAULT, FakeTicker.jumping())) {
                    assertThat(source.next().width()).isEqualTo(32);
                    if (Arrays.equals(photo, told) || length.startsWith("C")) {
                        assertThat(source.next().width()).isEqualTo(32);
                        assertThat(source.next().width()).isEqualTo(32);
                        assertThat(camera.requests()).hasSize(3);
                    }
                }
            }
        }
    }

    @Test
    void aCameraThatHasAnsweredAndStopsInThePictureIsGivenUpSoon() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> {
                    byte[] picture = Pictures.numbered(request.number(), 10);
                    if (request.number() == 1) {
                        request.picture(picture);
                    } else {
                        request.send("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 700\r\n\r\n");
                        request.send(Arrays.copyOf(picture, 100));
                        request.awaitGone();
                    }
                });
                HttpSource source = source(camera.url("/jpg"), SourceOptions.DEFAULT, FakeTicker.jumping())) {
            assertThat(number(source)).isEqualTo(1);
            assertThatThrownBy(source::next).hasMessage("127.0.0.1 stopped in the middle of a picture");
        }
    }

    @Test
    @SuppressWarnings("try") // it is closed after a failure, as its runner does
    void aTornPictureIsAFailureThatTheNextQuestionMakesGood() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> {
                    byte[] picture = Pictures.numbered(request.number(), 10);
                    request.picture(request.number() % 2 == 0 ? Arrays.copyOf(picture, 200) : picture);
                });
                HttpSource source = source(camera.url("/jpg"), SourceOptions.DEFAULT, FakeTicker.jumping())) {
            assertThat(number(source)).isEqualTo(1);
            assertThatThrownBy(source::next).hasMessageContaining("the JPEG is cut off");
            source.close();
            assertThat(number(source)).isEqualTo(3);
            assertThat(source.damaged()).isEqualTo(1);
        }
    }

    @Test
    void aPictureThatIsNeverWholeIsTheReason() throws Exception {
        byte[] torn = Arrays.copyOf(Pictures.numbered(1, 10), 200);
        try (FakeCamera camera = FakeCamera.of(request -> request.picture(torn))) {
            assertFails(
                    camera.url("/jpg"),
                    "127.0.0.1 sends a picture that cannot be shown: the JPEG is cut off:"
                            + " its 200 bytes end before the end marker FF D9");
        }
    }

    // what goes wrong

    @Test
    void refusedConnectionIsTheReason() throws Exception {
        try (Socket nobody = new Socket()) { // occupies the port, and does not listen
            nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            String place = "127.0.0.1:" + nobody.getLocalPort();
            assertFails("http://" + place + "/", "connection refused by " + place);
        }
    }

    @Test
    void unknownHostNameIsTheReason() {
        assertFails("http://door.invalid/", "there is no host named door.invalid");
    }

    @Test
    void theConnectionIsClosedBeforeTheAnswer() throws Exception {
        for (String answer : List.of("", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n")) {
            try (FakeCamera camera = FakeCamera.of(request -> request.send(answer))) {
                assertFails(camera.url("/"), "127.0.0.1 closed the connection before it had answered");
            }
        }
        try (FakeCamera camera = FakeCamera.of(FakeCamera.Request::reset)) {
            assertFails(camera.url("/"), "127.0.0.1 closed the connection before it had answered");
        }
    }

    @Test
    void theConnectionIsClosedAfterTheHead() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> request.send(Dialect.PROPER.head()))) {
            assertFails(camera.url("/"), "127.0.0.1 closed the connection");
        }
        try (FakeCamera camera = FakeCamera.of(request -> {
            request.send(Dialect.PROPER.head());
            request.reset();
        })) {
            assertThatThrownBy(() -> source(camera.url("/")).next())
                    .hasMessageStartingWith("127.0.0.1 closed the connection");
        }
    }

    @Test
    void nothingIsAnswered() throws Exception {
        try (FakeCamera camera = FakeCamera.of(FakeCamera.Request::awaitGone)) {
            assertFails(camera.url("/"), SHORT, "127.0.0.1 accepted the connection and did not answer within 300 ms");
        }
    }

    @Test
    void whoAnswersAByteNowAndThenWinsNoTime() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> {
            while (true) {
                request.send("x");
                ticker.advance(Duration.ofMillis(50));
            }
        })) {
            HttpSource source = new HttpSource(HttpAddress.of(camera.url("/")), SourceOptions.DEFAULT, ticker, SHORT);
            assertThatThrownBy(source::next)
                    .hasMessageMatching("127.0.0.1 accepted the connection and did not answer within 300 ms"
                            + "|the answer's head has more than 65536 bytes");
        }
    }

    @Test
    void whatIsAnsweredIsNotAPicture() throws Exception {
        Map<String, String> sentences = sentences(
                "HTTP/1.1 404 Not Found\r\n\r\n",
                "127.0.0.1 answered 404 (not found) to /x",
                "HTTP/1.1 503 Busy\r\n\r\n",
                "127.0.0.1 answered 503 (not available now) to /x",
                "HTTP/1.1 304 Not Modified\r\n\r\n",
                "127.0.0.1 answered 304 to /x",
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html></html>",
                "127.0.0.1 sends a web page (text/html), neither a picture nor an MJPEG stream;"
                        + " the camera's pictures have an address of their own: see its manual",
                "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n\0\0\0 ftypisomabcd",
                "127.0.0.1 sends MP4 or QuickTime video (video/mp4), neither a picture nor an MJPEG stream;"
                        + " type flipbook exec -- ffmpeg -v error -i ADDRESS -f mpjpeg -",
                "HTTP/1.1 200 OK\r\nContent-Type: <script>\r\n\r\n<html></html>",
                "127.0.0.1 sends a web page, neither a picture nor an MJPEG stream;"
                        + " the camera's pictures have an address of their own: see its manual",
                "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Encoding: gzip\r\n\r\nx",
                "127.0.0.1 sends its pictures compressed, which was not asked for",
                "SSH-2.0-OpenSSH_9\r\n",
                "the answer is not from a web server: it does not begin with HTTP",
                "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\n\r\n",
                "127.0.0.1 wants a password: http://USER:PASSWORD@PLACE…");
        for (Map.Entry<String, String> answer : sentences.entrySet()) {
            try (FakeCamera camera = FakeCamera.of(request -> request.send(answer.getKey()))) {
                assertFails(camera.url("/x?key=S3CR3T"), answer.getValue().replace("PLACE", camera.place()));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"image/jpeg, ' (image/jpeg)'", "multipart/x-mixed-replace, ''"})
    void videoThatIsCalledAPictureIsNamed(String type, String shown) throws Exception {
        byte[] packets = new byte[188 * 1000];
        for (int i = 0; i < packets.length; i += 188) {
            packets[i] = 0x47;
            packets[i + 3] = 0x10;
        }
        try (FakeCamera camera = FakeCamera.of(request -> {
            request.send("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n\r\n");
            request.send(packets);
            request.awaitGone();
        })) {
            assertFails(
                    camera.url("/x?key=S3CR3T"),
                    "127.0.0.1 sends an MPEG transport stream" + shown + ", neither a picture nor an MJPEG stream;"
                            + " type flipbook exec -- ffmpeg -v error -i ADDRESS -f mpjpeg -");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Length: 48\r\n"})
    void aPageThatIsCalledAPictureIsNamed(String length) throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> {
            request.send("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n" + length + "\r\n");
            request.send("<!DOCTYPE html><html><title>Log in</title></html>".substring(0, 48));
        })) {
            assertFails(
                    camera.url("/x"),
                    "127.0.0.1 sends a web page (Log in) (image/jpeg), neither a picture nor an MJPEG stream;"
                            + " the camera's pictures have an address of their own: see its manual");
        }
    }

    private static Map<String, String> sentences(String... answersAndSentences) {
        Map<String, String> sentences = new LinkedHashMap<>();
        for (int i = 0; i < answersAndSentences.length; i += 2) {
            sentences.put(answersAndSentences[i], answersAndSentences[i + 1]);
        }
        return sentences;
    }

    // limits

    @Test
    void aPictureAboveTheLimitIsRefusedBeforeItIsRead() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> {
            request.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 4294967296\r\n\r\nabcdefghijklm");
            request.awaitGone();
        })) {
            assertFails(camera.url("/"), "the picture of 127.0.0.1 is too large: at most 33554432 bytes are taken");
            await().until(() -> camera.open() == 0);
        }
    }

    @Test
    void aPartAboveTheLimitIsRefused() throws Exception {
        for (String length : List.of("Content-Length: 4294967296", "X-Nothing: 1")) {
            try (FakeCamera camera = FakeCamera.of(request -> {
                request.send(Dialect.PROPER.head() + "--frame\r\n" + length + "\r\n\r\n");
                byte[] piece = new byte[1 << 20];
                for (int i = 0; i < 100; i++) {
                    request.send(piece);
                }
            })) {
                assertFails(camera.url("/"), "a part has more than 33554432 bytes");
                await().until(() -> camera.open() == 0);
            }
        }
    }

    @Test
    void anEndlessHeadIsRefused() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> {
            request.send("HTTP/1.1 200 OK\r\n");
            while (true) {
                request.send("X-Header: value\r\n".repeat(100));
            }
        })) {
            assertFails(camera.url("/"), "the answer's head has more than 65536 bytes");
            await().until(() -> camera.open() == 0);
        }
    }

    // redirects

    @Test
    void redirectsAreFollowed() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> {
                    switch (request.target()) {
                        case "/a/start" -> request.status("302 Found", "Location: next?x=1");
                        case "/a/next?x=1" -> request.status("307 Go", "Location: /end");
                        case "/end" -> request.picture(Pictures.numbered(7, 10));
                        default -> request.status("404 No");
                    }
                });
                HttpSource source = source(camera.url("/a/start"))) {
            assertThat(number(source)).isEqualTo(7);
        }
    }

    @Test
    void redirectsEnd() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> request.status("301 On", "Location: /"))) {
            assertFails(camera.url("/"), "127.0.0.1 redirects for ever: more than 5 times");
            assertThat(camera.requests()).hasSize(6);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data",
                "http://[fe80::1]/",
                "http://[fd00:ec2::254]/",
                "http://[::ffff:169.254.169.254]/",
                "http://[64:ff9b::a9fe:a9fe]/"
            })
    void linkLocalAddressesAreRefused(String url) throws Exception {
        String host = url.replaceAll("http://\\[?([^]/]*).*", "$1");
        String sentence = host + " is a link-local or multicast address, from which no pictures are fetched";
        assertFails(url, sentence);
        try (FakeCamera camera = FakeCamera.of(request -> request.status("302 Found", "Location: " + url))) {
            assertFails(camera.url("/"), sentence);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher:x", "http://", "http://a b/", "//"})
    void redirectsLeadToTheWebAlone(String location) throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> request.status("302 Found", "Location: " + location))) {
            assertThatThrownBy(() -> source(camera.url("/")).next())
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("127.0.0.1 redirects to an address that ");
        }
    }

    @Test
    void redirectFromAWiderNetworkIsNotFollowedInwards() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> request.picture(Pictures.numbered(1, 10)));
                HttpConnection connection = new HttpConnection(HttpAddress.of(camera.url("/")), LONG, ticker)) {
            assertThatThrownBy(() -> connection.get(AddressScope.PRIVATE, ""))
                    .hasMessage("the redirect to 127.0.0.1 leads further into a network, and is not followed");
            assertThat(camera.requests()).isEmpty();
        }
    }

    // passwords

    @Test
    void aPasswordIsSentWhenItIsAskedFor() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> {
                    if (request.header("authorization").equals("Basic bcOkeDpwQHNzOndvcmQ=")) {
                        request.picture(Pictures.numbered(request.number(), 10));
                    } else {
                        request.status("401 No", "WWW-Authenticate: Basic realm=\"cam\"");
                    }
                });
                HttpSource source = source(
                        "http://m%C3%A4x:p%40ss:word@" + camera.place() + "/",
                        SourceOptions.DEFAULT,
                        FakeTicker.jumping())) {
            assertThat(number(source)).isEqualTo(2);
            assertThat(number(source)).as("it is told at once from now on").isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"n\", qop=\"auth\", stale=true"})
    void aWrongPasswordIsTheReasonAndIsNotTriedForEver(String challenge) throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> request.status("401 No", "WWW-Authenticate: " + challenge))) {
            assertFails("http://me:S3CR3T@" + camera.place() + "/", "wrong password for 127.0.0.1");
            assertThat(camera.requests()).hasSizeLessThanOrEqualTo(4);
        }
    }

    @Test
    void anUnknownWayToAskForAPasswordIsNamed() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> request.status("401 No", "WWW-Authenticate: Negotiate"))) {
            assertFails(
                    "http://me:S3CR3T@" + camera.place() + "/",
                    "127.0.0.1 wants a password in a way other than Basic and Digest");
        }
    }

    @Test
    void aPasswordIsForItsServerAlone() throws Exception {
        try (FakeCamera other =
                        FakeCamera.of(request -> request.status("401 No", "WWW-Authenticate: Basic realm=\"cam\""));
                FakeCamera camera = FakeCamera.of(request -> {
                    if (request.header("authorization").isEmpty()) {
                        request.status("401 No", "WWW-Authenticate: Basic realm=\"cam\"");
                    } else {
                        request.status("302 On", "Location: " + other.url("/"));
                    }
                })) {
            assertFails(
                    "http://me:S3CR3T@" + camera.place() + "/",
                    "127.0.0.1 wants a password, and the one for 127.0.0.1 is not sent to it");
            assertThat(other.requests())
                    .hasSize(1)
                    .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("authorization"));
        }
    }

    // an end

    @Test
    void itEndsSoonWhateverItIsStuckIn() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                FakeCamera mute = FakeCamera.of(FakeCamera.Request::awaitGone);
                FakeCamera half = FakeCamera.of(request -> {
                    request.send(Dialect.PROPER.head() + "--frame\r\nContent-Length: 10000\r\n\r\nabc");
                    request.awaitGone();
                });
                FakeCamera slow = FakeCamera.of(request -> {
                    request.send("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 1000\r\n\r\nabc");
                    request.awaitGone();
                })) {
            List<Socket> waiting = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 3; i++) { // the queue is then full, so nobody else can connect
                Socket socket = new Socket();
                waiting.add(socket);
                try {
                    socket.connect(full.getLocalSocketAddress(), 100);
                } catch (IOException e) {
                    break;
                }
            }
            String closed = "http://127.0.0.1:" + full.getLocalPort() + "/";
            String handshake = mute.url("/").replace("http:", "https:");
            for (String url : List.of(closed, mute.url("/"), handshake, half.url("/"), slow.url("/"))) {
                assertEnds(url, Reading::interrupt);
                assertEnds(url, Reading::close);
            }
            await().until(() -> mute.open() + half.open() + slow.open() == 0);
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    private static void assertEnds(String url, java.util.function.Consumer<Reading> ending) throws Exception {
        HttpSource source = new HttpSource(HttpAddress.of(url), SourceOptions.DEFAULT, Ticker.system(), LONG);
        Reading reading = new Reading(source);
        await().until(reading::waits);
        long begun = System.nanoTime();
        ending.accept(reading);
        assertThat(reading.failure()).as("%s", url).isNotNull();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
        source.close();
    }

    @Test
    void aSleeperHearsAnInterrupt() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> request.picture(Pictures.numbered(1, 10)));
                HttpSource source = source(camera.url("/"))) {
            source.next();
            Reading reading = new Reading(source);
            await().until(() -> ticker.sleepers() == 1);
            reading.interrupt();
            assertThat(reading.failure()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    @SuppressWarnings("try") // closing more than once is what is looked at
    void itOpensAgainAfterAClose() throws Exception {
        try (FakeCamera camera = FakeCamera.of(request -> {
                    request.send(Dialect.PROPER.head());
                    request.send(Dialect.PROPER.body(List.of(Pictures.numbered(request.number(), 10))));
                    request.awaitGone();
                });
                HttpSource source = source(camera.url("/"))) {
            for (long i = 1; i < 4; i++) {
                assertThat(number(source)).isEqualTo(i);
                source.close();
                source.close();
                await().until(() -> camera.open() == 0);
            }
        }
    }

    // inside

    private HttpSource source(String url) throws IOException {
        return source(url, SourceOptions.DEFAULT, ticker);
    }

    private static HttpSource source(String url, SourceOptions options, Ticker ticker) throws IOException {
        return new HttpSource(HttpAddress.of(url), options, ticker, LONG);
    }

    private void assertFails(String url, String sentence) {
        assertFails(url, LONG, sentence);
    }

    private void assertFails(String url, HttpConnection.Patience patience, String sentence) {
        assertThatThrownBy(() -> {
                    try (HttpSource source =
                            new HttpSource(HttpAddress.of(url), SourceOptions.DEFAULT, ticker, patience)) {
                        source.next();
                    }
                })
                .isInstanceOf(IOException.class)
                .hasMessage(sentence);
    }

    private static long number(HttpSource source) throws Exception {
        return Pictures.number(source.next().bytes());
    }

    private static List<Long> numbers(HttpSource source) throws Exception {
        List<Long> numbers = new ArrayList<>();
        while (true) {
            try {
                numbers.add(number(source));
            } catch (IOException e) {
                assertThat(e).hasMessage("127.0.0.1 closed the connection");
                return numbers;
            }
        }
    }

    /** A thread that waits for a frame. */
    private static final class Reading {
        private final HttpSource source;
        private final AtomicReference<Frame> frame = new AtomicReference<>();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final Thread thread;

        Reading(HttpSource source) {
            this.source = source;
            this.thread = new Thread(() -> {
                try {
                    frame.set(source.next());
                } catch (IOException | InterruptedException | RuntimeException e) {
                    failure.set(e);
                }
            });
            thread.start();
        }

        /** Whether the thread is inside a network operation. */
        boolean waits() {
            for (StackTraceElement at : thread.getStackTrace()) {
                if (at.getMethodName().matches("poll|park|connect0|read0|pollConnect|park0")) {
                    return true;
                }
            }
            return false;
        }

        void interrupt() {
            thread.interrupt();
        }

        void close() {
            source.close();
        }

        Frame frame() throws InterruptedException {
            thread.join();
            return frame.get();
        }

        Throwable failure() throws InterruptedException {
            thread.join();
            return failure.get();
        }
    }
}
