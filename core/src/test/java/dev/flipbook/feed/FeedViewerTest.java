package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.Frame;
import dev.flipbook.FrameSink;
import dev.flipbook.Viewer;
import dev.flipbook.ViewerStatus;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.FeedViewer;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.mjpeg.Framing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class FeedViewerTest {

    private static final String TYPE = "Content-Type: image/jpeg\r\n";
    private static final String TIME = "X-Timestamp: 1772366400.000000\r\n";

    private final Stage stage = Stage.forProgram();
    private final Feed feed = stage.feed;

    @AfterEach
    void end() {
        stage.close();
    }

    @Test
    void bytesOfTheStrictFraming() {
        FakeSink sink = FakeSink.quick();
        feed.watch(sink, Framing.STRICT);

        stage.publish(1);
        stage.publish(2);
        feed.close();

        String header = TYPE + "Content-Length: " + picture(1).length() + "\r\n" + TIME + "\r\n";
        assertThat(sink.writes().stream().map(FeedViewerTest::text))
                .containsExactly(
                        "--b0unDarY\r\n" + header + picture(1) + "\r\n--b0unDarY\r\n",
                        header + picture(2) + "\r\n--b0unDarY\r\n",
                        header + picture(2) + "\r\n--b0unDarY--\r\n");
    }

    @Test
    void bytesOfTheBrowserFraming() {
        FakeSink sink = FakeSink.quick();
        feed.watch(sink, Framing.BROWSER);

        stage.publish(1);
        stage.publish(2);
        feed.close();

        String header = TYPE + "Content-Length: " + picture(1).length() + "\r\n" + TIME + "\r\n";
        assertThat(sink.writes().stream().map(FeedViewerTest::text))
                .containsExactly(
                        "--b0unDarY\r\n" + header + picture(1) + "\r\n--b0unDarY\r\n" + TYPE + "\r\n",
                        picture(2) + "\r\n--b0unDarY\r\n" + TYPE + "\r\n",
                        picture(2) + "\r\n--b0unDarY--\r\n");
    }

    @Test
    void bothFramingsReadBackAsTheSamePictures() {
        FakeSink strict = FakeSink.quick();
        FakeSink browser = FakeSink.quick();
        feed.watch(strict, Framing.STRICT);
        feed.watch(browser, Framing.BROWSER);

        for (int number = 1; number <= 4; number++) {
            stage.publish(number);
        }

        assertThat(strict.numbers(feed)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(browser.numbers(feed)).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void viewerCountsWhatItWasSentAndWhatItMissed() {
        FakeSink slow = FakeSink.slow();
        Viewer viewer = feed.watch(slow, Framing.STRICT);
        stage.publish(1);
        stage.publish(2);
        stage.publish(3);
        slow.drain();
        slow.drain();
        stage.publish(4);

        assertThat(viewer.sent()).isEqualTo(2);
        assertThat(viewer.skipped()).isEqualTo(1);
    }

    @Test
    void framesBeforeAViewerCameWereNotMissed() {
        stage.publish(1);
        stage.publish(2);

        assertThat(feed.watch(FakeSink.quick(), Framing.STRICT).skipped()).isZero();
    }

    @Test
    void viewerWhoseSinkFailsLeavesAndItsMemoryGoesBack() {
        FakeSink slow = stage.slowViewer();
        stage.publish(1);
        stage.publish(2);

        slow.fail();

        assertThat(feed.viewers()).isZero();
        assertThat(stage.pool.usedBytes()).isEqualTo(4096);
        stage.publish(3);
        assertThat(slow.writes()).hasSize(1);
    }

    @Test
    void sinkThatThrowsHurtsNobodyElse() {
        for (int i = 0; i < 5; i++) {
            feed.watch(
                    (slice, last, completion) -> {
                        throw new IllegalStateException("closed");
                    },
                    Framing.STRICT);
        }
        FakeSink other = stage.quickViewer();

        stage.publish(1);
        stage.publish(2);

        assertThat(other.numbers(feed)).containsExactly(1L, 2L);
        assertThat(feed.viewers()).isEqualTo(1);
        assertThat(stage.pool.usedBytes()).isEqualTo(4096);
    }

    @Test
    void manyWritesThatDrainWithinTheirCallDoNotGrowTheStack() {
        CompletableFuture<Integer> depth = new CompletableFuture<>();
        int[] writes = new int[1];
        feed.watch(
                (slice, last, completion) -> {
                    if (++writes[0] < 20_000) {
                        stage.publish(writes[0]); // the newest has moved on before this write is over
                    } else {
                        depth.complete(Thread.currentThread().getStackTrace().length);
                    }
                    completion.drained();
                },
                Framing.STRICT);

        stage.publish(0);

        assertThat(depth.join()).isLessThan(200);
    }

    // what happens in the moment between a look and the arming: nobody else wakes the viewer for it

    @Test
    void aPictureThatComesRightAfterTheLookIsSent() {
        FakeSink viewer = stage.quickViewer();
        stage.afterALookInVain(() -> stage.publish(2));

        stage.publish(1);

        assertThat(viewer.numbers(feed)).containsExactly(1L, 2L);
        stage.publish(3);
        assertThat(viewer.numbers(feed)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aSinkThatBecomesReadyRightAfterTheLookGetsThePicture() {
        SuddenlyReady sink = new SuddenlyReady();
        Viewer viewer = feed.watch(sink, Framing.STRICT);
        sink.viewer = viewer;
        sink.looks = 2; // whether it is to be woken, and the look itself

        stage.publish(1);

        assertThat(viewer.sent()).isEqualTo(1);
    }

    /** Becomes ready while it says for the last time that it is not, and wakes the viewer as it has to. */
    private static final class SuddenlyReady implements FrameSink {

        private @Nullable Viewer viewer;
        private int looks;

        @Override
        public boolean isReady() {
            Viewer woken = viewer;
            if (woken == null || --looks != 0) {
                return true;
            }
            woken.wake();
            return false;
        }

        @Override
        public void write(ByteBuffer slice, boolean last, Completion completion) {
            completion.drained();
        }
    }

    @Test
    void aViewerThatLeavesRightAfterTheLookHasGone() {
        FakeSink sink = FakeSink.quick();
        Viewer viewer = feed.watch(sink, Framing.STRICT);
        stage.afterALookInVain(viewer::leave);

        stage.publish(1);

        assertThat(feed.viewers()).isZero();
        stage.publish(2);
        assertThat(sink.numbers(feed)).containsExactly(1L);
    }

    @Test
    void aViewerThatLeavesWhileItWritesGoesWhenThatIsDone() {
        FakeSink slow = FakeSink.slow();
        Viewer viewer = feed.watch(slow, Framing.STRICT);
        stage.publish(1);
        stage.publish(2);
        stage.publish(3);

        viewer.leave();
        viewer.leave();
        assertThat(feed.viewers()).isEqualTo(1);
        slow.drain();

        assertThat(feed.viewers()).isZero();
        assertThat(slow.writes()).hasSize(1);
        assertThat(viewer.sent()).isEqualTo(1);
        assertThat(viewer.skipped()).as("what it was behind when it left").isEqualTo(1);
    }

    // how it is

    @Test
    void statusTellsOfEachFigureAsItIs() {
        FakeSink sink = FakeSink.quick();
        Viewer viewer = feed.watch(sink, Framing.STRICT);
        stage.ticker.advance(Duration.ofSeconds(1));
        feed.publish(taken(1, Duration.ofMillis(1500)));
        stage.ticker.advance(Duration.ofSeconds(3));
        feed.publish(taken(2, Duration.ofMillis(250)));

        assertThat(viewer.status())
                .isEqualTo(new ViewerStatus(
                        Duration.ofSeconds(4), 2, 0, sink.bytes().length, 0.5, Duration.ofMillis(250)));
        feed.publish(taken(3, Duration.ofMillis(-5)));
        assertThat(viewer.status().age()).as("of a picture from the future").isZero();
    }

    private Frame taken(long number, Duration before) {
        return Frame.ofJpeg(Pictures.numbered(number, 100)).capturedAt(stage.ticker.nanos() - before.toNanos());
    }

    @Test
    void whatAViewerMissesCountsAlsoWhileItIsStillAtAnOlderPicture() {
        FakeSink slow = FakeSink.slow();
        Viewer viewer = feed.watch(slow, Framing.STRICT);
        stage.publish(1);
        assertThat(viewer.skipped()).isZero();
        stage.publish(2);
        assertThat(viewer.skipped()).as("the newest it will get").isZero();
        stage.publish(3);
        stage.publish(4);

        assertThat(viewer.skipped()).isEqualTo(2);
        slow.drain();
        assertThat(viewer.skipped()).isEqualTo(2);
    }

    @Test
    void aViewerIsStuckWhenItsPeerHasTakenNothingForLongerThanThat() {
        FakeSink slow = FakeSink.slow();
        FeedViewer viewer = (FeedViewer) feed.watch(slow, Framing.STRICT);
        long second = Duration.ofSeconds(1).toNanos();
        stage.ticker.advance(Duration.ofSeconds(10));
        assertThat(viewer.isStuck(second)).as("nothing was sent").isFalse();
        assertThat(viewer.isWriting()).isFalse();
        stage.publish(1);
        assertThat(viewer.isWriting()).isTrue();
        assertThat(viewer.writingSince()).isEqualTo(stage.ticker.nanos());
        stage.ticker.advance(Duration.ofSeconds(1));
        assertThat(viewer.isStuck(second)).isFalse();
        stage.ticker.advance(Duration.ofNanos(1));
        assertThat(viewer.isStuck(second)).isTrue();
        slow.drain();
        assertThat(viewer.isStuck(second)).isFalse();

        slow.stuck(true);
        assertThat(viewer.isStuck(second)).as("its sink says so").isTrue();
    }

    @Test
    void aSinkThatThrowsWhenItIsAskedIsReadyAndStuck() {
        FeedViewer viewer = (FeedViewer) feed.watch(
                new FrameSink() {
                    @Override
                    public void write(ByteBuffer slice, boolean last, Completion completion) {
                        completion.drained();
                    }

                    @Override
                    public boolean isReady() {
                        throw new IllegalStateException("closed");
                    }

                    @Override
                    public boolean isStuck(long nanos) {
                        throw new IllegalStateException("closed");
                    }
                },
                Framing.STRICT);
        stage.publish(1);

        assertThat(viewer.isStuck(1)).isTrue();
        assertThat(viewer.sent()).isEqualTo(1);
    }

    @Test
    void aViewerThatIsCutIsGone() {
        FakeSink slow = FakeSink.slow();
        FeedViewer viewer = (FeedViewer) feed.watch(slow, Framing.STRICT);
        stage.publish(1);

        viewer.cut();

        assertThat(feed.viewers()).isZero();
        assertThat(viewer.sent()).isZero();
        assertThat(viewer.status().bytes()).as("of what was not taken").isZero();
        assertThat(feed.status().delivered()).isZero();
    }

    @Test
    void aSinkIsToldOfEachFrameButTheEnd() {
        FakeSink sink = stage.quickViewer();
        stage.pass(Duration.ofMillis(1100));
        stage.publish(1);
        feed.close();

        assertThat(sink.told()).containsExactly("0 placeholder", "1");
    }

    private static String picture(long number) {
        return text(Pictures.numbered(number, 100));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
