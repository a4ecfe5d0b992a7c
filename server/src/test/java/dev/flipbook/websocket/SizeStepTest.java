package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.Variant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a feed is sent in another size. The test has a clock of its own in nanoseconds, which begins below zero. */
class SizeStepTest {

    private static final long MILLI = 1_000_000;

    private long now = -7_000 * MILLI;
    private final SizeStep step = new SizeStep(now);
    private long sequence;

    /** Counts a picture of this number of bytes that is shown now, this long after it was sent. */
    private void shown(int size, long tookNanos) {
        step.shown(++sequence, size, now - tookNanos, now);
    }

    private boolean adapt() {
        return step.adapt(now, now);
    }

    /** Counts ten pictures of one size in half a second, each of which takes this long. Then the step is checked. */
    private boolean period(int size, long tookMillis) {
        return period(10, size, tookMillis);
    }

    private boolean period(int pictures, int size, long tookMillis) {
        now += 500 * MILLI;
        for (int i = 0; i < pictures; i++) {
            shown(size, tookMillis * MILLI);
        }
        return adapt();
    }

    /**
     * Teaches the step that the link's own delay is nearly zero, and that pictures of full size have this number of
     * bytes.
     */
    private void know(int full) {
        now += 500 * MILLI;
        shown(full, 2);
        shown(full, 2);
        assertThat(adapt()).isFalse();
    }

    private void stepTo(int which) {
        stepTo(which, 60_000);
    }

    /** Brings the step down to this one, by pictures of this number of bytes that take long. */
    private void stepTo(int which, int bytes) {
        know(bytes);
        while (step.now() < which) {
            assertThat(period(2, bytes, 300)).isTrue();
        }
        assertThat(step.now()).isEqualTo(which);
    }

    // sizes

