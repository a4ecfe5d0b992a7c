package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.Frame;
import dev.flipbook.Variant;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.origin.ScriptedSource;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Snapshots that say how old a picture may be, and how long they wait for one. */
@Timeout(180)
class FreshSnapshotTest {

    private final Stage stage = Stage.forProgram();

    @AfterEach
    void end() {
        stage.close();
    }

    @Test
    void aPictureThatIsYoungEnoughIsTaken() {
        stage.publish(1);
        stage.ticker.advance(Duration.ofMillis(900));

        assertThat(number(snapshot(1000, 5000))).isEqualTo(1);
    }

    @Test
    void anOlderOneIsNotAndTheNextIsWaitedFor() {
        stage.publish(1);
        stage.ticker.advance(Duration.ofMillis(1100));
        CompletableFuture<Frame> snapshot = snapshot(1000, 5000);
        assertThat(snapshot).isNotDone();
        assertThat(stage.feed.watched()).isTrue();
        stage.ticker.advance(Duration.ofSeconds(2));
        stage.publish(2);

        assertThat(number(snapshot)).isEqualTo(2);
    }

    @Test
    void aPictureTakenBeforeItWasPublishedHasToBeYoungEnoughToo() {
        CompletableFuture<Frame> snapshot = snapshot(0, 5000);
        stage.feed.publish(Frame.ofJpeg(Pictures.numbered(1, 0)).capturedAt(stage.ticker.nanos() - 1));
        assertThat(snapshot).isNotDone();
        stage.publish(2);

        assertThat(number(snapshot)).isEqualTo(2);
    }

    @Test
    void whenNoneComesItSaysHowOldTheNewestIs() {
        stage.publish(1);
        stage.pass(Duration.ofMillis(1500));
        CompletableFuture<Frame> snapshot = snapshot(1000, 2000);
        stage.pass(Duration.ofMillis(1900));
        assertThat(snapshot).isNotDone();
        stage.pass(Duration.ofMillis(200));

        assertThatThrownBy(snapshot::get).hasCause(new IOException("the newest was taken 3500 ms ago"));
        assertThat(stage.feed.watched()).isFalse();
    }

    @Test
    void whoDoesNotWaitIsAnsweredNow() {
        assertThatThrownBy(snapshot(-1, 0)::get).hasCause(new IOException("nothing has been published yet"));
        stage.publish(1);
        assertThat(number(snapshot(-1, 0))).isEqualTo(1);
        stage.ticker.advance(Duration.ofMillis(1));
        assertThat(snapshot(0, 0)).isCompletedExceptionally();
    }

    @Test
    void theEndOfTheFeedIsNotWaitedBeyond() {
        stage.publish(1);
        stage.ticker.advance(Duration.ofMillis(100));
        CompletableFuture<Frame> snapshot = snapshot(0, 60_000);
        stage.feed.close();

        assertThat(snapshot).isCompletedExceptionally();
    }

    @Test
    void anIdleSourceIsOpenedOnlyForAPictureThatIsYoungEnough() {
        ScriptedSource source = new ScriptedSource().frame(1);
        try (Stage film = Stage.showing(source)) {
            assertThat(number(film.feed.snapshot())).isEqualTo(1);
            film.pass(Duration.ofSeconds(12));
            film.awaitState(State.IDLE);

            assertThat(number(film.feed.snapshot(Variant.ORIGINAL, Optional.of(Duration.ofMinutes(1)), Duration.ZERO)))
                    .isEqualTo(1);
            assertThat(source.opened()).isEqualTo(1);
            CompletableFuture<Frame> fresh =
                    film.feed.snapshot(Variant.ORIGINAL, Optional.of(Duration.ofSeconds(1)), Duration.ofSeconds(5));
            await().until(source::waits);
            assertThat(fresh).isNotDone();
            source.frame(2);
            assertThat(number(fresh)).isEqualTo(2);
        }
    }

    @Test
    void aSourceThatIsOfflineIsGivenItsTime() {
        ScriptedSource source = new ScriptedSource().frame(1).outage("the cable is unplugged");
        try (Stage film = Stage.showing(source)) {
            film.quickViewer();
            film.awaitOutage();
            film.ticker.advance(Duration.ofSeconds(2));
            CompletableFuture<Frame> fresh =
                    film.feed.snapshot(Variant.ORIGINAL, Optional.of(Duration.ofSeconds(1)), Duration.ofMillis(300));
            film.pass(Duration.ofMillis(200));
            assertThat(fresh).isNotDone();
            film.pass(Duration.ofMillis(200));

            await().until(fresh::isDone);
            assertThatThrownBy(fresh::get)
                    .cause()
                    .hasMessageMatching("the newest was taken \\d{4} ms ago: the cable is unplugged");
        }
    }

    /** @param maxAge in milliseconds; below 0 for any */
    private CompletableFuture<Frame> snapshot(long maxAge, long maxDelay) {
        return stage.feed.snapshot(
                Variant.ORIGINAL,
                maxAge < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(maxAge)),
                Duration.ofMillis(maxDelay));
    }

    private static long number(CompletableFuture<Frame> snapshot) {
        return Pictures.number(snapshot.join().bytes());
    }
}
