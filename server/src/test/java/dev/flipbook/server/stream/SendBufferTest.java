package dev.flipbook.server.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Frames of 60,000 bytes at 30 fps over computed links: how many frames arrive, and how much the kernel may hold. */
class SendBufferTest {

    private static final int FRAME = 60_000;
    private static final long INTERVAL = 33_333_333;
    /** A frame with the kernel's bookkeeping, less the piece that it takes beyond its limit. */
    private static final int ONE_FRAME = FRAME * 17 / 16 + 4096 - (48 << 10);

    private final SendBuffer buffer = new SendBuffer(this::limit);
    private int limit;
    private int changes;
    private long now = 1;

    private void limit(int bytes) {
        limit = bytes;
        changes++;
    }

    @Test
    void whoTakesEachFrameAsItComesHasABufferOfOne() {
        watch(60, 50_000_000, 1);

        assertThat(limit).isEqualTo(ONE_FRAME);
        assertThat(changes).isEqualTo(1);
    }

    @Test
    void slowLinkGetsMoreOnlyForAShortTry() {
        double moreThanOne = watch(120, 300_000, 1);

        assertThat(limit).isEqualTo(ONE_FRAME);
        assertThat(moreThanOne).as("share of the time").isLessThan(0.15);
        assertThat(changes).as("it was tried").isGreaterThan(3);
    }

    @Test
    void longWayGetsWhatItNeedsForAllFrames() {
        watch(60, 50_000_000, 400_000_000);

        assertThat(framesIn(10, 50_000_000, 400_000_000)).as("in 10 s").isGreaterThan(290);
        assertThat(limit).isLessThan(FRAME * 32);
    }

    @Test
    void longWayThatBecomesShortGivesBackWhatItGot() {
        watch(60, 50_000_000, 400_000_000);
        watch(400, 50_000_000, 1);

        assertThat(limit).isEqualTo(ONE_FRAME);
    }

    @Test
    void largerFramesFitAtOnce() {
        watch(1, 50_000_000, 1);

        buffer.writing(5 * FRAME);

        assertThat(limit).isEqualTo(5 * FRAME * 17 / 16 + 4096 - (48 << 10));
    }

    @Test
    void smallFramesHaveASmallestBuffer() {
        buffer.writing(1000);

        assertThat(limit).isEqualTo(16 << 10);
    }

    // each threshold, with exact numbers

    private static int held(int frames) {
        return (FRAME * 17 / 16 + 4096) * frames - (48 << 10);
    }

    /**
     * A write that ends this number of milliseconds after the previous one. The first write after a change is not
     * measured.
     */
    private void one(long millis, long took) {
        buffer.writing(FRAME);
        now += millis * 1_000_000;
        buffer.written(FRAME, took, now);
    }

    /** The writes of a second, at least ten, of which this number have waited. */
    private void second(long millis, int waits) {
        int writes = 0;
        for (long passed = 0; passed < 1000 || writes < 10; passed += millis) {
            one(millis, writes < waits ? 2_000_000 : 1_999_999);
            writes++;
        }
    }

    @Test
    void twoPicturesAreTriedWhenHalfOfTheWritesHaveWaitedTwoMilliseconds() {
        one(100, 0);
        second(100, 4);
        assertThat(limit).isEqualTo(held(1));

        second(100, 5);

        assertThat(limit).isEqualTo(held(2));
    }

    @Test
    void rateIsOfASecondAtLeast() {
        one(100, 0);
        for (int i = 0; i < 19; i++) {
            one(50, 50_000_000);
        }
        assertThat(limit).as("after 0.95 s").isEqualTo(held(1));

        one(50, 50_000_000);

        assertThat(limit).isEqualTo(held(2));
    }

    @Test
    void rateIsOfTenWritesAtLeast() {
        one(100, 0);
        for (int i = 0; i < 9; i++) {
            one(500, 500_000_000);
        }
        assertThat(limit).as("after nine").isEqualTo(held(1));

        one(500, 500_000_000);

        assertThat(limit).isEqualTo(held(2));
    }

