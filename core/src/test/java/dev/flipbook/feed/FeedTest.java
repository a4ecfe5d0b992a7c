package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.flipbook.FeedStatus;
import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.Multipart;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.origin.ScriptedSource;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class FeedTest {

    private final Stage stage = Stage.forProgram();
    private final Feed feed = stage.feed;

    @AfterEach
    void end() {
        stage.close();
    }

    // what is published

    @Test
    void everyPictureReachesAViewerWhoIsReady() {
        FakeSink viewer = stage.quickViewer();

        stage.publish(1);
        stage.publish(2);

        assertThat(viewer.numbers(feed)).containsExactly(1L, 2L);
    }

    @Test
    void viewerGetsTheNewestPictureAtOnce() {
        stage.publish(1);
        stage.publish(2);

        assertThat(stage.quickViewer().numbers(feed)).containsExactly(2L);
    }

    @Test
    void slowViewerSkipsToTheNewestFrame() {
        FakeSink slow = stage.slowViewer();
        for (int number = 1; number <= 5; number++) {
            stage.publish(number);
        }

        slow.drain();

        assertThat(slow.numbers(feed)).containsExactly(1L, 5L);
    }

    @Test
    void slowViewerDoesNotHoldUpAnother() {
        stage.slowViewer();
        FakeSink quick = stage.quickViewer();

        for (int number = 1; number <= 5; number++) {
            stage.publish(number);
        }

        assertThat(quick.numbers(feed)).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void whatIsNoWholeJpegIsRefusedAndNobodySeesIt() {
        FakeSink viewer = stage.quickViewer();
        stage.publish(1);

        byte[] whole = Pictures.jpeg(16, 16);
        assertThatIllegalArgumentException().isThrownBy(() -> feed.publish(new byte[0]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> feed.publish("<html>".getBytes(StandardCharsets.US_ASCII)));
        assertThatIllegalArgumentException().isThrownBy(() -> feed.publish(Arrays.copyOf(whole, whole.length / 2)));

        assertThat(viewer.numbers(feed)).containsExactly(1L);
        assertThat(feed.status().frames()).isEqualTo(1);
    }

    @Test
    void bytesMayBeReusedWhenThePublishHasReturned() {
        FakeSink slow = stage.slowViewer();
        byte[] picture = Pictures.numbered(1, 100);

        feed.publish(picture);
        Arrays.fill(picture, (byte) 0);
        slow.drain();

        assertThat(slow.numbers(feed)).containsExactly(1L);
    }

    @Test
    void sourceMayPublishToItsFeedWithinItsOwnNext() {
        ScriptedSource source = new ScriptedSource();
        try (Stage own = Stage.showing(source)) {
            source.then(() -> own.publish(1)).frame(2);
            FakeSink viewer = own.quickViewer();

            own.awaitFrames(2);

            assertThat(viewer.numbers(own.feed)).containsExactly(1L, 2L);
        }
    }

    // images of a program

    @Test
    void imageIsNotEncodedWhileNobodyWatches() {
        feed.publish(image());

        assertThat(feed.status().encoding().encoder()).isEqualTo("none");
        assertThat(feed.status().frames()).isZero();
    }

    @Test
    void imageThatWaitedIsEncodedForTheFirstViewer() {
        feed.publish(image());

        assertThat(stage.quickViewer().pictures(feed)).hasSize(1);
        assertThat(feed.status().encoding().encoder()).isEqualTo("ImageIO");
    }

    @Test
    void imageIsEncodedAtOnceWhileSomebodyWatches() {
        FakeSink viewer = stage.quickViewer();

        feed.publish(image());
        feed.publish(image());

        assertThat(viewer.pictures(feed)).hasSize(2);
    }

    @Test
    void imageThatWaitedIsForgottenWhenSomethingNewerIsPublished() {
        feed.publish(image());
        stage.publish(7);

        assertThat(stage.quickViewer().numbers(feed)).containsExactly(7L);
    }

    // a still scene

    @Test
    void newestPictureGoesOutAgainAfterFiveSeconds() {
        FakeSink viewer = stage.quickViewer();
        stage.publish(1);

        stage.pass(Duration.ofMillis(4900));
        assertThat(viewer.numbers(feed)).containsExactly(1L);

        stage.pass(Duration.ofMillis(10_200));
        assertThat(viewer.numbers(feed)).containsExactly(1L, 1L, 1L, 1L);
    }

    @Test
    void repeatsAreNoNewFrames() {
        stage.quickViewer();
        stage.publish(1);

        stage.pass(Duration.ofSeconds(11));

        assertThat(feed.status().frames()).isEqualTo(1);
        assertThat(feed.status().age()).contains(Duration.ofSeconds(11));
    }

    @Test
    void viewerOfAnEmptyFeedSeesThatNothingWasPublishedYet() {
        FakeSink viewer = stage.quickViewer();
        assertThat(viewer.writes()).isEmpty();

        stage.pass(Duration.ofMillis(3050));

        assertThat(viewer.pictures(feed)).hasSize(3);
        assertThat(feed.status().state()).isEqualTo(State.STARTING);
        assertThat(feed.status().reason()).isEqualTo("nothing has been published yet");
    }

    @Test
    void imagesAreCapturedWhetherOrNotSomebodyWatches() {
        feed.publish(image());
        feed.publish(image());
        assertThat(feed.status().captured()).isEqualTo(2);
        assertThat(feed.status().encoding()).isEqualTo(Encoding.NONE);

        stage.quickViewer();
        assertThat(feed.status().captured()).as("one of them was shown").isEqualTo(2);
        assertThat(feed.status().frames()).isEqualTo(1);
        feed.publish(image());
        stage.publish(7);

        assertThat(feed.status().captured()).isEqualTo(4);
        assertThat(feed.status().frames()).isEqualTo(3);
        assertThat(feed.status().encoding().frames()).isEqualTo(2);
    }

    @Test
    void encodingTimeIsThatOfTheImages() {
        stage.quickViewer();
        stage.ticker.moveAtEachReading(Duration.ofMillis(3));

        feed.publish(image());
        feed.publish(image());

        assertThat(feed.status().encoding()).isEqualTo(new Encoding("ImageIO", 2, 3_000_000));
    }

    @Test
    void placeholdersAreNotCountedAsEncodedFrames() {
        stage.quickViewer();
        stage.pass(Duration.ofSeconds(3));

        assertThat(feed.status().encoding()).isEqualTo(new Encoding("ImageIO", 0, 0));
        assertThat(feed.status().captured()).isZero();
    }

    // figures

    @Test
    void statusOfAFreshFeed() {
        FeedStatus status = feed.status();

        assertThat(status.name()).isEqualTo("front-door");
        assertThat(status.source()).isEqualTo("a program");
        assertThat(status.since()).isEqualTo(Instant.parse("2026-03-01T12:00:00Z"));
        assertThat(status.age()).isEmpty();
        assertThat(status.nextTry()).isEmpty();
        assertThat(List.of(status.width(), status.height(), status.viewers(), status.failures()))
                .containsOnly(0);
        assertThat(List.of(status.captured(), status.frames(), status.delivered(), status.skipped(), status.dropped()))
                .containsOnly(0L);
        assertThat(status.encoding()).isEqualTo(Encoding.NONE);
        assertThat(status.fps()).isZero();
    }

    @Test
    void statusTellsForHowLongAPictureStandsStill() {
        for (int i = 0; i < 4; i++) {
            feed.publish(Pictures.numbered(1, 100));
            stage.ticker.advance(Duration.ofSeconds(1));
        }
        assertThat(feed.status().still()).isEqualTo(Duration.ofSeconds(4));

        feed.publish(Pictures.numbered(2, 100));
        stage.ticker.advance(Duration.ofSeconds(1));
        assertThat(feed.status().still())
                .as("of the same length, and another picture")
                .isZero();

        feed.publish(Pictures.numbered(2, 100));
        assertThat(feed.status().still()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void statusCountsWhatWasDeliveredAndSkipped() {
        FakeSink quick = stage.quickViewer();
        FakeSink slow = stage.slowViewer();
        for (int number = 1; number <= 10; number++) {
            feed.publish(Pictures.jpeg(40, 24));
            stage.ticker.advance(Duration.ofMillis(100));
        }
        slow.drain();
        slow.drain();

        FeedStatus status = feed.status();

        assertThat(quick.writes()).hasSize(10);
        assertThat(status.state()).isEqualTo(State.LIVE);
        assertThat(status.reason()).isEmpty();
        assertThat(status.width()).isEqualTo(40);
        assertThat(status.height()).isEqualTo(24);
        assertThat(status.fps()).isCloseTo(10, within(0.01));
        assertThat(status.viewers()).isEqualTo(2);
        assertThat(status.frames()).isEqualTo(10);
        assertThat(status.delivered()).isEqualTo(12);
        assertThat(status.skipped()).isEqualTo(8);
        assertThat(status.age()).contains(Duration.ofMillis(100));
    }

    @Test
    void stateOfAProgramsFeedIsAsOldAsItsFirstPicture() {
        stage.pass(Duration.ofSeconds(60));
        stage.publish(1);
        stage.pass(Duration.ofSeconds(60));

        assertThat(feed.status().since()).isEqualTo(Instant.parse("2026-03-01T12:01:00Z"));
    }

    @Test
    void figuresOfViewersWhoLeftAreKept() {
        FakeSink slow = stage.slowViewer();
        stage.publish(1);
        stage.publish(2);
        stage.publish(3);
        slow.drain();

        slow.fail();

        assertThat(feed.status().viewers()).isZero();
        assertThat(feed.status().delivered()).isEqualTo(1);
        assertThat(feed.status().skipped()).isEqualTo(1);
    }

    @Test
    void pictureFromTheFutureIsNoYoungerThanNow() {
        feed.publish(Frame.ofJpeg(Pictures.jpeg(16, 16)).capturedAt(stage.ticker.nanos() + 1_000_000_000));

        assertThat(feed.status().age()).contains(Duration.ZERO);
    }

    @Test
    void captureTimeIsWhatTheDriverSays() {
        FakeSink viewer = stage.quickViewer();

        feed.publish(Frame.ofJpeg(Pictures.jpeg(16, 16)).capturedAt(stage.ticker.nanos() - 1_500_000_000));

        assertThat(Multipart.read(viewer.bytes(), feed.boundary()).headers().get(0))
                .contains("X-Timestamp: 1772366398.500000\r\n");
        assertThat(feed.status().age()).contains(Duration.ofMillis(1500));
    }

    @Test
    void newestIsACopyWithItsNumberAndTime() {
        assertThat(feed.newest()).isEmpty();
        stage.publish(1);
        stage.publish(2);
        stage.ticker.advance(Duration.ofSeconds(3));

        Frame newest = feed.newest().orElseThrow();

        assertThat(newest.sequence()).isEqualTo(2);
        assertThat(newest.bytes()).isEqualTo(Pictures.numbered(2, 100));
        assertThat(feed.age(newest)).isEqualTo(Duration.ofSeconds(3));
    }

    // memory

    @Test
    void twoViewersAreSentTheSameMemory() {
        FakeSink one = stage.slowViewer();
        FakeSink other = stage.slowViewer();
        stage.publish(1);

        // Only here, to show that the bytes are the same ones: what is written into one slice is seen in the other.
        byte before = one.slice().get(20);
        one.slice().put(20, (byte) (before + 1));
        byte seen = other.slice().get(20);
        one.slice().put(20, before);

        assertThat(seen).isEqualTo((byte) (before + 1));
        assertThat(stage.pool.usedBytes()).isEqualTo(4096);
    }

    @Test
    void memoryIsReusedOnlyWhenEveryViewerHasDrained() {
        FakeSink one = stage.slowViewer();
        FakeSink other = stage.slowViewer();
        stage.publish(1);
        stage.publish(2);
        assertThat(stage.pool.usedBytes()).isEqualTo(2 * 4096);

        one.drain();
        assertThat(stage.pool.usedBytes()).isEqualTo(2 * 4096);
        other.drain();
        assertThat(stage.pool.usedBytes()).isEqualTo(4096);
        stage.publish(3);

        assertThat(stage.pool.allocatedBytes()).isEqualTo(2 * 4096);
    }

    @Test
    void whatAStalledViewerSkippedStaysCountedWhenItHasGone() {
        FakeSink stalled = stage.slowViewer();
        for (int i = 1; i <= 50; i++) {
            stage.publish(i);
        }
        long before = feed.status().skipped();

        stalled.fail();

        assertThat(before).as("all but the newest").isEqualTo(48);
        assertThat(feed.status().skipped()).isEqualTo(before);
    }

    @Test
    void stalledViewersHoldOnePictureEachAndNoMoreHoweverLongTheyStall() {
        int stalled = 12;
        for (int i = 1; i <= stalled; i++) {
            stage.publish(i); // each of them stays at a picture of its own
            stage.slowViewer();
        }
        long held = stage.pool.usedBytes();

        for (int i = 1; i <= 100; i++) {
            stage.publish(stalled + i);
        }

        assertThat(held).isEqualTo(stalled * 4096L);
        assertThat(stage.pool.usedBytes()).as("theirs and the newest").isEqualTo((stalled + 1) * 4096L);
        assertThat(stage.pool.allocatedBytes()).as("and the one before it").isEqualTo((stalled + 2) * 4096L);
    }

    @Test
    void frameThatFindsNoMemoryIsDroppedAndCounted() {
        try (Stage tight = Stage.forProgram(2 * 4096)) {
            FakeSink slow = tight.slowViewer();
            tight.publish(1);
            tight.publish(2);

            tight.publish(3);
            tight.publish(4);
            assertThat(tight.feed.status().dropped()).isEqualTo(2);
            assertThat(tight.feed.status().frames()).isEqualTo(2);

            slow.drain();
            slow.drain();
            tight.publish(5);
            assertThat(slow.numbers(tight.feed)).containsExactly(1L, 2L, 5L);
        }
    }

    // the end

    @Test
    void viewersGetTheNewestPictureOnceMoreAndTheClosingDelimiter() {
        for (Framing framing : List.of(Framing.STRICT, Framing.BROWSER)) {
            try (Stage own = Stage.forProgram()) {
                FakeSink viewer = FakeSink.quick();
                own.feed.watch(viewer, framing);
                own.publish(1);

                own.feed.close();

                Multipart response = Multipart.read(viewer.bytes(), own.feed.boundary());
                assertThat(response.pictures().stream().map(Pictures::number)).containsExactly(1L, 1L);
                assertThat(response.ended()).isTrue();
                assertThat(viewer.ended()).isTrue();
                assertThat(own.pool.usedBytes()).isZero();
            }
        }
    }

    @Test
    void busyViewerEndsWhenItHasDrained() {
        FakeSink slow = stage.slowViewer();
        stage.publish(1);
        stage.publish(2);

        feed.close();
        assertThat(slow.writes()).hasSize(1);
        slow.drain();
        slow.drain();

        Multipart response = Multipart.read(slow.bytes(), feed.boundary());
        assertThat(response.pictures().stream().map(Pictures::number)).containsExactly(1L, 2L);
        assertThat(response.ended()).isTrue();
        assertThat(feed.viewers()).isZero();
        assertThat(stage.pool.usedBytes()).isZero();
    }

    @Test
    void viewerWhoComesAfterTheEndGetsAnEmptyResponse() {
        stage.publish(1);
        feed.close();

        FakeSink late = stage.quickViewer();

        assertThat(late.ended()).isTrue();
        assertThat(late.bytes()).isEmpty();
        assertThat(feed.viewers()).isZero();
        assertThat(feed.status().delivered()).isZero();
    }

    @Test
    void publishAfterTheEndIsIgnored() {
        feed.close();
        stage.publish(1);
        feed.publish(image());

        assertThat(feed.status().frames()).isZero();
        assertThat(stage.pool.usedBytes()).isZero();
    }

    @Test
    void imageThatWaitedIsNotEncodedAfterTheEnd() {
        feed.publish(image());
        feed.close();
        stage.quickViewer();

        assertThat(feed.status().encoding().encoder()).isEqualTo("none");
    }

    @Test
    void endOfAFeedWithoutAPictureIsAnEmptyResponse() {
        FakeSink viewer = stage.quickViewer();

        feed.close();
        feed.close();

        assertThat(viewer.ended()).isTrue();
        assertThat(viewer.bytes()).isEmpty();
    }

    @Test
    void nothingIsDrawnForViewersWhoStillHaveToTakeTheEnd() {
        FakeSink slow = stage.slowViewer();
        stage.publish(1);
        feed.close();

        stage.pass(Duration.ofSeconds(20));
        slow.drain();
        slow.drain();

        assertThat(slow.numbers(feed)).containsExactly(1L, 1L);
        assertThat(feed.status().encoding().encoder()).isEqualTo("none");
    }

    private static BufferedImage image() {
        return new BufferedImage(32, 24, BufferedImage.TYPE_INT_RGB);
    }
}
