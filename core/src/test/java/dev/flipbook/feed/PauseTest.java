package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.Variant;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.image.PixelFormat;
import dev.flipbook.image.RawImage;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.origin.ScriptedSource;
import dev.flipbook.variant.FakeMaker;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A feed that is paused for the sake of privacy: nobody is given anything of the last scene. */
@Timeout(180)
class PauseTest {

    private static final Variant SMALL = new Variant(32, 0, 0, 0);

    private final ScriptedSource source = new ScriptedSource();
    private final Stage stage = Stage.showing(source);
    private final Feed feed = stage.feed;

    @AfterEach
    void end() {
        stage.close();
        stage.awaitNoThreads();
    }

    private FakeSink watchLive() {
        source.frames(1, 2);
        FakeSink viewer = stage.quickViewer();
        stage.awaitFrames(2);
        await().until(source::waits);
        return viewer;
    }

    private void assertFails(CompletableFuture<?> snapshot, String why) {
        assertThat(snapshot).isCompletedExceptionally();
        assertThatThrownBy(snapshot::join)
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage(why);
    }

    @Test
    void viewersStayAndSeeAGreyPictureInPlaceOfTheLastOne() {
        FakeSink viewer = watchLive();

        feed.pause("meeting");

        assertThat(feed.paused()).contains("meeting");
        assertThat(feed.status().state()).isEqualTo(State.PAUSED);
        assertThat(feed.status().reason()).isEqualTo("meeting");
        assertThat(viewer.told()).containsExactly("1", "2", "2 placeholder");
        assertThat(viewer.ended()).isFalse();
        await().until(() -> !source.isOpen());
    }

    @Test
    void greyPictureHasTheSizeOfTheLastOneAndNothingElseOfIt() {
        try (Stage own = Stage.forProgram()) {
            FakeSink viewer = own.quickViewer();
            own.feed.publish(Frame.ofJpeg(Pictures.jpeg(320, 240)));

            own.feed.pause("meeting");

            BufferedImage shown = Pictures.decode(viewer.pictures(own.feed).get(1));
            assertThat(shown.getWidth()).as("the layout of a page stays").isEqualTo(320);
            assertThat(shown.getHeight()).isEqualTo(240);
            for (int y = 0; y < 240; y += 239) {
                for (int x = 0; x < 320; x++) {
                    assertThat(shown.getRGB(x, y) & 0xFFFFFF)
                            .as("at %s, %s", x, y)
                            .isEqualTo(0x606060);
                }
            }
        }
    }

    @Test
    void nothingOfTheLastSceneIsGivenToAnybody() {
        watchLive();

        feed.pause("meeting");

        assertThat(feed.newest()).isEmpty();
        assertThat(feed.watched()).isFalse();
        assertFails(feed.snapshot(), "paused: meeting");
        assertFails(feed.snapshot(SMALL, Optional.of(Duration.ofHours(1)), Duration.ofSeconds(5)), "paused: meeting");
        FakeSink late = stage.quickViewer();
        assertThat(late.told()).containsExactly("2 placeholder");
        stage.pass(Duration.ofSeconds(4));
        assertThat(late.writes())
                .as("the same picture again when a second has passed is work for nothing")
                .hasSize(1);
        stage.pass(Duration.ofSeconds(2));
        assertThat(late.told())
                .as("but the connection is kept alive")
                .containsExactly("2 placeholder", "2 placeholder");
    }

    @Test
    void snapshotThatWaitsFailsAtOnce() {
        CompletableFuture<Frame> snapshot = feed.snapshot();
        await().until(source::waits);

        feed.pause("");

        assertFails(snapshot, "paused");
        assertFails(feed.snapshot(), "paused");
        assertThat(feed.paused()).contains("");
    }

