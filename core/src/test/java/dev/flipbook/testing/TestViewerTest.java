package dev.flipbook.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class TestViewerTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final Feeds feeds = new Feeds(FeedOptions.DEFAULT, Ticker.system());

    @AfterEach
    void close() {
        feeds.close();
    }

    @Test
    void viewerSeesWhatIsPublishedInItsOrder() throws Exception {
        Feed feed = feeds.feed("published");
        try (TestViewer viewer = TestViewer.of(feed)) {
            feed.publish(NumberedSource.picture(1));
            feed.publish(NumberedSource.picture(2));

            assertThat(NumberedSource.number(viewer.next(SOON))).isEqualTo(1);
            assertThat(NumberedSource.number(viewer.next(SOON))).isEqualTo(2);
            assertThat(viewer.frames()).hasSize(2);
            assertThat(viewer.ended()).isFalse();
            feeds.remove("published");
            await().atMost(SOON).until(viewer::ended);
            assertThat(viewer.frames()).as("the newest once more, to end with").hasSize(3);
        }
    }

    @Test
    void viewerThatStoodStillGetsTheNewest() throws Exception {
        Feed feed = feeds.feed("published");
        try (TestViewer viewer = TestViewer.of(feed)) {
            viewer.stopReading();
            for (int number = 1; number <= 9; number++) {
                feed.publish(NumberedSource.picture(number));
            }
            viewer.readOn();

            assertThat(NumberedSource.number(viewer.next(SOON))).isEqualTo(1);
            assertThat(NumberedSource.number(viewer.next(SOON))).isEqualTo(9);
        }
    }

    @Test
    void viewerThatWaitsInVainSaysSo() {
        Feed feed = feeds.feed("silent");
        try (TestViewer viewer = TestViewer.of(feed)) {
            assertThatExceptionOfType(AssertionError.class)
                    .isThrownBy(() -> viewer.next(Duration.ofMillis(20)))
                    .withMessage("no picture came within 20 ms, after 0");
        }
    }

    @Test
    void viewerThatLeavesIsNotCountedAnyMore() {
        Feed feed = feeds.feed("published");
        TestViewer.of(feed).close();
        assertThat(feed.watched()).isTrue();

        feed.publish(NumberedSource.picture(1));

        assertThat(feed.watched()).isFalse();
    }

    @Test
    void numberedSourceCountsFailsAndRecovers() throws Exception {
        NumberedSource source = NumberedSource.every(Duration.ofMillis(5));
        Feed feed = feeds.feed("camera", source);
        assertThat(source.isOpen()).isFalse();
        try (TestViewer viewer = TestViewer.of(feed)) {
            assertThat(NumberedSource.number(viewer.next(SOON))).isEqualTo(1);
            assertThat(source.isOpen()).isTrue();

            source.fail("the cable is out");
            await().atMost(SOON).until(() -> feed.status().state() == State.OFFLINE);
            assertThat(feed.status().reason()).isEqualTo("the cable is out");

            source.recover();
            await().atMost(SOON).until(() -> feed.status().state() == State.LIVE);
            assertThat(source.given()).isGreaterThan(1);
        }
    }

    @Test
    void otherPicturesHaveNoNumber() throws Exception {
        Frame other = Frame.ofJpeg(Pictures.jpeg(16, 16));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> NumberedSource.number(other))
                .withMessageStartingWith("this picture has no number: Frame[");
    }
}
