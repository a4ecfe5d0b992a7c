package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus.VariantStatus;
import dev.flipbook.Variant;
import dev.flipbook.Viewer;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.variant.FakeMaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is shown what when more variants are wished than there are places: eight, of which one client has three. On one thread. */
@Timeout(180)
class VariantPlacesTest {

    private static final Variant SMALL = new Variant(32, 0, 0, 0);
    private static final Duration LONG = Duration.ofMillis(5100);
    private static final Duration A_LOOK = Duration.ofMillis(1100);

    private final FakeMaker maker = new FakeMaker();
    private final Stage stage = Stage.forVariants(null, maker::open);
    private final Feed feed = stage.feed;
    private long published;

    @AfterEach
    void end() {
        stage.close();
        assertThat(maker.clashes).hasValue(0);
    }

    @Test
    void whoComesWhenAllPlacesAreTakenGetsTheNearest() {
        publish();
        fill(FakeSink::quick);
        FakeSink light = watch(light(85), "other");
        FakeSink small = watch(SMALL, "another");
        FakeSink turned = watch(new Variant(32, 0, 20, 90), "third");
        publish();

        assertThat(light.numbers(feed)).containsExactly(made(1, 80), made(2, 80));
        assertThat(small.numbers(feed)).as("of the feed's size").containsExactly(made(1, 80), made(2, 80));
        assertThat(turned.numbers(feed)).containsExactly(made(1, 20), made(2, 20));
        assertThat(qualities()).containsExactly(10, 20, 30, 40, 50, 60, 70, 80);
        assertThat(feed.viewers()).isEqualTo(11);
    }

    @Test
    void aVariantThatNobodyTakesGivesUpItsPlace() {
        publish();
        List<FakeSink> stuck = fill(FakeSink::slow);
        stage.ticker.advance(LONG);
        FakeSink small = watch(SMALL, "honest");
        publish();

        assertThat(small.numbers(feed)).containsExactly(small(1), small(2));
        assertThat(qualities()).containsExactly(0);
        assertThat(feed.viewers()).as("nobody was cut").isEqualTo(9);
        stuck.get(0).drain();
        assertThat(stuck.get(0).busy()).as("shown anything until the next look").isFalse();
        stage.pass(Duration.ofMillis(100));
        assertThat(stuck.get(0).numbers(feed)).containsExactly(made(1, 10), made(2, 10));
    }

    @Test
    void aVariantThatNobodyTakesIsNotMade() {
        publish();
        List<FakeSink> stuck = fill(FakeSink::slow);
        stage.pass(Duration.ofMillis(6100));
        int before = maker.made.get();
        for (int i = 0; i < 50; i++) {
            publish();
            stage.pass(Duration.ofMillis(100));
        }
        assertThat(maker.made).hasValue(before);
        assertThat(maker.closed).hasValue(8);
        assertThat(feed.status().variants()).isEmpty();
        assertThat(feed.watched()).isTrue();
        stuck.get(3).drain();
        stage.pass(Duration.ofMillis(100));

        assertThat(stuck.get(3).numbers(feed))
                .as("the newest, none of those between")
                .containsExactly(made(1, 40), made(51, 40));
    }

    @Test
    void whoRestsSeesTheEndOfTheFeed() {
        publish();
        List<FakeSink> stuck = fill(FakeSink::slow);
        stage.pass(Duration.ofMillis(6100));
        stuck.get(0).drain();
        feed.close();
        assertThat(stuck.get(0).ended()).isTrue();
        stuck.get(1).drain();
        assertThat(stuck.get(1).ended()).isTrue();
        stuck.forEach(one -> {
            while (one.busy()) {
                one.drain();
            }
        });

        assertThat(feed.viewers()).isZero();
        assertThat(stage.pool.usedBytes()).isZero();
    }

    @Test
    void aViewerThatAcknowledgesNothingIsStuckHoweverSoonItsWritesDrain() {
        publish();
        List<FakeSink> silent = fill(FakeSink::quick);
        silent.forEach(one -> one.stuck(true));

        assertThat(watch(SMALL, "honest").numbers(feed)).containsExactly(small(1));
    }

