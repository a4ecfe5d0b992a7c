package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.SourceOptions;
import dev.flipbook.Variant;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.origin.ScriptedSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A feed whose origin is exchanged while people watch. */
@Timeout(60)
class ExchangeTest {

    private final ScriptedSource first = new ScriptedSource();
    private final ScriptedSource second = new ScriptedSource();
    private final Stage stage = Stage.showing(first);
    private final Feed feed = stage.feed;

    @AfterEach
    void end() {
        stage.close();
        stage.awaitNoThreads();
        assertThat(first.isOpen()).isFalse();
        assertThat(second.isOpen()).isFalse();
        assertThat(first.clashes() + second.clashes()).isZero();
    }

    private FakeSink watchFirst(int frames) {
        first.frames(1, frames);
        FakeSink viewer = stage.quickViewer();
        stage.awaitFrames(frames);
        await().until(first::waits);
        return viewer;
    }

    /** Waits until this many frames were published; ticks, because the former source ends when it likes to. */
    private void tickUntil(long frames) {
        await().until(() -> {
            stage.tick();
            return feed.status().frames() == frames;
        });
    }

    @Test
    void viewersStayAndSeeTheNextSourceUnderTheNextNumbers() {
        FakeSink viewer = watchFirst(3);
        second.frames(11, 12);

        feed.show(second);
        tickUntil(5);

        assertThat(viewer.numbers(feed)).containsExactly(1L, 2L, 3L, 11L, 12L);
        assertThat(viewer.told()).containsExactly("1", "2", "3", "4", "5");
        assertThat(viewer.ended()).isFalse();
        assertThat(first.closed()).isEqualTo(1);
    }

    @Test
    void nextSourceIsOpenedWhenTheFormerOneHasEnded() {
        CompletableFuture<Void> mayClose = new CompletableFuture<>();
        FakeSink viewer = watchFirst(1);
        first.onClose(mayClose::join);

        feed.show(second);
        stage.pass(Duration.ofMillis(4900));

        assertThat(second.opened()).isZero();
        assertThat(feed.status().state()).isEqualTo(State.STARTING);
        assertThat(feed.status().reason()).isEqualTo("waiting for a script to close");
        assertThat(viewer.told()).as("placeholders, once a second").hasSizeBetween(4, 6);

        mayClose.complete(null);
        await().until(() -> {
            stage.tick();
            return second.waits();
        });
    }

    @Test
    void nextSourceIsOpenedAfterFiveSecondsEvenIfTheFormerOneHangs() {
        CompletableFuture<Void> mayClose = new CompletableFuture<>();
        watchFirst(1);
        first.onClose(mayClose::join);
        second.frame(2);

        feed.show(second);
        stage.pass(Duration.ofSeconds(5));
        stage.awaitFrames(2);

        mayClose.complete(null);
    }

    @Test
    void sourceThatIsShownAgainIsNotOpenedTwiceHoweverLongItHangs() {
        CompletableFuture<Void> closes = new CompletableFuture<>();
        CompletableFuture<Void> mayClose = new CompletableFuture<>();
        watchFirst(1);
        first.onClose(() -> {
            closes.complete(null);
            mayClose.join();
        });

        feed.show(first);
        closes.join(); // else it would be closed from another thread too
        stage.pass(Duration.ofSeconds(20));
        assertThat(stage.sourceThreads()).as("the thread that closes it").isEqualTo(1);

        first.frame(2);
        mayClose.complete(null);
        tickUntil(2);
    }

    @Test
    void nothingOfTheFormerSourceIsShownOrGivenAnyMore() {
        watchFirst(2);
        CompletableFuture<Void> mayCome = new CompletableFuture<>();
        CompletableFuture<Void> comes = new CompletableFuture<>();
        first.then(() -> {
                    comes.complete(null);
                    mayCome.join();
                })
                .frame(3);
        comes.join();

        feed.show(second);

        assertThat(feed.newest()).isEmpty();
        assertThat(feed.status().width()).isZero();
        FakeSink late = stage.quickViewer();
        assertThat(late.writes()).as("the picture from before is not live").isEmpty();
        CompletableFuture<Frame> snapshot =
                feed.snapshot(Variant.ORIGINAL, Optional.of(Duration.ofHours(1)), Duration.ofSeconds(5));
        mayCome.complete(null);
        await().until(() -> !first.isOpen());
        assertThat(feed.status().frames()).as("what came from it after its end").isEqualTo(2);
        assertThat(snapshot).isNotDone();

        second.frame(11);
        tickUntil(3);
        await().until(snapshot::isDone);
        assertThat(Pictures.number(snapshot.join().bytes())).isEqualTo(11);
        assertThat(late.numbers(feed)).containsExactly(11L);
    }

    @Test
    void snapshotThatWaitsGetsThePictureOfTheNextSource() {
        CompletableFuture<Frame> snapshot = feed.snapshot();
        await().until(first::waits);

        second.frame(11);
        feed.show(second);
        tickUntil(1);

        await().until(snapshot::isDone);
        assertThat(Pictures.number(snapshot.join().bytes())).isEqualTo(11);
    }

    @Test
    void lastOfSeveralExchangesWinsAndTheOthersAreNeverOpened() {
        CompletableFuture<Void> mayClose = new CompletableFuture<>();
        FakeSink viewer = watchFirst(1);
        first.onClose(mayClose::join);
        ScriptedSource[] between = {new ScriptedSource(), new ScriptedSource(), new ScriptedSource()};
        second.frame(11);

        for (ScriptedSource one : between) {
            feed.show(one);
        }
        feed.show(second);
        mayClose.complete(null);
        tickUntil(2);

        assertThat(between).allMatch(one -> one.opened() == 0);
        assertThat(viewer.numbers(feed)).containsExactly(1L, 11L);
    }