    @Test
    void frameThatTheSourceGivesAfterwardsIsNotShown() {
        CompletableFuture<Void> mayCome = new CompletableFuture<>();
        source.deaf().frames(1, 2).then(mayCome::join).frame(3);
        FakeSink viewer = stage.quickViewer();
        stage.awaitFrames(2);

        feed.pause("meeting");
        mayCome.complete(null);
        stage.awaitNoThreads();

        assertThat(feed.status().frames()).isEqualTo(2);
        assertThat(viewer.told()).containsExactly("1", "2", "2 placeholder");
        assertThat(feed.newest()).isEmpty();
    }

    @Test
    void pausedSourceIsNotOpenedByViewersNorSnapshots() {
        feed.pause("meeting");
        stage.quickViewer();
        assertFails(feed.snapshot(), "paused: meeting");
        stage.pass(Duration.ofSeconds(30));

        assertThat(source.opened()).isZero();
    }

    @Test
    void sourceIsOpenedAfterThePauseIfSomebodyWatches() {
        FakeSink viewer = watchLive();
        feed.pause("meeting");
        stage.awaitNoThreads();

        source.frame(3);
        feed.resume();
        stage.awaitFrames(3);

        assertThat(feed.paused()).isEmpty();
        assertThat(feed.status().state()).isEqualTo(State.LIVE);
        assertThat(source.opened()).isEqualTo(2);
        assertThat(viewer.told()).containsExactly("1", "2", "2 placeholder", "3");
        assertThat(feed.status().captured()).isEqualTo(3);
    }

    @Test
    void sourceStaysClosedAfterThePauseIfNobodyWatches() {
        feed.pause("meeting");
        feed.resume();
        feed.resume();
        stage.pass(Duration.ofSeconds(1));

        assertThat(source.opened()).isZero();
        assertThat(feed.status().state()).isEqualTo(State.IDLE);
        assertThat(feed.status().reason()).isEqualTo("nobody watches");
    }

    @Test
    void furtherPauseChangesTheReason() {
        try (Stage own = Stage.forProgram()) {
            FakeSink viewer = own.quickViewer();
            own.feed.publish(Frame.ofJpeg(Pictures.jpeg(320, 240)));
            own.feed.pause("meeting");
            own.feed.pause("  lunch\u202E\u0000 at\nnoon " + "x".repeat(300));

            String reason = own.feed.paused().orElseThrow();
            assertThat(reason).startsWith("lunch  at noon xxx").endsWith("x…").hasSize(200);
            List<byte[]> pictures = viewer.pictures(own.feed);
            assertThat(pictures).as("drawn anew at once").hasSize(3);
            assertThat(pictures.get(2)).isNotEqualTo(pictures.get(1));
        }
    }

    @Test
    void exchangeDuringAPauseIsSeenAfterIt() {
        watchLive();
        feed.pause("meeting");
        ScriptedSource next = new ScriptedSource().frame(11);
        feed.show(next);
        stage.awaitNoThreads();
        stage.pass(Duration.ofSeconds(10));
        assertThat(next.opened()).isZero();
        assertThat(feed.status().state()).isEqualTo(State.PAUSED);

        feed.resume();
        stage.awaitFrames(3);
        assertThat(next.opened()).isEqualTo(1);
    }

    @Test
    void publisherIsEndedAndNoOtherIsLetIn() {
        try (Stage open = Stage.forPublishers()) {
            AtomicInteger ended = new AtomicInteger();
            FakeSink viewer = open.quickViewer();
            Publisher robot = open.feed.publisher("robot", false, ended::incrementAndGet);
            robot.publish(frame(1));

            open.feed.pause("meeting");

            assertThat(ended).hasValue(1);
            assertThat(robot.ended()).contains("the feed 'front-door' is paused: meeting");
            assertThat(robot.publish(frame(2))).isFalse();
            assertThatThrownBy(() -> open.feed.publisher("robot", true, ended::incrementAndGet))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the feed 'front-door' is paused: meeting");
            assertThat(viewer.told()).containsExactly("1", "1 placeholder");

            open.feed.resume();
            assertThat(open.feed.status().state()).isEqualTo(State.OFFLINE);
            assertThat(open.feed.status().reason()).isEqualTo("nobody publishes now");
            open.feed.publisher("robot", false, ended::incrementAndGet).publish(frame(3));
            assertThat(viewer.told()).containsExactly("1", "1 placeholder", "2");
        }
    }

