package dev.flipbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.mjpeg.Framing;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class ViewerTest {

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
        assertThat(sink.writes().stream().map(ViewerTest::text))
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
        assertThat(sink.writes().stream().map(ViewerTest::text))
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

    private static String picture(long number) {
        return text(Pictures.numbered(number, 100));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