    @Test
    void sourceThatNobodyWatchesIsNotOpened() {
        feed.show(second);
        stage.pass(Duration.ofSeconds(10));

        assertThat(second.opened()).isZero();
        assertThat(feed.status().state()).isEqualTo(State.IDLE);
        assertThat(feed.status().reason()).isEqualTo("nobody watches");
    }

    @Test
    void countsGoOn() {
        watchFirst(3);
        assertThat(feed.status().captured()).isEqualTo(3);

        feed.show(second);
        assertThat(feed.status().captured()).isEqualTo(3);
        second.frames(11, 12);
        tickUntil(5);
        assertThat(feed.status().captured()).isEqualTo(5);

        feed.open(SourceOptions.DEFAULT);
        assertThat(feed.status().captured()).isEqualTo(5);
        feed.publisher("robot", false, () -> {}).publish(Frame.ofJpeg(Pictures.numbered(21, 100)));
        assertThat(feed.status().captured()).isEqualTo(6);
        feed.show(first);
        assertThat(feed.status().captured()).isEqualTo(6);
    }

    @Test
    void feedIsOpenWhileItsOriginIs() {
        assertThat(feed.isOpen()).isFalse();
        FakeSink viewer = watchFirst(1);

        feed.open(new SourceOptions(5, 0, 0, 80));
        assertThat(feed.isOpen()).isTrue();
        AtomicInteger ended = new AtomicInteger();
        Publisher robot = feed.publisher("robot", false, ended::incrementAndGet);
        assertThat(robot.options().fps()).isEqualTo(5);
        assertThat(robot.publish(Frame.ofJpeg(Pictures.numbered(21, 100)))).isTrue();
        assertThat(viewer.numbers(feed)).containsExactly(1L, 21L);

        feed.open(SourceOptions.DEFAULT);
        assertThat(ended).hasValue(1);
        assertThat(robot.ended()).contains("the feed 'front-door' shows something else now");
        assertThat(robot.publish(Frame.ofJpeg(Pictures.numbered(22, 100)))).isFalse();
        assertThat(feed.status().reason()).isEqualTo("nobody publishes yet");

        feed.show(second);
        assertThat(feed.isOpen()).isFalse();
        assertThatThrownBy(() -> feed.publisher("robot", false, () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the feed 'front-door' is not open to other programs");
        await().until(second::waits);
    }

    @Test
    void closingDuringAnExchangeEndsBoth() throws InterruptedException {
        CompletableFuture<Void> mayClose = new CompletableFuture<>();
        FakeSink viewer = watchFirst(1);
        first.onClose(mayClose::join);
        feed.show(second);

        feed.close();

        assertThat(viewer.ended()).isTrue();
        assertThat(feed.ended()).as("the first one is still closing").isFalse();
        feed.awaitEnd(Duration.ofMillis(1));
        mayClose.complete(null);
        feed.awaitEnd(Duration.ofSeconds(60));
        stage.pass(Duration.ofSeconds(6));
        assertThat(feed.ended()).isTrue();
        assertThat(second.opened()).isZero();

        feed.show(second);
        feed.pause("");
        stage.pass(Duration.ofSeconds(6));
        assertThat(second.opened()).as("shown after the end").isZero();
        assertThat(feed.paused()).isEmpty();
    }

    @Test
    void programsPicturesGiveWayToASourceAndComeBack() {
        try (Stage own = Stage.forProgram()) {
            FakeSink viewer = own.quickViewer();
            own.publish(1);
            second.frame(11);
            own.feed.show(second);
            assertThat(own.feed.newest()).isEmpty();
            own.tick();
            own.awaitFrames(2);
            own.publish(2);
            assertThat(viewer.numbers(own.feed)).containsExactly(1L, 11L, 2L);
        }
        await().until(() -> !second.isOpen());
    }

    @Test
    void newTimeoutsHoldAtOnceAndTheSourceIsNotReopened() {
        FakeSink viewer = watchFirst(3);
        Duration second = Duration.ofSeconds(1);
        feed.options(new FeedOptions(second, second.multipliedBy(2), second, second.multipliedBy(3), 1 << 20));

        stage.pass(Duration.ofMillis(2100));
        assertThat(viewer.numbers(feed)).as("repeated after two seconds").containsExactly(1L, 2L, 3L, 3L);
        stage.pass(Duration.ofSeconds(1));
        assertThat(feed.status().state()).isEqualTo(State.STALLED);
        assertThat(first.opened()).isEqualTo(1);
    }

    @Test
    void idleStopThatIsMadeShorterClosesTheSource() {
        first.frame(1);
        FakeSink viewer = FakeSink.slow();
        feed.watch(viewer, Framing.STRICT);
        stage.awaitFrames(1);
        viewer.fail();
        stage.pass(Duration.ofSeconds(5));
        assertThat(first.isOpen()).isTrue();

        FeedOptions options = FeedOptions.DEFAULT;
        feed.options(new FeedOptions(
                Duration.ofSeconds(4),
                options.repeatAfter(),
                options.startTimeout(),
                options.stallTimeout(),
                options.blockCeiling()));
        stage.pass(Duration.ofSeconds(1));

        await().until(() -> !first.isOpen());
    }
}
