package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FeedStatus;
import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.image.PixelFormat;
import dev.flipbook.image.RawImage;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Feeds that are open to other programs: who may publish, and what viewers see. */
@Timeout(180)
class PublisherOriginTest {

    private static final String ROBOT = "publisher at 10.0.0.7";
    private static final String CAMERA = "publisher at 10.0.0.8";

    private final Stage stage = Stage.forPublishers();
    private final Feed feed = stage.feed;
    private final AtomicInteger ended = new AtomicInteger();

    @AfterEach
    void end() {
        stage.close();
    }

    private Publisher begin(String who) {
        return feed.publisher(who, false, ended::incrementAndGet);
    }

    private static Frame frame(long number) {
        return Frame.ofJpeg(Pictures.numbered(number, 100));
    }

    private void assertState(State state, String reason) {
        FeedStatus status = feed.status();
        assertThat(status.state()).isEqualTo(state);
        assertThat(status.reason()).isEqualTo(reason);
    }

    // truth

    @Test
    void aFeedThatNobodyHasPublishedToSaysSo() {
        assertState(State.OFFLINE, "nobody publishes yet");
        assertThat(feed.status().source()).isEqualTo("a publisher");

        CompletableFuture<Frame> snapshot = feed.snapshot();
        stage.pass(Duration.ofMillis(100));

        assertThat(snapshot).isCompletedExceptionally();
        assertThatThrownBy(snapshot::get).hasMessageContaining("nobody publishes yet");
    }

    @Test
    void aPublisherThatComesGoesAndComesBackIsSeenByTheSameViewers() {
        FakeSink viewer = stage.quickViewer();
        stage.pass(Duration.ofMillis(100));
        assertThat(viewer.pictures(feed)).as("a placeholder").hasSize(1);

        Publisher robot = begin(ROBOT);
        assertState(State.STARTING, "a publisher at 10.0.0.7 has come and sent no picture yet");
        robot.publish(frame(1));
        assertState(State.LIVE, "");
        assertThat(feed.status().source()).isEqualTo("a publisher at 10.0.0.7");
        robot.publish(frame(2));
        robot.close();
        assertState(State.OFFLINE, "its publisher at 10.0.0.7 has gone");
        stage.pass(Duration.ofMillis(1100));
        begin(CAMERA).publish(frame(3));
        assertState(State.LIVE, "");

        assertThat(viewer.pictures(feed))
                .as("two placeholders at least, and the pictures")
                .hasSizeGreaterThanOrEqualTo(5)
                .containsSubsequence(frame(1).bytes(), frame(2).bytes(), frame(3).bytes());
    }

    @Test
    void aSilentPublisherIsStalledUntilItGoesOn() {
        Publisher robot = begin(ROBOT);
        for (int i = 1; i <= 10; i++) {
            robot.publish(frame(i));
            stage.pass(Duration.ofMillis(100));
        }
        stage.pass(Duration.ofSeconds(4));
        assertState(State.LIVE, "");
        stage.pass(Duration.ofMillis(1100));
        assertState(State.STALLED, "no picture for 5 s");
        robot.publish(frame(11));
        assertState(State.LIVE, "");
    }

    @Test
    void timeInWhichThisProcessWasStoppedIsNoSilenceOfAPublisher() {
        Publisher robot = begin(ROBOT);
        robot.publish(frame(1));
        stage.pass(Duration.ofMillis(100));
        robot.publish(frame(2));

        stage.ticker.advance(Duration.ofMinutes(1));
        feed.wokeUp();
        stage.pass(Duration.ofSeconds(4));
        assertState(State.LIVE, "");
        stage.pass(Duration.ofMillis(1100));
        assertState(State.STALLED, "no picture for 5 s");
    }

    @Test
    void theOnePictureOfAPublisherThatHasFinishedStaysLive() {
        Publisher robot = begin(ROBOT);
        robot.publish(frame(1));
        robot.finish();
        robot.close();
        stage.pass(Duration.ofMinutes(5));

        assertState(State.LIVE, "");
        assertThat(feed.status().age()).hasValue(Duration.ofMinutes(5));
        assertThat(feed.snapshot()).isCompleted();
    }

    @Test
    void aPublisherThatPublishesNothingLeavesAllAsItWas() {
        begin(ROBOT).close();
        assertState(State.OFFLINE, "nobody publishes yet");
        Publisher robot = begin(ROBOT);
        robot.publish(frame(1));
        robot.finish();
        begin(CAMERA).close("it sent no picture");
        assertState(State.LIVE, "");
    }

