package dev.flipbook.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Frames of 60,000 bytes at 30 fps over links that are computed: what they take, and what the kernel may hold for it. */
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

    /** Lets so many seconds pass; the share of writes for which the kernel might hold more than one frame. */
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
