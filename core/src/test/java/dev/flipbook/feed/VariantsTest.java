package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus;
import dev.flipbook.FeedStatus.VariantStatus;
import dev.flipbook.Frame;
import dev.flipbook.Multipart;
import dev.flipbook.Variant;
import dev.flipbook.Viewer;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.origin.ScriptedSource;
import dev.flipbook.variant.FakeMaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Variants that are watched, on one thread: what is made, how often, and for whom. The feed's pictures are 64x48. */
@Timeout(180)
class VariantsTest {

    private static final Variant SMALL = new Variant(32, 0, 0, 0);
    private static final Variant LIGHT = new Variant(0, 0, 50, 0);
    private static final Variant TURNED = new Variant(0, 0, 0, 90);

    private final FakeMaker maker = new FakeMaker();
    private final Stage stage = Stage.forVariants(null, maker::open);
    private final Feed feed = stage.feed;

    @AfterEach
    void end() {
        stage.close();
        while (stage.waitingToBeEncoded() > 0) {
            stage.encodeNext();
        }
        assertThat(maker.clashes).hasValue(0);
        assertThat(maker.closed).as("makers closed").hasValue(maker.opened.get());
        assertThat(stage.pool.usedBytes()).isZero();
    }

    @Test
    void onePictureIsMadeForAllWhoWantTheSame() {
        List<FakeSink> viewers = new ArrayList<>();
        publish(1);
        for (int i = 0; i < 50; i++) {
            viewers.add(watch(List.of(SMALL, LIGHT, TURNED).get(i % 3)));
        }
        publish(2);
        publish(3);

        assertThat(maker.made).hasValue(9);
        assertThat(viewers.get(48).numbers(feed)).containsExactly(small(1), small(2), small(3));
        assertThat(viewers.get(0).numbers(feed)).containsExactly(small(1), small(2), small(3));
        assertThat(viewers.get(1).numbers(feed)).contains(FakeMaker.number(3, 8, 50, 0));
        assertThat(viewers.get(2).numbers(feed)).contains(FakeMaker.number(3, 8, 0, 1));
    }

    @Test
    void nearlyTheSameIsTheSame() {
        publish(1);
        watch(new Variant(25, 0, 0, 0));
        watch(new Variant(32, 0, 0, 0));
        watch(new Variant(0, 24, 0, 0));
        watch(new Variant(32, 48, 0, 0));
        watch(new Variant(0, 0, 41, 0));
        watch(new Variant(0, 0, 50, 0));

        assertThat(feed.status().variants()).hasSize(2);
        assertThat(maker.made).hasValue(2);
    }

    @Test
    void whatRoundsToTheOriginalIsTheOriginal() {
        publish(1);
        FakeSink large = watch(new Variant(640, 480, 0, 0));
        FakeSink nearly = watch(new Variant(60, 0, 0, 0));

        assertThat(large.pictures(feed)).containsExactly(FakeMaker.picture(1));
        assertThat(nearly.pictures(feed)).containsExactly(FakeMaker.picture(1));
        assertThat(maker.opened).hasValue(0);
        assertThat(feed.status().variants()).isEmpty();
    }

    @Test
    void whatRoundsToTheOriginalOnceTheSizeIsKnownIsPassedOn() {
        FakeSink viewer = watch(new Variant(640, 0, 0, 0));
        publish(1);

        assertThat(viewer.pictures(feed)).containsExactly(FakeMaker.picture(1));
        assertThat(maker.made).hasValue(0);
    }

    @Test
    void nothingIsMadeWhileNobodyWatchesAndTheMemoryGoesBack() {
        publish(1);
        long alone = stage.pool.usedBytes();
        FakeSink viewer = FakeSink.slow();
        Viewer unused = feed.watch(viewer, Framing.STRICT, 0, SMALL);
        assertThat(stage.pool.usedBytes()).isGreaterThan(alone);
        viewer.fail();
        publish(2);

        assertThat(maker.made).hasValue(1);
        assertThat(stage.pool.usedBytes()).isEqualTo(alone);
        assertThat(feed.status().variants()).isEmpty();
        assertThat(maker.closed).hasValue(1);
        assertThat(feed.status().variantFrames()).isEqualTo(1);
    }