    @Test
    void viewersAreToldWhyAPublisherWasSentAway() {
        Publisher robot = begin(ROBOT);
        robot.publish(frame(1));
        robot.close("it sent no pictures");
        assertState(State.OFFLINE, "its publisher at 10.0.0.7 has gone: it sent no pictures");
    }

    @Test
    void viewersAreToldWhyWhatAPublisherSentWasRefused() {
        begin(ROBOT).close("it sent a film");
        assertState(State.OFFLINE, "what its publisher at 10.0.0.7 sent was refused: it sent a film");
        begin(CAMERA).close();
        assertState(State.OFFLINE, "what its publisher at 10.0.0.7 sent was refused: it sent a film");
        assertThat(feed.status().source()).as("who was there last").isEqualTo("a publisher at 10.0.0.8");
    }

    @Test
    void aPublisherMayTakeItsTimeForTheFirstPicture() {
        Publisher robot = begin(ROBOT);
        stage.pass(Duration.ofMinutes(1));
        assertState(State.STARTING, "a publisher at 10.0.0.7 has come and sent no picture yet");
        robot.publish(frame(1));
        assertState(State.LIVE, "");
        assertThat(feed.status().since()).isEqualTo(stage.ticker.now());
    }

    @Test
    void aPublisherThatSaysItHasFinishedIsLiveAlsoWhenItHadStalled() {
        Publisher robot = begin(ROBOT);
        robot.publish(frame(1));
        stage.pass(Duration.ofMillis(100));
        robot.publish(frame(2));
        stage.pass(Duration.ofSeconds(6));
        assertThat(feed.status().state()).isEqualTo(State.STALLED);
        robot.finish();

        assertState(State.LIVE, "");
        stage.pass(Duration.ofMinutes(1));
        assertState(State.LIVE, "");
    }

    @Test
    void aFeedThatHasEndedSaysSo() {
        begin(ROBOT).publish(frame(1));
        feed.close();

        assertState(State.OFFLINE, "the feed was closed");
    }

    // one at a time