    @Test
    void whatBringsLessThanAQuarterMoreIsTakenBackAndTriedAgainAfterHalfAMinute() {
        one(100, 0);
        second(100, 10);
        one(81, 0);
        assertThat(limit).isEqualTo(held(2));
        second(81, 13);
        assertThat(limit).as("a rate of 1.23").isEqualTo(held(1));

        one(100, 0);
        for (int i = 0; i < 29; i++) {
            second(100, 10);
            assertThat(limit).as("%s s later", i + 1).isEqualTo(held(1));
        }
        second(100, 10);

        assertThat(limit).isEqualTo(held(2));
    }

    @Test
    void whatBringsAQuarterMoreIsDoubledAgainUpTo32Pictures() {
        one(100, 0);
        long millis = 100;
        second(millis, 1000);
        for (int frames = 2; frames <= 16; frames *= 2) {
            assertThat(limit).isEqualTo(held(frames));
            millis = millis * 79 / 100;
            one(millis, 0);
            second(millis, 1000);
        }
        assertThat(limit).isEqualTo(held(32));
        millis = millis * 79 / 100;
        one(millis, 0);
        second(millis, 1000);

        assertThat(limit).as("no more, however much it brings").isEqualTo(held(32));
    }

    @Test
    void whatBringsEnoughIsKeptAndLessIsTriedAfterHalfAMinute() {
        one(100, 0);
        second(100, 10);
        one(79, 0);
        second(79, 0);
        assertThat(limit).as("a rate of 1.27, and nothing waits").isEqualTo(held(2));
        int seconds = 0;
        while (limit == held(2)) {
            second(79, 0);
            seconds++;
        }
        assertThat(limit).isEqualTo(held(1));
        assertThat(seconds).as("of 1.03 s, which make 30 s").isEqualTo(30);

        one(98, 0);
        second(98, 10);
        assertThat(limit).as("0.81 of the rate is enough").isEqualTo(held(1));
    }

    @Test
    void lessThatCostsAFifthOfTheRateIsTakenBack() {
        one(100, 0);
        second(100, 10);
        one(79, 0);
        second(79, 0);
        while (limit == held(2)) {
            second(79, 0);
        }
        one(100, 0);

        second(100, 0);

        assertThat(limit).isEqualTo(held(2));
    }

    @Test
    void smallerPicturesLowerTheLimitOnceTheyAreAQuarterSmaller() {
        buffer.writing(400_000);
        assertThat(limit).isEqualTo(400_000 * 17 / 16 + 4096 - (48 << 10));
        for (int frame = 400_000 - 25_000; changes == 1; frame -= frame / 16) {
            buffer.writing(1000);
            assertThat(frame).as("the limit follows at three quarters").isGreaterThan(290_000);
        }

        assertThat(limit).isBetween(390_000 / 2, 390_000 * 3 / 4);
    }

    /**
     * Lets this number of seconds pass. Returns the share of writes for which the kernel might hold more than one
     * frame.
     */
    private double watch(int seconds, double bytesPerSecond, long roundTrip) {
        long end = now + seconds * 1_000_000_000L;
        int all = 0;
        int more = 0;
        while (now < end) {
            write(bytesPerSecond, roundTrip);
            all++;
            more += limit > ONE_FRAME ? 1 : 0;
        }
        return (double) more / all;
    }

    private int framesIn(int seconds, double bytesPerSecond, long roundTrip) {
        long end = now + seconds * 1_000_000_000L;
        int frames = 0;
        while (now < end) {
            write(bytesPerSecond, roundTrip);
            frames++;
        }
        return frames;
    }

    /** One frame: at once where the link keeps up, and otherwise as fast as link, buffer and round trip allow. */
    private void write(double bytesPerSecond, long roundTrip) {
        buffer.writing(FRAME);
        double window = limit + (64 << 10);
        double rate = Math.min(bytesPerSecond, window / roundTrip * 1e9);
        long took = (long) (FRAME / rate * 1e9);
        long waited = took < INTERVAL ? 0 : took;
        now += Math.max(INTERVAL, took);
        buffer.written(FRAME, waited, now);
    }
}