    @Test
    void sizesAreTheWholeThreeQuartersHalfAndAQuarter() {
        SizeStep steps = new SizeStep(0);
        double[] sizes = new double[4];
        for (int i = 0; i < 4; i++) {
            sizes[i] = steps.size();
            assertThat(steps.now()).isEqualTo(i);
            long at = (i + 1) * 500L * MILLI;
            steps.shown(2L * i, 100, at - 251 * MILLI, at);
            steps.shown(2L * i + 1, 100, at - 251 * MILLI, at);
            steps.adapt(at, at);
        }

        assertThat(sizes).containsExactly(1, 0.75, 0.5, 0.25);
        assertThat(steps.now()).as("there is no smaller one").isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        // step, requested width, height, rotate, for pictures of 640 x 480: sent width, height
        "0, 0, 0, 0, 0, 0",
        "0, 320, 0, 90, 320, 0",
        "1, 0, 0, 0, 480, 360",
        "2, 0, 0, 0, 320, 240",
        "3, 0, 0, 0, 160, 120",
        "1, 320, 0, 0, 240, 360",
        "1, 0, 200, 0, 480, 150",
        "1, 2000, 2000, 0, 480, 360",
        "1, 640, 480, 180, 480, 360",
        "1, 0, 0, 90, 360, 480",
        "1, 0, 0, 270, 360, 480",
        "1, 500, 2000, 90, 360, 480",
        "1, 30, 17, 0, 23, 16",
        "3, 16, 16, 0, 16, 16",
    })
    void smallerPicturesHaveTheSidesThatAreSeen(int which, int width, int height, int rotate, int sent, int high) {
        stepTo(which);

        assertThat(step.variant(new Variant(width, height, 70, rotate), 640, 480))
                .isEqualTo(new Variant(sent, high, 70, rotate));
    }

    @ParameterizedTest
    @CsvSource({"0, 480", "640, 0", "0, 0"})
    void ofAFeedThatHasHadNoPictureTheWishIsSent(int width, int height) {
        stepTo(2);
        Variant wish = new Variant(0, 0, 30, 90);

        assertThat(step.variant(wish, width, height)).isEqualTo(wish);
    }

    @Test
    void sidesAreNeverLongerThanAVariantsMayBe() {
        stepTo(1);

        assertThat(step.variant(Variant.ORIGINAL, 20_000, 1)).isEqualTo(new Variant(8192, 16, 0, 0));
    }

    // down

    @Test
    void picturesThatTakeLongerThanAQuarterOfASecondAreSentSmaller() {
        now += 500 * MILLI;
        shown(60_000, 250 * MILLI);
        shown(60_000, 250 * MILLI);
        assertThat(adapt()).isFalse();

        now += 500 * MILLI;
        shown(60_000, 250 * MILLI);
        shown(60_000, 250 * MILLI + 2); // the mean counts
        assertThat(adapt()).isTrue();
        assertThat(step.now()).isEqualTo(1);
    }

    @Test
    void nothingChangesBeforeHalfASecondHasPassed() {
        know(60_000);
        now += 500 * MILLI - 1;
        shown(60_000, 300 * MILLI);
        shown(60_000, 300 * MILLI);
        assertThat(adapt()).isFalse();

        now += 1;
        assertThat(adapt()).isTrue();
        now += 500 * MILLI - 1;
        shown(60_000, 400 * MILLI);
        shown(60_000, 400 * MILLI);
        assertThat(adapt()).isFalse();
        now += 1;
        assertThat(adapt()).isTrue();
    }

    /** Bytes grow with the sides to the power of 1.6. The delay of the link is 10 ms for any number of bytes. */
    @ParameterizedTest
    @CsvSource({"251, 1", "350, 1", "450, 2", "700, 2", "800, 3", "1500, 3", "9000, 3"})
    void itGoesDownAsFarAsPicturesWouldStillTakeTooLong(long tookMillis, int expected) {
        now += 500 * MILLI;
        shown(60_000, 10 * MILLI); // the delay alone
        now += 9_500 * MILLI;
        adapt();
        now += 500 * MILLI;
        shown(60_000, tookMillis * MILLI);
        shown(60_000, tookMillis * MILLI);

        assertThat(adapt()).isTrue();
        assertThat(step.now()).isEqualTo(expected);
    }

    @Test
    void wayThatIsLongByItselfDoesNotShrinkWithTheBytes() {
        period(60_000, 240); // the delay, nearly without bytes
        now += 500 * MILLI;
        shown(60_000, 260 * MILLI);
        shown(60_000, 260 * MILLI);
        assertThat(adapt()).isTrue();

        assertThat(step.now()).as("a size smaller would take 245 ms").isEqualTo(1);
    }

    @Test
    void pictureThatDoesNotComeBackCountsAsLongAsItIsOnItsWay() {
        now += 500 * MILLI;
        assertThat(step.adapt(now, now - 250 * MILLI)).isFalse();
        now += 500 * MILLI;
        assertThat(step.adapt(now, now - 250 * MILLI - 1)).isTrue();

        assertThat(step.now()).isEqualTo(1);
    }

    @Test
    void oneThatIsOnItsWayDoesNotCountWhereTwoCameBackQuickly() {
        now += 500 * MILLI;
        shown(60_000, 10 * MILLI);
        shown(60_000, 10 * MILLI);

        assertThat(step.adapt(now, now - 400 * MILLI)).isFalse();
        assertThat(step.now()).isZero();
    }

    @Test
    void oneThatIsOnItsWayCountsBesideOneThatCameBackQuickly() {
        now += 500 * MILLI;
        shown(60_000, 10 * MILLI);

        assertThat(step.adapt(now, now - 300 * MILLI)).isTrue();
    }

    @Test
    void oneThatCameBackSlowlyCountsAlsoBesideOneThatHasJustLeft() {
        now += 2_000 * MILLI;
        shown(60_000, 300 * MILLI);

        assertThat(step.adapt(now, now - 10 * MILLI)).isTrue();
    }

    @Test
    void picturesOfTheStepBeforeSayNothingOfThisOne() {
        stepTo(1);
        long left = now - 1;
        now += 500 * MILLI;
        step.shown(++sequence, 60_000, left, now);
        step.shown(++sequence, 60_000, left, now);
        assertThat(step.adapt(now, left)).isFalse();
        now += 500 * MILLI;
        assertThat(step.adapt(now, left)).isFalse();
        assertThat(step.now()).isEqualTo(1);

        left++;
        now += 500 * MILLI;
        step.shown(++sequence, 60_000, left, now);
        step.shown(++sequence, 60_000, left, now);
        assertThat(adapt()).isTrue();
    }

    /** The wanted rate is ten a second, or the feed's rate if that is lower. */
    @ParameterizedTest
    @CsvSource({
        // pictures that were shown in a second, the number of the last one, whether a smaller size is sent
        "5, 30, false",
        "4, 30, true",
        "4, 10, true",
        "4, 8, false",
        "3, 7, true",
        "3, 6, false",
        "2, 5, true",
        "2, 4, false",
    })
    void quickPicturesOfWhichFewerThanHalfComeThroughAreSentSmaller(int came, int last, boolean smaller) {
        now += 1_000 * MILLI;
        for (int i = 1; i < came; i++) {
            shown(60_000, MILLI);
        }
        sequence = last - 1L;
        shown(60_000, MILLI);

        assertThat(adapt()).isEqualTo(smaller);
    }

    /** If the client asks for few pictures, the others are left out before they are sent. */
    @ParameterizedTest
    @CsvSource({"0, true", "4.1, true", "4, false", "1, false", "20, true", "1000, true"})
    void asManyAsAreWishedAreEnough(double fps, boolean smaller) {
        step.wish(fps);
        now += 1_000 * MILLI;
        shown(60_000, MILLI);
        sequence += 29;
        shown(60_000, MILLI);

        assertThat(adapt()).isEqualTo(smaller);
    }

    @Test
    void aFeedThatRestsIsLeftAsItIs() {
        stepTo(2);
        for (int i = 0; i < 100; i++) {
            now += 500 * MILLI;
            assertThat(adapt()).isFalse();
        }

        assertThat(step.now()).isEqualTo(2);
    }

    // up

    @Test
    void whereTheFullSizeWouldBeQuickItIsSentAtOnce() {
        stepTo(3);
        step.wish(0);

        assertThat(period(1000, 1)).isTrue();

        assertThat(step.now()).isZero();
    }

    /**
     * The sizes are known: 60,000 bytes at full size, 30,000 at one step smaller. All of the time, except 2 ns of
     * delay, grows with the bytes.
     */
    @ParameterizedTest
    @CsvSource({"30000000, 0", "30000001, 1"})
    void quickIsLessThanSixtyMilliseconds(long tookNanos, int expected) {
        stepTo(1);
        for (int i = 0; i < 3; i++) {
            now += 250 * MILLI;
            shown(30_000, tookNanos);
            shown(30_000, tookNanos);
        }
        adapt();

        assertThat(step.now()).isEqualTo(expected);
    }

    /**
     * The same sizes as above. The threshold is 120 ms, for one size at a time, two seconds after the last step down.
     */
    @ParameterizedTest
    @CsvSource({"60000000, 0", "60000001, 1"})
    void aLargerSizeIsTriedWhereItWouldTakeLessThanAHundredAndTwentyMilliseconds(long tookNanos, int expected) {
        stepTo(1);
        long down = now;
        while (now - down < 2_000 * MILLI) {
            now += 500 * MILLI;
            for (int i = 0; i < 5; i++) {
                shown(30_000, tookNanos);
            }
            assertThat(adapt()).isFalse();
        }
        now += 500 * MILLI;
        for (int i = 0; i < 5; i++) {
            shown(30_000, tookNanos);
        }
        adapt();

        assertThat(step.now()).isEqualTo(expected);
    }

    @Test
    void itGoesUpOneSizeAtATimeWhereThatIsAllThereIsRoomFor() {
        stepTo(3);
        step.wish(0);
        int before = 3;
        while (step.now() > 0) {
            period(10_000, 35); // too long for two sizes at once
            assertThat(step.now()).isBetween(before - 1, before);
            before = step.now();
            assertThat(now).isLessThan(60_000 * MILLI);
        }
    }

    /** Steps up from a quarter: 2, 3 and 4 times the width have 3.0, 5.8 and 9.2 times the bytes. */
    @ParameterizedTest
    @CsvSource({"6, 0", "8, 1", "12, 2"})
    void itGoesUpAtOnceAsFarAsPicturesWouldBeQuick(long tookMillis, int expected) {
        stepTo(3);
        step.wish(0);

        period(10_000, tookMillis);

        assertThat(step.now()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"7, 3", "8, 0"})
    void itStaysWhereFewerThanFourOfFiveComeThrough(int came, int expected) {
        stepTo(3);
        step.wish(0);
        now += 1_000 * MILLI;
        for (int i = 1; i < came; i++) {
            shown(1000, MILLI);
        }
        sequence += 10;
        shown(1000, MILLI);
        adapt();

        assertThat(step.now()).isEqualTo(expected);
    }

    /** The delay that a busy machine adds to most pictures does not grow with their bytes. */
    @Test
    void theQuickestPictureShowsWhetherTheLinkIsFree() {
        stepTo(2);
        step.wish(0);
        now += 500 * MILLI;
        for (int i = 0; i < 9; i++) {
            shown(1000, 200 * MILLI);
        }
        shown(1000, 5 * MILLI);

        assertThat(adapt()).isTrue();
        assertThat(step.now()).isZero();
    }

    @Test
    void theQuickestOfThePreviousPeriodDoesNotCount() {
        stepTo(2);
        step.wish(0);
        now += 1_000 * MILLI;
        for (int i = 1; i < 7; i++) {
            shown(1000, 5 * MILLI);
        }
        sequence += 10;
        shown(1000, 5 * MILLI); // too few pictures were shown
        assertThat(adapt()).isFalse();

        assertThat(period(1000, 200)).isFalse();
    }

    @Test
    void aFeedOfAPictureNowAndThenComesUpAfterTwoSeconds() {
        stepTo(1);
        step.wish(0);
        now += 500 * MILLI;
        shown(1000, 5 * MILLI);
        assertThat(adapt()).isFalse();
        now += 1_500 * MILLI - 1;
        assertThat(adapt()).isFalse();

        now += 1;

        assertThat(adapt()).isTrue();
        assertThat(step.now()).isZero();
    }

    // the wait after a step up that had to be taken back

    /**
     * Counts pictures that seem to leave room until there is a step up. Returns how long that took, in milliseconds.
     */
    private long untilUp() {
        long begin = now;
        int before = step.now();
        while (step.now() == before) {
            for (int i = 0; i < 5; i++) {
                now += 100 * MILLI;
                shown(30_000, 59 * MILLI);
            }
            adapt();
            assertThat(now - begin).isLessThan(60_000 * MILLI);
        }
        assertThat(step.now()).isEqualTo(before - 1);
        return (now - begin) / MILLI;
    }

    private void down() {
        assertThat(period(2, 60_000, 300)).isTrue();
        assertThat(step.now()).isEqualTo(1);
    }

    @Test
    void eachStepUpThatWasOneTooManyMakesTheNextComeTwiceAsLateUpToHalfAMinute() {
        know(60_000);
        down();
        long[] waits = new long[7];
        for (int i = 0; i < waits.length; i++) {
            waits[i] = untilUp();
            down();
        }

        assertThat(waits).containsExactly(2_500, 4_500, 8_500, 16_500, 32_500, 32_500, 32_500);
    }

    @Test
    void aStepUpThatHeldIsNoReasonToWait() {
        know(60_000);
        down();
        assertThat(untilUp()).isEqualTo(2_500);
        down();
        assertThat(untilUp()).isEqualTo(4_500);

        for (int i = 0; i < 15; i++) {
            period(60_000, 61); // holds for 7.5 s, and the step down is at 8 s
        }
        down();

        assertThat(untilUp()).as("twice four seconds have passed").isEqualTo(2_500);
    }

    @Test
    void aStepUpThatHeldForLessThanTwiceTheWaitWasOneTooMany() {
        know(60_000);
        down();
        assertThat(untilUp()).isEqualTo(2_500);
        down();
        assertThat(untilUp()).isEqualTo(4_500);

        for (int i = 0; i < 14; i++) {
            period(60_000, 61);
        }
        down();

        assertThat(untilUp()).isEqualTo(8_500);
    }

    @Test
    void afterTheLongestWaitAFreeLinkIsSeenWithinASecond() {
        know(60_000);
        down();
        for (int i = 0; i < 5; i++) {
            untilUp();
            down();
        }

        period(30_000, 5);

        assertThat(step.now()).isZero();
    }

    // bytes

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void otherWishesMeanOtherBytes(int which) {
        stepTo(which, 6_000_000);
        assertThat(period(1000, 5))
                .as("a picture of a thousand times the bytes")
                .isFalse();

        step.wish(0);

        assertThat(period(1000, 5)).isTrue();
        assertThat(step.now()).isZero();
    }
}
