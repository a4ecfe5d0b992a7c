package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a feed of 30 fps is sent over links of any speed. The test moves the clock by one millisecond at a time. */
class PaceTest {

    private static final long MILLI = 1_000_000;
    private static final int INTERVAL = 33;

    private final SendWindow window = new SendWindow();
    private final SizeStep step = new SizeStep(0);
    private final Deque<Sent> underWay = new ArrayDeque<>();
    private final List<Long> ages = new ArrayList<>();
    private double bytesPerMilli;
    private int wayBack;
    private int busy;
    private int full;
    private double linkFree;
    private long inside;
    private int allowed = 2;
    private long now;
    private long sequence;
    private long sentSequence;
    private int shown;

    private record Sent(long sequence, int size, long all, long at, long captured, double arrives) {}

    /**
     * @param kilobytesPerSecond throughput of the link; its delay is {@code wayMillis} in addition, both directions
     *     together
     */
    private void link(double kilobytesPerSecond, int wayMillis) {
        bytesPerMilli = kilobytesPerSecond;
        wayBack = wayMillis;
    }

    private void run(int millis) {
        ages.clear();
        shown = 0;
        for (long end = now + millis; now < end; now++) {
            while (!underWay.isEmpty() && underWay.peek().arrives() <= now) {
                arrived(underWay.poll());
            }
            step.adapt(now * MILLI, (underWay.isEmpty() ? now : underWay.peek().at()) * MILLI);
            sequence = now / INTERVAL;
            while (sequence > sentSequence && underWay.size() < allowed && hasRoom()) {
                send();
            }
        }
    }

    private int size() {
        return (int) (full * Math.pow(step.size(), 1.6));
    }

    private boolean hasRoom() {
        return inside < window.bytes();
    }

    private void send() {
        int size = size();
        inside += size;
        linkFree = Math.max(linkFree, (double) now) + size / bytesPerMilli;
        underWay.add(new Sent(sequence, size, inside, now, sequence * INTERVAL, linkFree + wayBack + late()));
        sentSequence = sequence;
    }

    /** The delay that a busy machine adds: for one picture nothing, for another a lot. */
    private long late() {
        return busy == 0 ? 0 : sequence * 37 % busy;
    }

    private void arrived(Sent sent) {
        inside -= sent.size();
        long took = (now - sent.at()) * MILLI;
        window.shown(sent.size(), sent.all(), took, now * MILLI);
        step.shown(sent.sequence(), sent.size(), sent.at() * MILLI, now * MILLI);
        allowed = window.isCrowded(took) ? 1 : 2;
        ages.add(now - sent.captured());
        shown++;
    }

    private long percentile(double share) {
        List<Long> sorted = ages.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1, share * sorted.size()));
    }

    @Test
    void wideLinkGetsEveryPictureInFullSize() {
        full = 60_000;
        link(50_000, 12);
        run(10_000);

        assertThat(step.now()).isZero();
        assertThat(shown).isBetween(295, 304);
        assertThat(percentile(0.99)).isLessThan(60);
    }

    @Test
    void longWayWithRoomGetsItsPicturesToo() {
        full = 60_000;
        link(20_000, 150);
        run(5_000);
        run(10_000);

        assertThat(step.now()).isZero();
        assertThat(shown).isGreaterThan(120); // two under way, each 150 ms
        assertThat(percentile(0.99)).isLessThan(250);
    }

    @Test
    void narrowLinkGetsFewerAndSmallerPicturesOfLittleAge() {
        for (int size : new int[] {60_000, 225_000}) {
            PaceTest link = new PaceTest();
            link.full = size;
            link.link(1000, 20);
            link.run(10_000);
            assertThat(link.percentile(0.99))
                    .as("p99 with %d bytes, the beginning with it", size)
                    .isLessThan(500);
            link.run(20_000);
            assertThat(link.percentile(0.99)).as("p99 with %d bytes", size).isLessThan(400);
            assertThat(link.shown / 20.0).as("fps with %d bytes", size).isGreaterThan(5);
        }
    }

    @Test
    void veryNarrowLinkTooAndItIsBackSoonWhenTheLinkIs() {
        for (int size : new int[] {60_000, 225_000}) {
            PaceTest link = new PaceTest();
            link.full = size;
            link.link(50_000, 12);
            link.run(5_000);
            link.link(300, 20);
            link.run(20_000);
            assertThat(link.percentile(0.99)).as("p99 with %d bytes", size).isLessThan(1200);
            assertThat(link.percentile(0.5)).as("p50 with %d bytes", size).isLessThan(500);
            assertThat(link.shown / 20.0).as("fps with %d bytes", size).isGreaterThan(3);

            link.link(50_000, 12);
            link.run(5_000);
            assertThat(link.step.now()).as("step with %d bytes", size).isZero();
            link.run(1_000);
            assertThat(link.shown).isGreaterThanOrEqualTo(29);
            assertThat(link.percentile(0.99)).isLessThan(60);
        }
    }

    @Test
    void wayThatTakesItsTimeToTheScreenIsNoReasonToStaySmall() {
        for (int size : new int[] {60_000, 225_000}) {
            PaceTest link = new PaceTest();
            link.full = size;
            link.link(50_000, 60);
            link.run(5_000);
            link.link(300, 70);
            link.run(25_000);
            assertThat(link.step.now()).as("step with %d bytes", size).isPositive();

            link.link(50_000, 60);
            link.run(5_000);
            assertThat(link.step.now())
                    .as("step with %d bytes, free again", size)
                    .isZero();
        }
    }

    @Test
    void busyMachineIsNoReasonToStaySmall() {
        full = 200_000;
        busy = 80;
        link(300, 20);
        run(10_000);
        assertThat(step.now()).isPositive();

        link(50_000, 20);
        run(5_000);
        assertThat(step.now()).isZero();
    }

    @Test
    void picturesThatLeftBeforeAStepAreNotTakenForItsOwn() {
        full = 200_000;
        link(50_000, 20);
        run(3_000);
        link(300, 30); // two pictures are on the way, for more than a second
        run(3_000);
        link(1500, 30);
        run(10_000);

        assertThat(step.now()).isEqualTo(1); // of 126,000 bytes: 84 ms and the way
    }

    @Test
    void stepsAreNotTakenBackAndForth() {
        full = 120_000;
        link(700, 20);
        run(10_000);
        int changes = 0;
        int before = step.now();
        for (int second = 0; second < 60; second++) {
            run(1000);
            changes += before == step.now() ? 0 : 1;
            before = step.now();
        }

        assertThat(changes).isLessThan(10);
    }
}