    @Test
    void whatThisProgramPublishesIsIgnored() {
        try (Stage own = Stage.forProgram()) {
            FakeSink viewer = own.quickViewer();
            own.publish(1);
            own.feed.pause("meeting");

            own.publish(2);
            own.feed.publish(pixels());
            assertThat(own.feed.watched()).isFalse();
            assertFails(own.feed.snapshot(), "paused: meeting");
            own.feed.resume();
            own.pass(Duration.ofMillis(500));

            assertThat(own.feed.newest()).isEmpty();
            assertThat(own.feed.status().state()).isEqualTo(State.STARTING);
            assertThat(viewer.told()).containsExactly("1", "1 placeholder");
            own.publish(3);
            assertThat(viewer.told()).containsExactly("1", "1 placeholder", "2");
        }
    }

    @Test
    void pictureThatIsBeingEncodedIsNotShownAfterThePause() {
        try (Stage own = Stage.forProgram()) {
            FakeSink viewer = own.quickViewer();
            own.beBusy();
            own.feed.publish(() -> {
                own.feed.pause("meeting");
                own.feed.resume();
                return Pictures.noise(16, 16, BufferedImage.TYPE_INT_RGB);
            });
            own.encodeNext();

            assertThat(own.feed.newest()).isEmpty();
            assertThat(viewer.told()).as("no picture").doesNotContain("1");
        }
    }

    @Test
    void viewersOfAVariantSeeThePauseAndNoPictureFromBefore() {
        FakeMaker maker = new FakeMaker();
        try (Stage own = Stage.forVariants(null, maker::open)) {
            own.feed.publish(Frame.ofJpeg(FakeMaker.picture(1)));
            FakeSink viewer = FakeSink.quick();
            own.feed.watch(viewer, Framing.STRICT, 0, SMALL);
            own.beBusy();
            own.feed.publish(Frame.ofJpeg(FakeMaker.picture(2)));
            CompletableFuture<Frame> snapshot =
                    own.feed.snapshot(new Variant(0, 0, 50, 0), Optional.empty(), Duration.ofSeconds(5));
            assertThat(own.waitingToBeEncoded())
                    .as("a picture for viewers, and one for a snapshot")
                    .isEqualTo(2);
            assertThat(snapshot).isNotDone();

            own.feed.pause("meeting");
            while (own.waitingToBeEncoded() > 0) {
                own.encodeNext();
            }

            assertFails(snapshot, "paused: meeting");
            assertThat(viewer.told()).containsExactly("1", "2 placeholder");
            FakeSink late = FakeSink.quick();
            own.feed.watch(late, Framing.STRICT, 0, SMALL);
            assertThat(late.told()).containsExactly("2 placeholder");
            own.feed.resume();
            own.feed.publish(Frame.ofJpeg(FakeMaker.picture(3)));
            while (own.waitingToBeEncoded() > 0) {
                own.encodeNext();
            }
            assertThat(viewer.told()).containsExactly("1", "2 placeholder", "3");
        }
    }

    @Test
    void feedThatIsRemovedWhilePausedEndsWithTheGreyPicture() {
        FakeSink viewer = watchLive();
        feed.pause("meeting");

        feed.close();

        assertThat(viewer.ended()).isTrue();
        List<byte[]> pictures = viewer.pictures(feed);
        assertThat(pictures).hasSize(4);
        assertThat(pictures.get(3)).isEqualTo(pictures.get(2));
    }

    private static Frame frame(long number) {
        return Frame.ofJpeg(Pictures.numbered(number, 100));
    }

    private static RawImage pixels() {
        return RawImage.of(PixelFormat.BGR24, 16, 16, new byte[16 * 16 * 3]);
    }
}
