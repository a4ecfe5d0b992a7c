package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.Variant;
import dev.flipbook.Viewer;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.mjpeg.Framing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Viewers whose peers say when they want the next frame, and viewers who leave by themselves. */
@Timeout(180)
class PacedViewerTest {

    private final Stage stage = Stage.forProgram();
    private final Feed feed = stage.feed;

    @AfterEach
    void end() {
        stage.close();
    }

    @Test
    void sinkThatIsNotReadyGetsTheNewestWhenItIs() {
        FakeSink sink = FakeSink.quick();
        Viewer viewer = feed.watch(sink, Framing.STRICT);
        stage.publish(1);
        sink.ready(false);
        stage.publish(2);
        stage.publish(3);

        assertThat(sink.numbers(feed)).containsExactly(1L);
        sink.ready(true);
        viewer.wake();

        assertThat(sink.numbers(feed)).containsExactly(1L, 3L);
        assertThat(viewer.skipped()).isEqualTo(1);
    }

    @Test
    void sinkThatBecomesReadyWithoutANewerFrameGetsNothingTwice() {
        FakeSink sink = FakeSink.quick();
        Viewer viewer = feed.watch(sink, Framing.STRICT);
        stage.publish(1);

        viewer.wake();

        assertThat(sink.numbers(feed)).containsExactly(1L);
    }

    @Test
    void sinkThatIsNotReadyKeepsNoMemory() {
        FakeSink sink = FakeSink.quick();
        feed.watch(sink, Framing.STRICT);
        stage.publish(1);
        sink.ready(false);
        stage.publish(2);
        stage.publish(3);

        assertThat(stage.pool.usedBytes()).isEqualTo(4096);
    }

    @Test
    void endReachesASinkThatIsNotReady() {
        FakeSink sink = FakeSink.quick();
        feed.watch(sink, Framing.STRICT);
        stage.publish(1);
        sink.ready(false);

        feed.close();

        assertThat(sink.ended()).isTrue();
        assertThat(feed.viewers()).isZero();
    }

    @Test
    void sinkIsToldOfWhatFrameAWriteIs() {
        FakeSink sink = FakeSink.quick();
        feed.watch(sink, Framing.STRICT);
        stage.publish(1);
        stage.publish(2);
        feed.close();

        assertThat(sink.told()).containsExactly("1", "2");
    }

    @Test
    void withoutFramingAWriteIsThePictureAlone() {
        FakeSink sink = FakeSink.quick();
        feed.watch(sink, Framing.NONE);
        stage.publish(1);
        stage.publish(2);

        assertThat(sink.writes()).containsExactly(Pictures.numbered(1, 100), Pictures.numbered(2, 100));
    }

    @Test
    void viewerWhoLeavesIsGoneAtOnce() {
        FakeSink sink = FakeSink.quick();
        Viewer viewer = feed.watch(sink, Framing.STRICT);
        stage.publish(1);

        viewer.leave();

        assertThat(feed.viewers()).isZero();
        stage.publish(2);
        assertThat(sink.numbers(feed)).containsExactly(1L);
        viewer.leave();
        assertThat(feed.status().delivered()).isEqualTo(1);
    }

    @Test
    void viewerWhoLeavesWhileWritingIsGoneWhenThatIsDone() {
        FakeSink slow = FakeSink.slow();
        Viewer viewer = feed.watch(slow, Framing.STRICT);
        stage.publish(1);
        stage.publish(2);

        viewer.leave();
        assertThat(feed.viewers()).isEqualTo(1);
        slow.drain();

        assertThat(feed.viewers()).isZero();
        assertThat(slow.writes()).hasSize(1);
        assertThat(stage.pool.usedBytes()).isEqualTo(4096);
    }

    @Test
    void viewerOfAVariantMayLeaveToo() {
        stage.publish(1);
        Viewer viewer = feed.watch(FakeSink.quick(), Framing.NONE, 0, new Variant(0, 0, 50, 90));

        viewer.leave();

        assertThat(feed.viewers()).isZero();
        assertThat(feed.status().variants()).isEmpty();
    }
}
