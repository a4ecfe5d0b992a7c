package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.delivery.Broadcast;
import dev.flipbook.delivery.CurrentEdition;
import dev.flipbook.delivery.Edition;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.origin.Drafts;
import dev.flipbook.origin.Origin;
import dev.flipbook.origin.ScriptedSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What viewers see while there is no new picture. */
@Timeout(180)
class StandbyTest {

    private final ScriptedSource source = new ScriptedSource();
    private final Stage stage = Stage.showing(source);
    private final Feed feed = stage.feed;

    @AfterEach
    void end() {
        stage.close();
        stage.awaitNoThreads();
    }

    @Test
    void failureIsShownWithinATickAndThenOnceASecond() {
        source.frame(1).outage("gone");
        FakeSink viewer = stage.quickViewer();
        stage.awaitOutage();
        stop();

        stage.pass(Duration.ofMillis(100));
        assertThat(viewer.pictures(feed)).hasSize(2);
        stage.pass(Duration.ofMillis(900));
        assertThat(viewer.pictures(feed)).hasSize(2);
        stage.pass(Duration.ofMillis(4200));
        assertThat(viewer.pictures(feed)).hasSize(7);
    }

    /** Lets the next tries fail as the first one did. */
    private void stop() {
        for (int i = 0; i < 20; i++) {
            source.fail("gone");
        }
    }

    @Test
    void placeholderIsShownWhileASourceStartsForLongerThanASecond() {
        FakeSink viewer = stage.quickViewer();

        stage.pass(Duration.ofMillis(900));
        assertThat(viewer.writes()).isEmpty();
        stage.pass(Duration.ofMillis(2200));

        assertThat(viewer.pictures(feed)).hasSize(3);
    }

    @Test
    void silenceIsShownAsSoonAsItIsNoticed() {
        source.frames(1, 2);
        FakeSink viewer = stage.quickViewer();
        stage.awaitFrames(2);

        stage.pass(Duration.ofSeconds(5));
        int before = viewer.writes().size();
        stage.pass(Duration.ofMillis(100));

        assertThat(feed.status().state()).isEqualTo(State.STALLED);
        assertThat(viewer.writes()).hasSize(before + 1);
    }

    @Test
    void placeholdersAreNoFrames() {
        source.frame(1).outage("gone");
        FakeSink slow = stage.slowViewer();
        stage.awaitOutage();
        slow.drain();
        stop();
        stage.pass(Duration.ofMillis(2200));

        assertThat(feed.status().frames()).isEqualTo(1);
        assertThat(feed.status().skipped()).isZero();
        assertThat(feed.newest().map(Frame::sequence)).contains(1L);
    }

    @Test
    void frameMissedForAPlaceholderCountsAsSkipped() {
        source.frame(1);
        FakeSink slow = stage.slowViewer();
        stage.awaitFrames(1);
        source.frames(2, 3).outage("gone");
        stop();
        stage.awaitOutage();
        stage.pass(Duration.ofMillis(100));

        slow.drain();

        assertThat(feed.status().skipped()).isEqualTo(2);
    }

    @Test
    void placeholderNeverCoversAFrameThatComesWhileItIsDrawn() {
        FakeTicker ticker = new FakeTicker();
        BlockPool pool = new BlockPool(1 << 20);
        CurrentEdition newest = new CurrentEdition("b", ticker, pool);
        Broadcast broadcast = new Broadcast(newest, Runnable::run, ticker, viewer -> {});
        Machinery machinery =
                new Machinery(ticker, pool, Runnable::run, Runnable::run, Thread::new, VariantMaker::imageIo);
        Drafts images = new Drafts("door", broadcast, () -> true, machinery);
        newest.publish(Frame.ofJpeg(Pictures.numbered(1, 100)));
        AtomicInteger asked = new AtomicInteger();
        Origin offline = new Gone(() -> {
            if (asked.incrementAndGet() == 2) { // the first one is the tick's
                newest.publish(Frame.ofJpeg(Pictures.numbered(2, 100)));
            }
            return new Origin.Report(State.OFFLINE, "gone", ticker.now(), 1, Optional.empty());
        });
        Standby quiet = new Standby("door", broadcast, images, offline, () -> FeedOptions.DEFAULT, machinery);

        quiet.tick();

        assertThat(asked).as("a placeholder was drawn").hasValue(2);
        assertThat(newest.kind()).hasValue(Edition.Kind.PICTURE);
        assertThat(newest.sequence()).isEqualTo(2);
        ticker.advance(Duration.ofSeconds(1));
        quiet.tick();
        assertThat(newest.kind()).as("a second later").hasValue(Edition.Kind.PLACEHOLDER);
        images.close();
    }