    @Test
    void whoIsStuckWhenItComesRestsUntilItTakes() {
        publish();
        FakeSink silent = FakeSink.quick();
        silent.stuck(true);
        watch(SMALL, "silent", silent);
        assertThat(feed.status().variants()).isEmpty();
        assertThat(silent.writes()).isEmpty();
        silent.stuck(false);
        stage.pass(Duration.ofMillis(100));

        assertThat(silent.numbers(feed)).containsExactly(small(1));
    }

    @Test
    void aVariantThatOnlyOneTakesKeepsItsPlace() {
        publish();
        fill(FakeSink::slow);
        List<FakeSink> taking = fill(FakeSink::quick);
        stage.pass(LONG);
        FakeSink more = watch(light(90), "more");
        publish();

        assertThat(more.numbers(feed)).endsWith(made(2, 80));
        assertThat(taking.get(0).numbers(feed)).endsWith(made(2, 10));
        assertThat(qualities()).containsExactly(10, 20, 30, 40, 50, 60, 70, 80);
    }

    @Test
    void oneWhoJustCameIsNotStuck() {
        publish();
        fill(FakeSink::slow);
        stage.pass(Duration.ofSeconds(4));

        assertThat(watch(light(90), "more").numbers(feed)).containsExactly(made(1, 80));
    }

    @Test
    void oneClientHasThreeVariantsAndThenTheNearestOfThem() {
        publish();
        watch(light(10), "office");
        watch(light(20), "office");
        watch(light(30), "office");
        watch(light(70), "other");
        FakeSink fourth = watch(light(60), "office");
        FakeSink again = watch(light(20), "office");
        FakeSink others = watch(light(70), "office");

        assertThat(fourth.numbers(feed))
                .as("the feed itself has a quality of 100")
                .containsExactly(made(1, 30));
        assertThat(again.numbers(feed)).containsExactly(made(1, 20));
        assertThat(others.pictures(feed)).as("also where it is made for others").containsExactly(FakeMaker.picture(1));
        assertThat(qualities()).containsExactly(10, 20, 30, 70);
        for (int quality : List.of(40, 50, 60)) {
            assertThat(watch(light(quality), "other" + quality).numbers(feed)).containsExactly(made(1, quality));
        }
    }

    @Test
    void whatAClientDoesNotTakeGivesWayToWhatItTakes() {
        publish();
        FakeSink lost = FakeSink.slow();
        watch(light(10), "phone", lost);
        watch(light(10), "tablet");
        watch(light(20), "phone");
        watch(light(30), "phone");
        stage.pass(LONG);
        FakeSink back = watch(light(60), "phone");
        publish();
        lost.drain();
        stage.pass(Duration.ofMillis(100));

        assertThat(back.numbers(feed)).endsWith(made(2, 60));
        assertThat(lost.numbers(feed)).as("the nearest of its client's own").endsWith(made(2, 20));
        assertThat(qualities()).as("the tablet takes it").containsExactly(10, 20, 30, 60);
    }

    @Test
    void whoWasGivenTheNearestGetsItsWishWhenThereIsAPlace() {
        publish();
        List<FakeSink> all = fill(FakeSink::slow);
        all.subList(1, 8).forEach(FakeSink::drain);
        FakeSink more = watch(SMALL, "more");
        all.get(0).fail();
        stage.pass(A_LOOK);
        publish();

        assertThat(more.numbers(feed)).startsWith(made(1, 80)).endsWith(small(2));
        assertThat(qualities()).containsExactly(0, 20, 30, 40, 50, 60, 70, 80);
    }

    @Test
    void onAStillFeedTheWishComesWithTheNextRepeat() {
        publish();
        List<FakeSink> all = fill(FakeSink::slow);
        all.subList(1, 8).forEach(FakeSink::drain);
        FakeSink more = watch(SMALL, "more");
        all.get(0).fail();
        stage.pass(Duration.ofSeconds(7));

        assertThat(more.numbers(feed)).containsExactly(made(1, 80), small(1));
    }

