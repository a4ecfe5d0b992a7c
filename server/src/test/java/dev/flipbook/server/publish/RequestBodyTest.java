package dev.flipbook.server.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.SourceOptions;
import dev.flipbook.picture.PictureStream;
import dev.flipbook.server.FakeRequest;
import dev.flipbook.server.FakeTicker;
import dev.flipbook.server.Pictures;
import dev.flipbook.server.http.HttpError;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the body of a publisher is read, in pieces of any size and within the limits. */
@Timeout(120)
class RequestBodyTest {

    private static final int MOST = 32 << 20;
    private static final byte[] MEBIBYTE = new byte[1 << 20];

    private final FakeRequest request = new FakeRequest("PUT", "/feeds/door", "Host: a");
    private final RequestBody body = RequestBody.of(request);

    @Test
    void requestHasOneBody() {
        assertThat(RequestBody.of(request)).isSameAs(body);
        assertThat(RequestBody.of(new FakeRequest("PUT", "/"))).isNotSameAs(body);
    }

    @Test
    void bytesAreReadInTheirOrderWhateverPiecesTheyComeIn() throws IOException {
        request.come(new byte[] {1, -2, 3}, false)
                .come(new byte[0], false)
                .come(new byte[] {4}, false)
                .come(new byte[] {5, 6}, true);
        assertThat(body.begun()).isFalse();

        assertThat(body.read()).isEqualTo(1);
        assertThat(body.begun()).isTrue();
        assertThat(body.read()).isEqualTo(254);
        byte[] room = new byte[10];
        assertThat(body.read(room, 2, 8)).as("what there is").isEqualTo(1);
        assertThat(room).startsWith(0, 0, 3, 0);
        assertThat(body.read(room, 0, 10)).isEqualTo(1);
        assertThat(body.ended()).isFalse();
        assertThat(body.read(room, 0, 1)).isEqualTo(1);
        assertThat(body.ended()).isFalse();
        assertThat(body.read(room, 1, 9)).isEqualTo(1);
        assertThat(body.ended()).isTrue();
        assertThat(room).startsWith(5, 6);
        assertThat(body.read(room, 0, 10)).isEqualTo(-1);
        assertThat(body.read()).isEqualTo(-1);
    }

    @Test
    void nothingIsReadAheadOfTheReader() throws IOException {
        request.come(new byte[2], false).come(new byte[2], true);
        assertThat(request.reads()).isZero();

        body.read(new byte[2], 0, 2);

        assertThat(request.reads()).isEqualTo(1);
    }

    @Test
    void whatIsStillToComeIsWaitedFor() throws IOException {
        AtomicInteger waits = new AtomicInteger();
        request.whenWaitedFor = () -> request.come(new byte[] {(byte) waits.incrementAndGet()}, waits.get() == 3);

        assertThat(body.readAllBytes()).containsExactly(1, 2, 3);
        assertThat(waits).hasValue(3);
    }

    // limits

    @Test
    void withoutAPictureThereAre32MebibytesAndNotOneByteMore() throws IOException {
        come(32);
        body.skipNBytes(MOST);
        assertThatCode(body::checkLength).doesNotThrowAnyException();
        request.come(new byte[2], false);
        assertThat(body.read()).as("the one above").isZero();

        assertThatThrownBy(body::read)
                .hasMessage("no whole picture came within 33554432 bytes, the maximum size of one");
        assertThatThrownBy(body::checkLength).isInstanceOfSatisfying(HttpError.class, e -> assertStatus(e, 413));
    }

    @Test
    void eachPictureThatIsTakenBeginsTheLimitAgain() throws IOException {
        for (int picture = 0; picture < 3; picture++) {
            come(32);
            body.skipNBytes(MOST);
            body.taken();
        }
        come(32);
        body.skipNBytes(MOST);
        assertThatCode(body::checkLength).doesNotThrowAnyException();
    }

    @Test
    void picturesThatAreNotTakenOneByOneBeginItAgainToo() throws IOException {
        byte[] part = part(Pictures.ofBytes(1 << 20));
        for (int i = 0; i < 40; i++) {
            request.come(part, i == 39);
        }

        try (PictureStream pictures = pictures()) {
            assertThatThrownBy(() -> {
                        while (true) {
                            pictures.skip(); // as it goes while nobody watches
                        }
                    })
                    .isInstanceOf(EOFException.class);
            assertThat(pictures.pictures()).isEqualTo(40);
        }
    }

    /** A picture that was cut off is noticed only when the next one begins. */
    @ParameterizedTest
    @ValueSource(ints = {50, 51})
    void fiftyPiecesInARowMayBeDamagedAndNotOneMore(int damaged) throws IOException {
        AtomicInteger told = new AtomicInteger();
        byte[] good = Pictures.ofBytes(10);
        byte[] cut = Arrays.copyOf(good, good.length / 2);
        request.come(good, false);
        for (int i = 0; i < damaged + 1; i++) {
            request.come(cut, false);
        }
        request.come(good, false).come(good, true);

        try (PictureStream pictures = pictures()) {
            body.countBy(pictures, told::incrementAndGet);
            pictures.next();
            if (damaged == 50) {
                assertThatCode(pictures::next).doesNotThrowAnyException();
                assertThatCode(pictures::next).doesNotThrowAnyException();
                assertThat(pictures.damaged()).isEqualTo(51);
                assertThat(told).as("times that it is told").hasValueBetween(50, 51);
            } else {
                assertThatThrownBy(pictures::next)
                        .isInstanceOfSatisfying(HttpError.class, e -> assertStatus(e, 422))
                        .hasMessage("more than 50 pieces in a row are not whole pictures");
            }
        }
    }

