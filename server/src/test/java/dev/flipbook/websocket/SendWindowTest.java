package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SendWindowTest {

    private static final long MILLI = 1_000_000;
    private static final Offset<Long> ROUNDED = within(1L);

    private final SendWindow window = new SendWindow();

    private void shown(long underWay, long tookMillis) {
        window.shown(underWay, underWay, tookMillis * MILLI, tookMillis * MILLI);
    }

    @Test
    void beforeAnythingIsKnownItIsOfAPictureOrTwo() {
        assertThat(window.bytes()).isEqualTo(128 * 1024);
        assertThat(window.least()).isZero();
    }

    @Test
    void eachPictureMovesItAQuarterOfTheWayToWhatTheLinkTakes() {
        shown(100_000, 100); // 1000 bytes a millisecond, for the delay and 100 ms more

        assertThat(window.bytes()).isCloseTo(131_072 + (200_000 - 131_072) / 4, ROUNDED);
        shown(100_000, 100);
        assertThat(window.bytes()).isCloseTo(148_304 + (200_000 - 148_304) / 4, ROUNDED);
    }

    @Test
    void afterTenPicturesItIsNearWhatTheLinkBringsInItsWayAndAHundredMilliseconds() {
        shown(20_000, 20); // the delay alone
        for (int i = 0; i < 10; i++) {
            shown(100_000, 100);
        }
        assertThat(window.least()).isEqualTo(20 * MILLI);
        assertThat(window.bytes()).isBetween(118_000L, 123_000L); // 1000 x (20 + 100)

        for (int i = 0; i < 10; i++) {
            shown(100_000, 1000);
        }
        assertThat(window.bytes()).as("on a link of a tenth").isBetween(16_384L, 20_000L);
    }

    @Test
    void aSmallPictureIsAlwaysUnderWay() {
        for (int i = 0; i < 100; i++) {
            shown(10, 1000);
        }

        assertThat(window.bytes()).isEqualTo(16 * 1024);
    }

    @Test
    void aPictureTravelsAloneWhenNoneHasForAsLongAsTheShortestWayIsRemembered() {
        window.shown(1000, 1000, 20 * MILLI, 0);
        window.shown(1000, 2000, 20 * MILLI, 5_000 * MILLI);
        assertThat(window.bytes()).isGreaterThan(1);

        window.shown(1000, 2000, 20 * MILLI, 5_000 * MILLI + 1);
        assertThat(window.bytes()).as("nothing beside it").isEqualTo(1);
        window.shown(1000, 1001, 20 * MILLI, 5_050 * MILLI);
        assertThat(window.bytes()).isEqualTo(1);

        window.shown(1000, 1000, 20 * MILLI, 5_100 * MILLI);
        assertThat(window.bytes()).isGreaterThan(16 * 1024);
        window.shown(1000, 2000, 20 * MILLI, 10_100 * MILLI);
        assertThat(window.bytes()).isGreaterThan(1);
    }

    @Test
    void theFirstPictureNeedNotHaveTravelledAlone() {
        window.shown(1000, 2000, 20 * MILLI, 100_000 * MILLI);

        assertThat(window.bytes()).isGreaterThan(1);
    }

    @Test
    void itHasAnEnd() {
        for (int i = 0; i < 100; i++) {
            window.shown(10_000_000, 10_000_000, 0, 0); // in no time at all
        }

        assertThat(window.bytes()).isEqualTo(64 * 1024 * 1024);
    }

    @Test
    void aLongerWayIsBelievedAfterTenSecondsAtTheLatest() {
        window.shown(1000, 1000, 20 * MILLI, 0);
        window.shown(1000, 1000, 90 * MILLI, 5_000 * MILLI);
        window.shown(1000, 1000, 80 * MILLI, 5_000 * MILLI + 1);
        window.shown(1000, 1000, 80 * MILLI, 10_000 * MILLI + 1);
        assertThat(window.least()).isEqualTo(20 * MILLI);

        window.shown(1000, 1000, 85 * MILLI, 10_000 * MILLI + 2);

        assertThat(window.least()).isEqualTo(80 * MILLI);
    }

    @Test
    void aPictureThatTookHalfAsLongAgainAsTheShortestHasWaitedForTheOneBeforeIt() {
        shown(1000, 80);

        assertThat(window.isCrowded(120 * MILLI)).isFalse();
        assertThat(window.isCrowded(120 * MILLI + 1)).isTrue();
    }

    @Test
    void aPictureThatIsThereInAHundredMillisecondsHasNotWaited() {
        shown(1000, 10);

        assertThat(window.isCrowded(100 * MILLI)).isFalse();
        assertThat(window.isCrowded(100 * MILLI + 1)).isTrue();
    }
}