    @Test
    void onlyTheNewestIsMadeWhenThereIsNoTimeForAll() {
        publish(1);
        FakeSink viewer = watch(SMALL);
        stage.beBusy();
        for (int i = 2; i <= 9; i++) {
            publish(i);
        }
        assertThat(stage.waitingToBeEncoded()).isEqualTo(1);
        stage.encodeNext();

        assertThat(viewer.numbers(feed)).containsExactly(small(1), small(9));
        assertThat(stage.waitingToBeEncoded()).isZero();
        assertThat(feed.status().skipped()).isEqualTo(7);
        publish(10);
        stage.encodeNext();
        assertThat(viewer.numbers(feed)).containsExactly(small(1), small(9), small(10));
    }

    @Test
    void whoLeavesWhileAPictureIsMadeLeavesNothingBehind() {
        FakeSink viewer = FakeSink.slow();
        publish(1);
        Viewer unused = feed.watch(viewer, Framing.STRICT, 0, SMALL);
        stage.beBusy();
        publish(2);
        viewer.fail();
        assertThat(maker.closed).as("while a task waits").hasValue(0);
        stage.encodeNext();

        assertThat(maker.closed).hasValue(1);
        assertThat(maker.made).hasValue(1);
    }

    @Test
    void whoComesToAVariantThatIsThereSeesItAtOnce() {
        publish(1);
        watch(SMALL);
        stage.beBusy();

        assertThat(watch(SMALL).numbers(feed)).containsExactly(small(1));
        assertThat(stage.waitingToBeEncoded()).isZero();
    }

