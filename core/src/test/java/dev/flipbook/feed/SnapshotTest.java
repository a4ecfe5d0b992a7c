package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.origin.ScriptedSource;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class SnapshotTest {

    private final ScriptedSource source = new ScriptedSource();
    private final Stage stage = Stage.showing(source);
    private final Feed feed = stage.feed;

    @AfterEach
    void end() {
        stage.close();
        stage.awaitNoThreads();
    }

    @Test
    void liveFeedAnswersAtOnce() {
        source.frame(1);
        stage.quickViewer();
        stage.awaitFrames(1);

        assertThat(number(feed.snapshot())).isEqualTo(1);
    }

    @Test
    void idleFeedOpensItsSourceAndAnswersWithTheNextPicture() {
        source.frame(1);
        FakeSink viewer = stage.slowViewer();
        stage.awaitFrames(1);
        viewer.fail();
        stage.pass(Duration.ofSeconds(12));
        stage.awaitState(State.IDLE);

        CompletableFuture<Frame> snapshot = feed.snapshot();
        await().until(source::waits);
        assertThat(snapshot).isNotDone();
        assertThat(feed.watched()).isTrue();
        source.frame(2);

        assertThat(number(snapshot)).isEqualTo(2);
        assertThat(source.opened()).isEqualTo(2);
    }

    @Test
    void sourceOpenedForASnapshotClosesAgain() {
        source.frame(1);
        assertThat(number(feed.snapshot())).isEqualTo(1);

        stage.pass(Duration.ofSeconds(12));

        stage.awaitState(State.IDLE);
        assertThat(source.isOpen()).isFalse();
    }

    @Test
    void snapshotOfASilentSourceFailsAfterFiveSeconds() {
        CompletableFuture<Frame> snapshot = feed.snapshot();

        stage.pass(Duration.ofMillis(4900));
        assertThat(snapshot).isNotDone();
        stage.pass(Duration.ofMillis(200));

        assertThatThrownBy(snapshot::get).hasCause(new IOException("starting a script"));
        assertThat(feed.watched()).isFalse();
    }

    @Test
    void snapshotOfASourceThatFailsSaysWhy() {
        source.fail("the cable is unplugged");
        CompletableFuture<Frame> snapshot = feed.snapshot();
        stage.awaitState(State.OFFLINE);

        stage.pass(Duration.ofMillis(100));

        assertThatThrownBy(snapshot::get).hasCause(new IOException("the cable is unplugged"));
    }

    @Test
    void offlineFeedAnswersWithItsLastPicture() {
        source.frame(1).outage("the cable is unplugged");
        stage.quickViewer();
        stage.awaitOutage();

        CompletableFuture<Frame> snapshot = feed.snapshot();
        stage.pass(Duration.ofMillis(100));

        assertThat(number(snapshot)).isEqualTo(1);
    }

    @Test
    void snapshotsDoNotHurryASourceThatFailed() {
        source.fail("no").fail("no");
        stage.quickViewer();
        stage.awaitState(State.OFFLINE);

        for (int i = 0; i < 3; i++) {
            var unused = feed.snapshot();
            stage.pass(Duration.ofMillis(100));
        }

        assertThat(source.opened()).isEqualTo(1);
    }

    @Test
    void snapshotOfAReopenedSourceIsNoPictureFromBefore() {
        ScriptedSource camera = new ScriptedSource().frame(1);
        try (Stage tight = Stage.showing(camera, 2 * 4096)) {
            FakeSink viewer = tight.slowViewer();
            tight.awaitFrames(1);
            viewer.fail();
            tight.pass(Duration.ofSeconds(12));
            tight.awaitState(State.IDLE);
            tight.pass(Duration.ofMillis(100));

            // The source is live again, but its picture has not come into the feed: there was no memory for it.
            Block other = tight.takeMemory();
            tight.slowViewer();
            camera.frame(2);
            tight.awaitState(State.LIVE);
            await().until(() -> tight.feed.status().dropped() == 1);
            CompletableFuture<Frame> snapshot = tight.feed.snapshot();
            assertThat(snapshot).isNotDone();
            other.release();
            camera.frame(3);

            assertThat(number(snapshot)).isEqualTo(3);
        }
    }

    @Test
    void endOfTheFeedAnswersWhoWaits() {
        CompletableFuture<Frame> snapshot = feed.snapshot();

        feed.close();

        assertThatThrownBy(snapshot::get).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> feed.snapshot().get()).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void programsFeedAnswersAtOnce() {
        try (Stage program = Stage.forProgram()) {
            program.publish(1);

            assertThat(number(program.feed.snapshot())).isEqualTo(1);
        }
    }

    @Test
    void programsFeedWithoutAPictureWaitsForTheFirst() {
        try (Stage program = Stage.forProgram()) {
            CompletableFuture<Frame> first = program.feed.snapshot();
            assertThat(first).isNotDone();
            program.publish(1);

            assertThat(number(first)).isEqualTo(1);
        }
    }

    @Test
    void programThatPublishesNothingWithinFiveSecondsIsToldOf() {
        try (Stage program = Stage.forProgram()) {
            CompletableFuture<Frame> snapshot = program.feed.snapshot();
            program.pass(Duration.ofMillis(5100));

            assertThatThrownBy(snapshot::get).hasCause(new IOException("nothing has been published yet"));
        }
    }

    @Test
    void programThatRestsWhileNobodyWatchesIsWokenByASnapshot() {
        try (Stage program = Stage.forProgram()) {
            program.publish(1);
            assertThat(program.feed.watched()).isFalse();

            CompletableFuture<Frame> snapshot = program.feed.snapshot();
            assertThat(snapshot).as("the picture of before it rested").isNotDone();
            assertThat(program.feed.watched()).isTrue();
            program.publish(2);

            assertThat(number(snapshot)).isEqualTo(2);
        }
    }

    @Test
    void imageThatWaitedIsEncodedForASnapshot() {
        try (Stage program = Stage.forProgram()) {
            program.publish(1);
            program.feed.publish(new BufferedImage(32, 24, BufferedImage.TYPE_INT_RGB));

            assertThat(program.feed.snapshot().join().width()).isEqualTo(32);
        }
    }

    @Test
    void everySnapshotOfAnImageThatWaitedIsAnsweredWithoutAWait() {
        try (Stage program = Stage.forProgram()) {
            program.feed.publish(new BufferedImage(32, 24, BufferedImage.TYPE_INT_RGB));
            program.hold();
            CompletableFuture<Frame> one = program.feed.snapshot();
            CompletableFuture<Frame> other = program.feed.snapshot();
            program.letGo();

            assertThat(one).isCompleted();
            assertThat(other).isCompleted();
        }
    }

    private static long number(CompletableFuture<Frame> snapshot) {
        return Pictures.number(snapshot.join().bytes());
    }
}