    @Test
    void whoTakesPicturesAgainWhenAllPlacesAreTakenGetsTheNearest() {
        publish();
        FakeSink lost = FakeSink.slow();
        watch(new Variant(0, 0, 90, 90), "lost", lost);
        stage.ticker.advance(LONG);
        fill(FakeSink::quick);
        lost.drain();
        publish();
        stage.pass(Duration.ofMillis(100));

        assertThat(lost.numbers(feed)).containsExactly(FakeMaker.number(1, 8, 90, 1), made(2, 80));
    }

    @Test
    void whoTakesAnotherStepGetsThePlaceThatItLeaves() {
        publish();
        for (int quality = 20; quality <= 80; quality += 10) {
            watch(light(quality), "client" + quality);
        }
        Viewer before = feed.watch(FakeSink.quick(), Framing.STRICT, 0, light(10), "stepping");
        FakeSink next = watch(new Variant(32, 0, 10, 0), "stepping");
        before.leave();
        stage.pass(A_LOOK);
        publish();

        assertThat(next.numbers(feed)).containsExactly(made(1, 10), FakeMaker.number(2, 4, 10, 0));
        assertThat(feed.status().variants()).hasSize(8);
    }

    @Test
    void withoutPlacesEverybodyIsShownTheFeed() {
        FeedOptions none = FeedOptions.DEFAULT.withMaxVariants(0);
        try (Feeds feeds = new Feeds(none, stage.ticker)) {
            Feed plain = feeds.feed("plain");
            plain.publish(FakeMaker.picture(1));
            FakeSink viewer = FakeSink.quick();
            Viewer unused = plain.watch(viewer, Framing.STRICT, 0, SMALL);

            assertThat(viewer.pictures(plain)).containsExactly(FakeMaker.picture(1));
        }
    }

    @Test
    void aViewerWhoWantsFewerFramesGetsNoMoreOfTheFeedItself() {
        publish();
        for (int quality : List.of(10, 20, 30)) {
            watch(light(quality), "office");
        }
        FakeSink thin = FakeSink.quick();
        Viewer unused = feed.watch(thin, Framing.STRICT, 1, light(95), "office");
        for (int i = 0; i < 60; i++) {
            stage.pass(Duration.ofMillis(100));
            publish();
        }

        assertThat(thin.pictures(feed)).hasSizeBetween(6, 8);
    }

    @Test
    void allMemoryGoesBackWhenEverybodyHasGone() {
        publish();
        List<FakeSink> all = fill(FakeSink::slow);
        stage.pass(LONG);
        FakeSink small = FakeSink.slow();
        watch(SMALL, "honest", small);
        all.forEach(FakeSink::fail);
        small.fail();
        assertThat(feed.viewers()).isZero();
        assertThat(feed.watched()).isFalse();
        feed.close();

        assertThat(stage.pool.usedBytes()).isZero();
        assertThat(maker.closed).as("makers closed").hasValue(maker.opened.get());
    }

    // inside

    private static Variant light(int quality) {
        return new Variant(0, 0, quality, 0);
    }

    private static long made(long number, int quality) {
        return FakeMaker.number(number, 8, quality, 0);
    }

    private static long small(long number) {
        return FakeMaker.number(number, 4, 0, 0);
    }

    private void publish() {
        feed.publish(FakeMaker.picture(++published));
    }

    /** Eight variants, each watched by a client of its own. */
    private List<FakeSink> fill(Supplier<FakeSink> kind) {
        List<FakeSink> all = new ArrayList<>();
        for (int quality = 10; quality <= 80; quality += 10) {
            FakeSink sink = kind.get();
            watch(light(quality), "client" + quality / 10, sink);
            all.add(sink);
        }
        return all;
    }

    private FakeSink watch(Variant variant, String client) {
        FakeSink sink = FakeSink.quick();
        watch(variant, client, sink);
        return sink;
    }

    private void watch(Variant variant, String client, FakeSink sink) {
        Viewer unused = feed.watch(sink, Framing.STRICT, 0, variant, client);
    }

    private List<Integer> qualities() {
        return feed.status().variants().stream()
                .map(VariantStatus::quality)
                .sorted()
                .toList();
    }
}
