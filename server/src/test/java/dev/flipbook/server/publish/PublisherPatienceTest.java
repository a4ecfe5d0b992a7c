package dev.flipbook.server.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.server.FakeRequest;
import dev.flipbook.server.FakeTicker;
import dev.flipbook.server.http.HttpError;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublisherPatienceTest {

    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final FakeTicker clock = FakeTicker.movedBySleepers();
    private final PublisherPatience patience = new PublisherPatience(SILENCE, clock);
    private long bytes;
    private long whole;
    private boolean isUnderWay;

    @Test
    void pictureOfWhichAByteComesNowAndThenIsTooSlowAfterTheSilence() {
        begin();
        drip(30);

        assertThatThrownBy(() -> drip(2))
                .hasMessage("the picture comes too slowly: 30 bytes in 31 s; one that takes more than 30 s"
                        + " must have at least 4096 bytes a second");
    }

    @Test
    void pictureOverASlowLinkMayTakeFourTimesTheSilence() {
        begin();
        for (int second = 0; second < 120; second++) {
            bytes += 5000;
            pass(1);
        }

        assertThatThrownBy(() -> pass(1)).hasMessage("the picture is not whole after 120 s, the maximum");
    }

    @Test
    void eachPictureHasItsTime() {
        begin();
        for (int picture = 0; picture < 20; picture++) {
            drip(29);
            whole++;
        }
        assertThat(whole).isEqualTo(20);
    }

    @Test
    void bytesOfThePictureBeforeDoNotHelpTheNext() {
        bytes = 10_000_000;
        whole = 1;
        pass(10);
        begin();
        drip(30);

        assertThatThrownBy(() -> drip(2)).hasMessageContaining("comes too slowly: 30 bytes");
    }

    @Test
    void betweenPicturesSilenceIsNotLimitedHere() {
        bytes = 20_000;
        for (int picture = 1; picture < 20; picture++) {
            whole = picture;
            pass(29);
        }
        assertThat(whole).isEqualTo(19);
    }

    @Test
    void wholePartsAreASignOfLife() {
        bytes = 20_000;
        for (int part = 1; part < 200; part++) {
            whole = part;
            bytes += 75;
            pass(10);
        }
        assertThat(whole).isEqualTo(199);
    }

    @Test
    void bytesThatBecomeNothingWholeAreNoSignOfLife() {
        drip(120);

        assertThatThrownBy(() -> drip(1))
                .hasMessage("nothing whole has come for 120 s, neither a picture nor a part of a multipart");
    }

    @Test
    void bodyThatDoesNotBeginIsLimitedToo() { // its connection need not be silent: chunks have lengths, which have
        // digits
        pass(120);

        assertThatThrownBy(() -> pass(1)).hasMessageStartingWith("nothing whole has come for 120 s");
    }

    @Test
    void timeInWhichTheProcessWasStoppedDoesNotCount() {
        begin();
        drip(20);
        clock.pass(Duration.ofMinutes(10));
        patience.waited(clock.nanos() - Duration.ofMinutes(10).toNanos(), bytes, whole, isUnderWay);
        drip(10);

        assertThatThrownBy(() -> drip(2)).hasMessageContaining("in 31 s");
    }

    @Test
    void timeSpentOtherwiseThanWaitingDoesNotCount() {
        begin();
        drip(29);
        clock.pass(Duration.ofMinutes(1)); // a picture is decoded, or too many are held up

        drip(1);
        assertThatThrownBy(() -> drip(2)).hasMessageContaining("in 31 s");
    }

    @Test
    void waitOfFourSecondsCountsAndALongerOneTellsThatTheProcessWasStopped() {
        begin();
        for (int i = 0; i < 7; i++) {
            wait(Duration.ofSeconds(4).plusNanos(1)); // none of this time counts
        }
        for (int i = 0; i < 7; i++) {
            wait(Duration.ofSeconds(4));
        }
        wait(Duration.ofSeconds(2));

        assertThatThrownBy(() -> wait(Duration.ofNanos(1))).hasMessageContaining("0 bytes in 30 s");
    }

    @ParameterizedTest
    @CsvSource({"126975, false", "126976, true"})
    void pictureThatTakesLongHasFourKibibytesASecondOnAverage(int bytesWithin31Seconds, boolean isEnough) {
        begin();
        pass(30);
        bytes = bytesWithin31Seconds;

        if (isEnough) {
            assertThatCode(() -> pass(1)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> pass(1)).hasMessageContaining("too slowly: 126975 bytes in 31 s");
        }
    }

    @Test
    void shortTimesAreGivenInMilliseconds() {
        PublisherPatience hasty = new PublisherPatience(Duration.ofMillis(200), clock);
        long began = hasty.now();
        clock.pass(Duration.ofMillis(300));

        assertThatThrownBy(() -> hasty.waited(began, 10, 0, true))
                .hasMessage("the picture comes too slowly: 10 bytes in 300 ms; one that takes more than 200 ms"
                        + " must have at least 4096 bytes a second");
    }

    @Test
    void everyRefusalIsATimeout() {
        FakeRequest request = new FakeRequest("PUT", "/");
        drip(120);

        assertThatThrownBy(() -> drip(1)).isInstanceOfSatisfying(HttpError.class, error -> {
            error.answer(request.exchange(""));
            assertThat(request.response.getStatus()).isEqualTo(408);
        });
    }

    private void wait(Duration time) {
        long began = patience.now();
        clock.pass(time);
        patience.waited(began, bytes, whole, isUnderWay);
    }

    private void begin() {
        isUnderWay = true;
    }

    /** Sends one byte a second. */
    private void drip(int seconds) {
        for (int i = 0; i < seconds; i++) {
            pass(1);
            bytes++;
        }
    }

    /** Waits in steps of one second. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            long began = patience.now();
            clock.pass(Duration.ofSeconds(1));
            patience.waited(began, bytes, whole, isUnderWay);
        }
    }
}