    @Test
    void aSourceThatIsLiveAgainWhenThePlaceholderIsDrawnHasNone() {
        source.frame(1).outage("gone");
        FakeSink viewer = stage.quickViewer();
        stage.awaitOutage();
        stage.hold();
        stage.ticker.advance(Duration.ofMillis(100));
        feed.tick(); // the placeholder is ordered, and not yet drawn
        source.frame(2);
        stage.quickViewer(); // worth a try at once
        stage.awaitFrames(2);

        stage.letGo();

        assertThat(viewer.numbers(feed)).containsExactly(1L, 2L);
        assertThat(stage.quickViewer().numbers(feed)).containsExactly(2L);
    }

    @Test
    void nothingIsDrawnWhileNobodyWatches() {
        source.frame(1);
        FakeSink viewer = stage.slowViewer();
        stage.awaitFrames(1);
        viewer.fail();
        source.outage("gone");
        stage.awaitOutage();
        stop();

        stage.pass(Duration.ofSeconds(5));

        assertThat(stage.feed.broadcast().takeNewer(1)).isNull();
    }

    @Test
    void placeholderThatFindsNoMemoryIsNotDrawnAnewWithEveryTick() {
        ScriptedSource camera = new ScriptedSource().frame(1).outage("gone");
        for (int i = 0; i < 20; i++) {
            camera.fail("gone");
        }
        try (Stage tight = Stage.showing(camera, 2 * 4096)) {
            FakeSink viewer = tight.quickViewer();
            tight.awaitOutage();
            Block other = tight.takeMemory();

            tight.pass(Duration.ofMillis(3050));

            assertThat(viewer.writes()).hasSize(1);
            assertThat(tight.feed.status().dropped()).isBetween(3L, 4L);
            other.release();
        }
    }

    @Test
    void rateIsMeasuredAnewAfterABreak() {
        stage.quickViewer();
        for (int number = 1; number <= 20; number++) {
            source.frame(number);
            stage.awaitFrames(number);
            stage.ticker.advance(Duration.ofMillis(50));
        }
        source.outage("gone");
        stage.awaitOutage();
        List<Long> retries = List.of(21L, 22L, 23L);
        stage.pass(Duration.ofMillis(100));
        for (long number : retries) {
            source.frame(number);
        }
        Duration untilNextTry =
                Duration.between(stage.ticker.now(), feed.status().nextTry().orElseThrow());
        stage.pass(
                untilNextTry.plusMillis(1)); // and no longer: how soon the source's thread runs is a matter of chance
        stage.awaitFrames(23);

        for (long number = 24; number <= 26; number++) {
            stage.ticker.advance(Duration.ofMillis(50));
            source.frame(number);
            stage.awaitFrames(number);
        }

        await().untilAsserted(() -> assertThat(feed.status().fps()).isGreaterThan(19));
    }

    @Test
    void feedIsLiveAgainOnTheSameConnection() {
        source.frame(1).outage("gone");
        FakeSink viewer = stage.quickViewer();
        stage.awaitOutage();
        stage.pass(Duration.ofMillis(200));
        source.frame(2);
        stage.quickViewer(); // worth a try at once
        stage.awaitFrames(2);

        List<byte[]> pictures = viewer.pictures(feed);
        assertThat(pictures).hasSize(3);
        assertThat(Pictures.number(pictures.get(2))).isEqualTo(2);
    }

    /** An origin of which nothing comes. */
    private record Gone(Supplier<Report> said) implements Origin {

        @Override
        public Report report() {
            return said.get();
        }

        @Override
        public void publish(Frame frame) {}

        @Override
        public Drafts drafts() {
            throw new IllegalStateException();
        }

        @Override
        public Figures figures() {
            return new Figures("gone", Encoding.NONE, 0, 0, List.of());
        }

        @Override
        public void wanted(boolean hurry) {}
    }
}
