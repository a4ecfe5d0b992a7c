package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.Frame;
import dev.flipbook.Viewer;
import dev.flipbook.ViewerStatus;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.mjpeg.Framing;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Viewers who want fewer frames than the feed has. */
@Timeout(180)
class ThinnedViewerTest {

    private final Stage stage = Stage.forProgram();
    private final Feed feed = stage.feed;

    @AfterEach
    void end() {
        stage.close();
    }

    @Test
    void getsEveryThirdOfThirtyAtTen() {
        FakeSink viewer = watch(10);

        List<Long> numbers = play(viewer, 90, 33);

        assertThat(numbers).hasSizeBetween(29, 31);
        for (int i = 2; i < numbers.size(); i++) {
            assertThat(numbers.get(i) - numbers.get(i - 1)).isBetween(2L, 4L);
        }
    }

    @Test
    void getsTwoOfThreeOfThirtyAtTwenty() {
        List<Long> numbers = play(watch(20), 90, 33);

        assertThat(numbers).hasSizeBetween(58, 62);
        for (int i = 1; i < numbers.size(); i++) {
            assertThat(numbers.get(i) - numbers.get(i - 1)).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void getsAllFramesOfAFeedThatHasNoMore() {
        FakeSink viewer = watch(30);
        for (int i = 1; i <= 30; i++) {
            stage.ticker.advance(Duration.ofMillis(i % 2 == 0 ? 28 : 39)); // not as even as it should be
            stage.publish(i);
        }

        assertThat(viewer.numbers(feed)).hasSize(30);
    }

    @Test
    void getsTheLastFrameWhenItsTimeComesAlthoughNoOtherFollows() {
        FakeSink viewer = watch(1);
        stage.publish(1);
        stage.ticker.advance(Duration.ofMillis(100));
        stage.publish(2);
        assertThat(viewer.numbers(feed)).containsExactly(1L);

        stage.pass(Duration.ofSeconds(1));

        assertThat(viewer.numbers(feed)).containsExactly(1L, 2L);
    }

    @Test
    void isNotSentWhatItMissedAfterASilence() {
        FakeSink viewer = watch(10);
        stage.publish(1);
        stage.ticker.advance(Duration.ofSeconds(3));
        stage.publish(2);
        stage.ticker.advance(Duration.ofMillis(20));
        stage.publish(3);

        assertThat(viewer.numbers(feed)).containsExactly(1L, 2L);
    }

    @Test
    void hasSkippedNothing() {
        play(watch(10), 90, 33);

        assertThat(feed.status().skipped()).isZero();
        assertThat(feed.status().delivered()).isLessThan(40);
    }

    @Test
    void figuresTellOfEachViewer() {
        play(watch(10), 90, 33);

        ViewerStatus status = feed.watching().get(0);
        assertThat(status.sent()).isBetween(29L, 31L);
        assertThat(status.fps()).isBetween(9.5, 10.5);
        assertThat(status.bytes()).isEqualTo(feed.status().bytes()).isPositive();
        assertThat(status.skipped()).isZero();
        assertThat(status.watching()).isEqualTo(Duration.ofMillis(90 * 33));
        assertThat(status.age()).as("of a picture that was handed over at once").isZero();
    }

    @Test
    void ageIsThatOfThePictureWhenItWasHandedOver() {
        FakeSink unused = watch(10);
        feed.publish(Frame.ofJpeg(Pictures.numbered(1, 100)).capturedAt(stage.ticker.nanos() - 1_500_000_000));
        stage.ticker.advance(Duration.ofMillis(40));

        assertThat(feed.watching().get(0).age()).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void endsAtOnceWithTheFeed() {
        FakeSink viewer = watch(0.1);
        stage.publish(1);

        feed.close();

        assertThat(viewer.ended()).isTrue();
        assertThat(feed.viewers()).isZero();
    }

    @Test
    void othersGetEveryFrame() {
        FakeSink all = stage.quickViewer();
        watch(5);

        assertThat(play(all, 30, 33)).hasSize(30);
    }

    private FakeSink watch(double fps) {
        FakeSink sink = FakeSink.quick();
        Viewer unused = feed.watch(sink, Framing.STRICT, fps);
        return sink;
    }

    private List<Long> play(FakeSink viewer, int frames, int everyMillis) {
        for (int i = 1; i <= frames; i++) {
            stage.publish(i);
            stage.ticker.advance(Duration.ofMillis(everyMillis));
        }
        return viewer.numbers(feed);
    }
}