    @Test
    void damagedPiecesCountAgainAfterEachPicture() throws IOException {
        byte[] good = Pictures.ofBytes(10);
        byte[] cut = Arrays.copyOf(good, good.length / 2);
        for (int round = 0; round < 3; round++) {
            request.come(good, false);
            for (int i = 0; i < 40; i++) {
                request.come(cut, false);
            }
        }
        request.come(good, false).come(good, true);

        try (PictureStream pictures = pictures()) {
            for (int i = 0; i < 5; i++) {
                assertThatCode(pictures::next).doesNotThrowAnyException();
            }
            assertThat(pictures.damaged()).isEqualTo(120);
        }
    }

    private PictureStream pictures() {
        PictureStream stream = new PictureStream(body, "", SourceOptions.DEFAULT, FakeTicker.movedBySleepers());
        body.countBy(stream, () -> {});
        return stream;
    }

    private static byte[] part(byte[] picture) {
        byte[] head = "--b\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(head.length + picture.length + 2)
                .put(head)
                .put(picture)
                .put(new byte[] {'\r', '\n'})
                .array();
    }

    // what is wrong with it

    @Test
    void shortBodyWithoutAPictureIsKeptToSayWhatIsWrong() throws IOException {
        request.come(new byte[] {1, 2}, false).come(new byte[] {3}, true);
        body.read(new byte[3], 0, 3);
        assertThat(body.whole()).as("before its end").isEmpty();
        body.readAllBytes();

        assertThat(body.whole()).contains(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    }

    @ParameterizedTest
    @ValueSource(ints = {1 << 20, (1 << 20) + 1})
    void mebibyteIsKeptAndNothingLonger(int length) throws IOException {
        request.come(new byte[length], true);
        body.skipNBytes(length);

        assertThat(body.whole().isPresent()).isEqualTo(length == 1 << 20);
    }

    @Test
    void nothingIsKeptOfABodyThatHadAPicture() throws IOException {
        request.come(new byte[] {1, 2}, false).come(new byte[] {3}, true);
        body.read(new byte[2], 0, 2);
        body.taken();
        body.readAllBytes();

        assertThat(body.whole()).isEmpty();
    }

    // how it breaks off

    @Test
    void silenceOfTheConnectionIsATimeout() {
        request.fails(new TimeoutException("idle"));
        assertThatThrownBy(body::read)
                .hasMessage("nothing has come for too long")
                .isInstanceOfSatisfying(HttpError.class, e -> assertStatus(e, 408));
    }

    @Test
    void silenceIsATimeoutAlsoInsideAnotherFailure() {
        request.fails(new IOException(new TimeoutException("idle")));
        assertThatThrownBy(body::read).isInstanceOfSatisfying(HttpError.class, e -> assertStatus(e, 408));
    }

    @Test
    void brokenConnectionIsReported() {
        request.fails(new IOException("reset"));
        assertThatThrownBy(body::read)
                .hasMessage("the connection has broken off")
                .isInstanceOfSatisfying(HttpError.class, e -> assertStatus(e, 400));
    }

    @Test
    void interruptEndsTheWait() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(body::read).hasMessage("the publisher has ended");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void publisherThatDripsIsTooSlow() throws IOException {
        FakeTicker clock = FakeTicker.movedBySleepers();
        body.limitBy(new PublisherPatience(Duration.ofSeconds(30), clock));
        clock.moveAtEachReading(Duration.ofSeconds(3));
        request.whenWaitedFor = () -> request.come(new byte[1], false);
        for (int i = 0; i < 11; i++) {
            body.read();
        }

        assertThatThrownBy(body::read)
                .hasMessageStartingWith("the picture comes too slowly: 11 bytes in 33 s")
                .isInstanceOfSatisfying(HttpError.class, e -> assertStatus(e, 408));
    }

    @Test
    void picturesThatAreTakenAreASignOfLife() throws IOException {
        FakeTicker clock = FakeTicker.movedBySleepers();
        body.limitBy(new PublisherPatience(Duration.ofSeconds(30), clock));
        clock.moveAtEachReading(Duration.ofSeconds(3));
        request.whenWaitedFor = () -> request.come(new byte[1], false);
        for (int i = 0; i < 200; i++) {
            body.read();
            body.taken();
        }
        assertThat(body.ended()).isFalse();
    }

    // the rest

    @Test
    void restIsThrownAwayUpToTheLimit() {
        AtomicInteger more = new AtomicInteger();
        request.whenWaitedFor = () -> {
            more.incrementAndGet();
            request.come(MEBIBYTE, false);
        };

        body.drain();

        assertThat(more).as("mebibytes").hasValue(33);
        assertThat(body.ended()).isFalse();
    }

    @Test
    void restIsDiscardedToItsEndOrWhileTheConditionHolds() {
        request.come(new byte[100_000], false).come(new byte[100_000], true);
        AtomicInteger goesOn = new AtomicInteger();
        body.drain(() -> goesOn.incrementAndGet() <= 2);
        assertThat(goesOn).hasValue(3);
        assertThat(body.ended()).isFalse();

        body.drain();

        assertThat(body.ended()).isTrue();
    }

    @Test
    void restThatBreaksOffIsNoMatter() {
        request.come(new byte[5], false).fails(new IOException("reset"));

        assertThatCode(body::drain).doesNotThrowAnyException();
    }

    private void come(int mebibytes) {
        for (int i = 0; i < mebibytes; i++) {
            request.come(MEBIBYTE, false);
        }
    }

    private static void assertStatus(HttpError error, int status) {
        FakeRequest asked = new FakeRequest("PUT", "/");
        error.answer(asked.exchange(""));
        assertThat(asked.response.getStatus()).isEqualTo(status);
    }
}