    @Test
    void aSecondPublisherIsRefusedAndToldWhoIsThereSinceWhen() {
        Publisher robot = begin(ROBOT);
        robot.publish(frame(1));

        assertThatThrownBy(() -> begin(CAMERA))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a publisher at 10.0.0.7 publishes to 'front-door', since 2026-03-01T12:00:00Z;"
                        + " one publishes at a time");
        assertThat(robot.publish(frame(2))).isTrue();
        robot.close();
        assertThat(begin(CAMERA).publish(frame(3))).isTrue();
        assertThat(ended).hasValue(0);
    }

    @Test
    void whoeverTakesOverEndsTheOneBefore() {
        Publisher robot = begin(ROBOT);
        robot.publish(frame(1));
        FakeSink viewer = stage.quickViewer();
        Publisher camera = feed.publisher(CAMERA, true, ended::incrementAndGet);

        assertState(State.LIVE, "");
        assertThat(ended).hasValue(1);
        assertThat(robot.takenOver()).isTrue();
        assertThat(camera.takenOver()).isFalse();
        assertThat(camera.ended()).isEmpty();
        assertThat(robot.ended()).hasValue("a publisher at 10.0.0.8 has taken over the feed 'front-door'");
        assertThat(camera.publish(frame(3))).isTrue();
        assertThat(robot.publish(frame(2))).isFalse();
        robot.close();

        assertState(State.LIVE, "");
        assertThat(viewer.pictures(feed).stream().map(Pictures::number)).containsExactly(1L, 3L);
    }

    @Test
    void theEndOfTheFeedEndsItsPublisher() {
        Publisher robot = begin(ROBOT);
        feed.close();

        assertThat(ended).hasValue(1);
        assertThat(robot.ended()).hasValue("the feed 'front-door' has ended");
        assertThat(robot.takenOver()).isFalse();
        assertThat(robot.publish(frame(1))).isFalse();
        assertThatThrownBy(() -> begin(CAMERA)).hasMessage("the feed 'front-door' has ended");
    }

    // counting

    @Test
    void whatBecameOfThePicturesOfAllPublishersIsAddedUp() {
        Publisher robot = begin(ROBOT);
        robot.publish(frame(1));
        robot.tell(new Encoding("ImageIO", 3, 1000), 2);
        robot.close();
        Publisher camera = begin(CAMERA);
        camera.publish(frame(2));
        camera.tell(new Encoding("ImageIO", 4, 2000), 1);

        FeedStatus status = feed.status();
        assertThat(status.encoding()).isEqualTo(new Encoding("ImageIO", 7, 2000));
        assertThat(status.damaged()).isEqualTo(3);
        assertThat(status.captured()).isEqualTo(2);
    }

    @Test
    void whatBecameOfThePicturesOfOneThatWasTakenOverStaysCounted() {
        Publisher robot = begin(ROBOT);
        robot.publish(frame(1));
        robot.tell(new Encoding("ImageIO", 3, 1000), 2);
        Publisher camera = feed.publisher(CAMERA, true, ended::incrementAndGet);
        assertThat(feed.status().encoding()).isEqualTo(new Encoding("ImageIO", 3, 1000));
        assertThat(feed.status().damaged()).isEqualTo(2);
        camera.publish(frame(2));
        camera.tell(new Encoding("TurboJPEG", 4, 2000), 1);
        robot.tell(new Encoding("ImageIO", 50, 1000), 50); // too late

        FeedStatus status = feed.status();
        assertThat(status.encoding()).isEqualTo(new Encoding("TurboJPEG", 7, 2000));
        assertThat(status.damaged()).isEqualTo(3);
        camera.close();
        assertThat(feed.status().encoding()).isEqualTo(new Encoding("TurboJPEG", 7, 2000));
        assertThat(feed.status().damaged()).isEqualTo(3);
    }

    @Test
    void theLastPlainPictureIsSeenAlsoWhenItsPublisherHasGone() throws Exception {
        Publisher robot = begin(ROBOT);
        robot.publish(RawImage.of(PixelFormat.GREY8, 16, 16, new byte[256]));
        robot.publish(RawImage.of(PixelFormat.GREY8, 32, 32, new byte[1024]));
        robot.close();
        stage.hold();
        CompletableFuture<Frame> snapshot = feed.snapshot();
        stage.pass(Duration.ofMillis(300));
        stage.letGo();

        assertThat(snapshot.get().width()).isEqualTo(32);
        assertThat(feed.status().encoding().frames()).isEqualTo(1);
        assertThat(feed.status().captured()).isEqualTo(2);
    }

    @Test
    void aPlainPictureThatWaitedIsSeenByTheFirstViewerAtOnce() {
        assertThat(begin(ROBOT).publish(RawImage.of(PixelFormat.GREY8, 16, 16, new byte[256])))
                .isTrue();
        assertThat(feed.status().encoding().frames()).isZero();

        assertThat(stage.quickViewer().pictures(feed)).hasSize(1);
    }

    @Test
    void plainPicturesOfAPublisherThatHasEndedAreIgnored() {
        Publisher robot = begin(ROBOT);
        RawImage grey = RawImage.of(PixelFormat.GREY8, 16, 16, new byte[256]);
        assertThat(robot.publish(grey)).isTrue();
        robot.close();

        assertThat(robot.publish(grey)).isFalse();
        assertThat(feed.status().captured()).isEqualTo(1);
    }

    @Test
    void aPublisherIsToldWhatIsAskedOfItsPictures() {
        SourceOptions wishes = SourceOptions.DEFAULT;

        assertThat(begin(ROBOT).options()).isEqualTo(wishes);
    }

    // which feeds are open

    @Test
    void theProgramItselfPublishesToAnOpenFeedAsAPublisherOnly() {
        List<Runnable> ways = List.of(
                () -> feed.publish(frame(1)),
                () -> feed.publish(Pictures.jpeg(16, 16)),
                () -> feed.publish(ByteBuffer.wrap(Pictures.jpeg(16, 16))),
                () -> feed.publish("GIF89a, or another file".getBytes(StandardCharsets.US_ASCII)),
                () -> feed.publish(new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB)),
                () -> feed.publish(() -> new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB)),
                () -> feed.publish(RawImage.of(PixelFormat.GREY8, 16, 16, new byte[256])));
        for (Runnable way : ways) {
            assertThatThrownBy(way::run)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the feed 'front-door' is open to other programs, and one publishes at a time:"
                            + " publish by a Publisher of it");
        }
        assertThat(feed.status().captured()).isZero();
        assertThat(begin("part of this program").publish(frame(1))).isTrue();
    }

    @Test
    void aFeedIsOnlyOpenWhenItWasMadeSo() {
        try (Feeds feeds = new Feeds()) {
            Feed own = feeds.feed("own");
            Feed open = feeds.open("open");

            assertThat(own.isOpen()).isFalse();
            assertThat(open.isOpen()).isTrue();
            assertThat(feeds.open("open")).isSameAs(open);
            assertThat(feeds.feed("open")).isSameAs(open);
            assertThatThrownBy(() -> feeds.open("own"))
                    .hasMessage("there is a feed named 'own' already, and it is not open to other programs");
            assertThatThrownBy(() -> own.publisher(ROBOT, true, () -> {}))
                    .hasMessage("the feed 'own' is not open to other programs");
        }
    }
}