    @Test
    void sequenceTimeAndBoundaryAreTheFeeds() {
        publish(1);
        publish(2);
        stage.ticker.advance(Duration.ofMillis(1500));
        FakeSink viewer = watch(SMALL);

        Multipart parts = Multipart.read(viewer.bytes(), feed.boundary());
        assertThat(parts.headers().get(0)).contains("X-Timestamp: 1772366400.000000");
        assertThat(feed.watching().get(0).age()).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void viewersOfVariantsWatchTheFeed() {
        assertThat(feed.watched()).isFalse();
        watch(SMALL);
        watch(new Variant(0, 0, 50, 180));
        stage.quickViewer();
        publish(1);

        FeedStatus status = feed.status();
        assertThat(feed.watched()).isTrue();
        assertThat(status.viewers()).isEqualTo(3);
        assertThat(feed.watching()).hasSize(3);
        assertThat(status.delivered()).isEqualTo(3);
        assertThat(status.variantFrames()).isEqualTo(2);
        assertThat(status.encoding().frames()).isZero();
        VariantStatus first = status.variants().get(0);
        assertThat(List.of(first.width(), first.height(), first.quality(), first.rotate(), first.viewers()))
                .containsExactly(32, 24, 0, 0, 1);
        assertThat(first.encoding().frames()).isEqualTo(1);
        assertThat(first.encoding().encoder()).isEqualTo("fake");
    }

    @Test
    void aStillSceneIsSentAgainAndNotMadeAgain() {
        publish(1);
        FakeSink viewer = watch(SMALL);
        stage.pass(Duration.ofSeconds(16));

        assertThat(viewer.numbers(feed)).containsExactly(small(1), small(1), small(1), small(1));
        assertThat(maker.made).hasValue(1);
    }

    @Test
    void theEndOfTheFeedIsTheirsToo() {
        publish(1);
        FakeSink viewer = watch(SMALL);
        FakeSink late = FakeSink.slow();
        Viewer unused = feed.watch(late, Framing.STRICT, 0, LIGHT);
        feed.close();

        assertThat(viewer.ended()).isTrue();
        assertThat(viewer.numbers(feed)).containsExactly(small(1), small(1));
        late.drain();
        assertThat(late.ended()).isTrue();
        late.drain();
        assertThat(feed.viewers()).isZero();
        assertThat(watch(SMALL).ended()).as("who comes behind the end").isTrue();
    }

    @Test
    void aFeedThatIsOfflineShowsItsPlaceholderAsAVariant() {
        ScriptedSource source = new ScriptedSource();
        FakeMaker own = new FakeMaker();
        try (Stage film = Stage.forVariants(source, own::open)) {
            source.frame(1).outage("the cable is unplugged");
            FakeSink viewer = FakeSink.quick();
            Viewer unused = film.feed.watch(viewer, Framing.STRICT, 0, LIGHT);
            film.awaitOutage();
            film.pass(Duration.ofMillis(1500));

            assertThat(film.feed.watched()).isTrue();
            assertThat(viewer.numbers(film.feed))
                    .as("the picture, and placeholders, which have no number")
                    .startsWith(FakeMaker.number(1, 8, 50, 0))
                    .endsWith(FakeMaker.number(0, 8, 50, 0));
            source.frame(3);
            film.pass(Duration.ofSeconds(2));
            film.awaitFrames(2);
            await().until(() -> viewer.numbers(film.feed).contains(FakeMaker.number(3, 8, 50, 0)));
        }
    }

    @Test
    void thinnedViewersHaveNoMoreMadeThanTheQuickestWants() {
        watch(SMALL, 5);
        FakeSink quickest = watch(SMALL, 10);
        play(90);

        assertThat(maker.made.get()).isBetween(29, 32);
        assertThat(quickest.numbers(feed)).hasSizeBetween(28, 32);
        assertThat(feed.status().skipped()).isZero();
    }

    @Test
    void aViewerWhoWantsAllHasAllMadeAndWhenItLeavesFewerAgain() {
        watch(SMALL, 5);
        FakeSink all = FakeSink.slow();
        Viewer unused = feed.watch(all, Framing.STRICT, 0, SMALL);
        play(30);
        assertThat(maker.made).hasValue(30);

        all.fail();
        play(60);
        assertThat(maker.made.get() - 30).isBetween(9, 12);
    }

    @Test
    void theLastFrameComesWhenItIsDue() {
        FakeSink viewer = watch(SMALL, 1);
        publish(1);
        stage.ticker.advance(Duration.ofMillis(100));
        publish(2);
        assertThat(viewer.numbers(feed)).containsExactly(small(1));
        stage.pass(Duration.ofSeconds(1));

        assertThat(viewer.numbers(feed)).containsExactly(small(1), small(2));
    }

    @Test
    void aPictureThatCannotBeMadeIsPassedOverAndSeveralArePassedOn() {
        publish(1);
        FakeSink viewer = watch(SMALL);
        maker.trouble = "of four colours";
        publish(2);
        assertThat(viewer.pictures(feed)).hasSize(1);
        publish(3);
        maker.trouble = null;
        publish(4);

        assertThat(viewer.pictures(feed)).hasSize(3).element(1).isEqualTo(FakeMaker.picture(3));
        assertThat(viewer.pictures(feed))
                .element(2)
                .extracting(Pictures::number)
                .isEqualTo(small(4));
        assertThat(feed.status().variants().get(0).failed()).isEqualTo(2);
    }

    @Test
    void theOnlyPictureThatCannotBeMadeIsPassedOn() {
        maker.trouble = "of four colours";
        publish(1);

        assertThat(watch(SMALL).pictures(feed)).containsExactly(FakeMaker.picture(1));
    }

    @Test
    void aSourceThatChangesItsSizeKeepsTheVariantAsLargeAsWasAskedFor() {
        publish(1);
        FakeSink viewer = watch(SMALL);
        feed.publish(Pictures.jpeg(256, 192));

        assertThat(viewer.numbers(feed)).containsExactly(small(1), FakeMaker.number(0, 1, 0, 0));
    }

    // what happens in the moment between a look and being idle again: nobody else wakes the variant for it

    @Test
    void aPictureThatComesRightAfterTheLookIsMade() {
        publish(1);
        FakeSink viewer = watch(SMALL);
        stage.afterALookInVain(() -> publish(3));

        publish(2);

        assertThat(viewer.numbers(feed)).containsExactly(small(1), small(2), small(3));
        publish(4);
        assertThat(viewer.numbers(feed)).containsExactly(small(1), small(2), small(3), small(4));
    }

    @Test
    void whoLeavesRightAfterTheLookLeavesNothingBehind() {
        publish(1);
        Viewer viewer = feed.watch(FakeSink.quick(), Framing.STRICT, 0, SMALL);
        stage.afterALookInVain(viewer::leave);

        publish(2);

        assertThat(maker.closed).hasValue(1);
        assertThat(feed.viewers()).isZero();
        publish(3);
        assertThat(maker.made).hasValue(2);
    }

    // where there is no thread, or no memory

    @Test
    void aVariantThatFoundNoThreadGoesOnWithTheNextPicture() {
        publish(1);
        FakeSink viewer = watch(SMALL);
        stage.refuseNext(() -> {});
        publish(2);
        assertThat(viewer.numbers(feed)).containsExactly(small(1));
        publish(3);
        assertThat(viewer.numbers(feed)).containsExactly(small(1), small(3));

        stage.refuseNext(() -> {});
        publish(4);
        stage.pass(Duration.ofMillis(100));
        assertThat(viewer.numbers(feed)).as("or with the next tick").containsExactly(small(1), small(3), small(4));
    }

    @Test
    void whoLeavesWhileNoThreadIsFoundLeavesNothingBehind() {
        publish(1);
        Viewer viewer = feed.watch(FakeSink.quick(), Framing.STRICT, 0, SMALL);
        stage.refuseNext(viewer::leave);

        publish(2);

        assertThat(maker.closed).hasValue(1);
        assertThat(feed.viewers()).isZero();
    }

    @Test
    void aSnapshotThatFindsNoThreadIsThePictureItself() {
        publish(1);
        stage.refuseNext(() -> {});

        assertThat(snapshot(SMALL).join().bytes()).isEqualTo(FakeMaker.picture(1));
        assertThat(Pictures.number(snapshot(SMALL).join().bytes()))
                .as("the next one is made")
                .isEqualTo(small(1));
    }

    @Test
    void whatIsMadeAndFindsNoMemoryIsDroppedAndTheEndComesAllTheSame() {
        FakeMaker own = new FakeMaker();
        int picture = Frame.ofJpeg(FakeMaker.picture(1)).picture().size();
        long room = 2L * ((picture + 4095) / 4096 * 4096L + 4096L);
        try (Stage tight = Stage.forVariants(own::open, room)) {
            tight.feed.publish(FakeMaker.picture(1));
            FakeSink viewer = FakeSink.quick();
            Viewer unused = tight.feed.watch(viewer, Framing.STRICT, 0, SMALL);
            List<Block> others = new ArrayList<>();
            while (tight.pool.usedBytes() + 4096 <= room) {
                others.add(tight.takeMemory());
            }
            long before = tight.feed.status().dropped();
            tight.feed.publish(FakeMaker.picture(2));

            assertThat(viewer.numbers(tight.feed)).containsExactly(small(1));
            assertThat(tight.feed.status().dropped()).isGreaterThan(before);
            tight.feed.close();
            assertThat(viewer.ended()).isTrue();
            assertThat(tight.feed.viewers()).isZero();
            others.forEach(Block::release);
        }
        assertThat(own.closed).hasValue(own.opened.get());
    }

    @Test
    void afterOnePictureThatWasMadeTheNextThatCannotBeIsPassedOverAgain() {
        publish(1);
        FakeSink viewer = watch(SMALL);
        for (int i = 2; i <= 6; i += 2) {
            maker.trouble = "of four colours";
            publish(i);
            maker.trouble = null;
            publish(i + 1);
        }

        assertThat(viewer.numbers(feed)).containsExactly(small(1), small(3), small(5), small(7));
    }

    // snapshots

    @Test
    void equalSnapshotsAreMadeOnce() {
        publish(7);
        stage.beBusy();
        CompletableFuture<Frame> one = snapshot(SMALL);
        CompletableFuture<Frame> other = snapshot(new Variant(30, 0, 0, 0));
        assertThat(stage.waitingToBeEncoded()).isEqualTo(1);
        stage.encodeNext();

        assertThat(Pictures.number(one.join().bytes())).isEqualTo(small(7));
        assertThat(one.join().sequence()).isEqualTo(1);
        assertThat(other.join().bytes()).isEqualTo(one.join().bytes());
        assertThat(maker.closed).hasValue(1);
        assertThat(feed.status().variantFrames()).isEqualTo(1);
    }

    @Test
    void aSnapshotOfAVariantThatIsWatchedIsWhatItsViewersSee() {
        publish(7);
        watch(SMALL);

        assertThat(Pictures.number(snapshot(SMALL).join().bytes())).isEqualTo(small(7));
        assertThat(maker.made).hasValue(1);
    }

    @Test
    void whenTooManySnapshotsAreMadeAtOnceTheNearestOfThemIsTheAnswer() {
        publish(1);
        FakeSink viewer = watch(new Variant(0, 0, 90, 0));
        stage.beBusy();
        for (int quality = 10; quality <= 80; quality += 10) {
            var unused = snapshot(new Variant(0, 0, quality, 90));
        }
        CompletableFuture<Frame> turned = snapshot(new Variant(0, 0, 85, 90));
        CompletableFuture<Frame> watched = snapshot(new Variant(48, 0, 85, 0));
        CompletableFuture<Frame> plain = snapshot(new Variant(0, 0, 95, 0));
        assertThat(stage.waitingToBeEncoded()).isEqualTo(8);
        while (stage.waitingToBeEncoded() > 0) {
            stage.encodeNext();
        }

        assertThat(Pictures.number(turned.join().bytes())).isEqualTo(FakeMaker.number(1, 8, 80, 1));
        assertThat(Pictures.number(watched.join().bytes()))
                .isEqualTo(viewer.numbers(feed).get(0));
        assertThat(Pictures.number(plain.join().bytes()))
                .isEqualTo(viewer.numbers(feed).get(0));
        stage.beBusy();
        CompletableFuture<Frame> later = snapshot(SMALL);
        stage.encodeNext();
        assertThat(Pictures.number(later.join().bytes())).isEqualTo(small(1));
    }

    @Test
    void aSnapshotThatCannotBeMadeIsThePictureItself() {
        maker.trouble = "of four colours";
        publish(1);

        assertThat(snapshot(SMALL).join().bytes()).isEqualTo(FakeMaker.picture(1));
    }

    // inside

    private static long small(long number) {
        return FakeMaker.number(number, 4, 0, 0);
    }

    private void publish(long number) {
        feed.publish(FakeMaker.picture(number));
    }

    private void play(int frames) {
        for (int i = 0; i < frames; i++) {
            publish(i);
            stage.ticker.advance(Duration.ofMillis(33));
        }
    }

    private FakeSink watch(Variant variant) {
        return watch(variant, 0);
    }

    private FakeSink watch(Variant variant, double fps) {
        FakeSink sink = FakeSink.quick();
        Viewer unused = feed.watch(sink, Framing.STRICT, fps, variant);
        return sink;
    }

    private CompletableFuture<Frame> snapshot(Variant variant) {
        return feed.snapshot(variant, Optional.empty(), Duration.ofSeconds(5));
    }
}
