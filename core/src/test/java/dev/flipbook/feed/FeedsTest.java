package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.FrameSink;
import dev.flipbook.Multipart;
import dev.flipbook.Variant;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.origin.ScriptedSource;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class FeedsTest {

    private final Feeds feeds = new Feeds();

    @AfterEach
    void end() {
        feeds.close();
    }

    @Test
    void feedIsMadeOnceAndFoundByItsName() {
        Feed door = feeds.feed("door");

        assertThat(feeds.feed("door")).isSameAs(door);
        assertThat(feeds.find("door")).containsSame(door);
        assertThat(feeds.find("window")).isEmpty();
    }

    @Test
    void feedsAreListedInTheOrderInWhichTheyWereMade() {
        Feed z = feeds.feed("z");
        Feed a = feeds.feed("a", new ScriptedSource());

        assertThat(feeds.list()).containsExactly(z, a);
    }

    @Test
    void nameOfASourcesFeedIsTakenOnce() {
        feeds.feed("door");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> feeds.feed("door", new ScriptedSource()))
                .withMessage("there is a feed named 'door' already");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", ".a", "-a", "_a", "a b", "a/b", "ä", "a\nb", "a.jpg", "a.mjpg", "a\u0000"})
    void namesThatAreNotPossibleAreRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> feeds.feed(name))
                .withMessageContaining("is not a name for a feed")
                .withMessageMatching("\\P{Cntrl}*");
        assertThat(feeds.list()).isEmpty();
    }

    @Test
    void namesHave64CharactersAtMost() {
        feeds.feed("a".repeat(64));

        assertThatIllegalArgumentException().isThrownBy(() -> feeds.feed("a".repeat(65)));
    }

    @Test
    void whoIsStuckGoesWhenOthersNeedTheMemory() {
        FeedOptions little = FeedOptions.DEFAULT.withBlockCeiling(128 << 10);
        FakeTicker ticker = new FakeTicker();
        try (Feeds small = new Feeds(little, ticker)) {
            Feed crowded = small.feed("crowded");
            Feed other = small.feed("other");
            List<FakeSink> stuck = new ArrayList<>();
            for (int i = 1;
                    i <= 20;
                    i++) { // each of them stays at a frame of its own, until there is no memory for more
                crowded.publish(Pictures.numbered(i, 6000));
                FakeSink slow = FakeSink.slow();
                crowded.watch(slow, Framing.STRICT);
                stuck.add(slow);
                ticker.advance(Duration.ofMillis(1));
            }
            FakeSink reads = FakeSink.quick();
            crowded.watch(reads, Framing.STRICT);
            assertThat(crowded.status().dropped()).isPositive();
            ticker.advance(Duration.ofMillis(1100));

            await().until(() -> {
                other.publish(Pictures.numbered(1, 6000));
                return other.status().frames() > 0;
            });

            awaitTick(crowded, ticker);
            awaitTick(crowded, ticker);
            List<FakeSink> left = stuck.stream().filter(FakeSink::busy).toList();
            assertThat(left)
                    .as("those that have been stuck for longest go first, until an eighth of the memory is free")
                    .hasSizeBetween(10, 18)
                    .isEqualTo(stuck.subList(20 - left.size(), 20));
            assertThat(reads.busy()).isFalse();
            crowded.publish(Pictures.numbered(21, 6000));
            await().until(() -> reads.numbers(crowded).contains(21L));
        }
    }

    @Test
    void whoHasBeenStuckForLessThanASecondStays() {
        FakeTicker ticker = new FakeTicker();
        try (Feeds small = new Feeds(FeedOptions.DEFAULT.withBlockCeiling(4 << 12), ticker)) {
            Feed feed = small.feed("feed");
            List<FakeSink> sinks = new ArrayList<>();
            for (int i = 1; i <= 4; i++) { // all the memory there is
                feed.publish(Pictures.numbered(i, 100));
                FakeSink slow = FakeSink.slow();
                feed.watch(slow, Framing.STRICT);
                sinks.add(slow);
                ticker.advance(Duration.ofMillis(i == 1 ? 300 : 0));
            }
            ticker.advance(Duration.ofMillis(800));
            feed.publish(Pictures.numbered(5, 100)); // finds no memory

            await().until(() -> !sinks.get(0).busy());

            feed.publish(Pictures.numbered(6, 100)); // takes what has become free
            feed.publish(Pictures.numbered(7, 100)); // finds no memory
            ticker.advance(Duration.ofMillis(199));
            small.feed("other").publish(Pictures.numbered(1, 100));
            awaitTick(feed, ticker);
            awaitTick(feed, ticker);
            assertThat(sinks.subList(1, 4)).as("for 999 ms").allMatch(FakeSink::busy);
        }
    }

    /** A snapshot that may not wait is answered by the next tick, whatever the test's clock says. */
    private static void awaitTick(Feed feed, FakeTicker ticker) {
        var snapshot = feed.snapshot(Variant.ORIGINAL, Optional.of(Duration.ZERO), Duration.ofNanos(1));
        ticker.advance(Duration.ofNanos(1));
        await().until(snapshot::isDone);
    }

    @Test
    void whoReadsASnapshotForLongGoesWhenFramesNeedTheMemory() {
        FakeTicker ticker = new FakeTicker();
        try (Feeds small = new Feeds(FeedOptions.DEFAULT.withBlockCeiling(8 << 12), ticker)) {
            Feed feed = small.feed("feed");
            FakeSink slow = FakeSink.slow();
            feed.publish(Pictures.numbered(1, 100));
            var unused = feed.snapshot(Variant.ORIGINAL, Optional.empty(), Duration.ZERO, "a", slow);
            feed.publish(Pictures.numbered(2, 100));
            for (int i = 1; i <= 6; i++) {
                small.feed("other" + i).publish(Pictures.numbered(1, 100));
            }
            ticker.advance(Duration.ofMillis(1100));
            assertThat(slow.busy()).isTrue();
            assertThat(small.usedBytes()).isEqualTo(8 << 12);

            small.feed("more").publish(Pictures.numbered(1, 100)); // finds no memory

            await().until(() -> small.usedBytes() == 7 << 12);
            assertThat(slow.busy()).isFalse();
        }
    }

    @Test
    void aSinkThatThrowsWhenItIsCutDoesNotStopTheTime() {
        FakeTicker ticker = new FakeTicker();
        try (Feeds small = new Feeds(FeedOptions.DEFAULT.withBlockCeiling(32 << 10), ticker)) {
            Feed feed = small.feed("feed");
            AtomicInteger cut = new AtomicInteger();
            for (int i = 1; i <= 10; i++) {
                feed.publish(Pictures.numbered(i, 6000));
                feed.watch(new Stubborn(cut), Framing.STRICT);
            }
            ticker.advance(Duration.ofMillis(1100));

            await().until(() -> cut.get() > 0);
            int before = cut.get();
            feed.publish(Pictures.numbered(11, 6000)); // finds no memory again

            await().until(() -> cut.get() > before);
        }
    }

    /** A connection that can neither be written to nor be ended. */
    private record Stubborn(AtomicInteger cuts) implements FrameSink {

        @Override
        public void write(ByteBuffer slice, boolean last, Completion completion) {}

        @Override
        public void cut() {
            cuts.incrementAndGet();
            throw new IllegalStateException("no");
        }
    }

    @Test
    void boundaryIsRandomForEachFeed() {
        assertThat(feeds.feed("a").boundary()).matches("[A-Za-z0-9]{30}");
        assertThat(feeds.feed("b").boundary()).isNotEqualTo(feeds.feed("a").boundary());
    }

    @Test
    void removedFeedEndsItsViewersAndItsSource() {
        ScriptedSource source = new ScriptedSource().frame(1);
        Feed door = feeds.feed("door", source);
        FakeSink viewer = FakeSink.quick();
        door.watch(viewer, Framing.STRICT);
        await().until(source::waits);

        assertThat(feeds.remove("door")).isTrue();

        assertThat(feeds.find("door")).isEmpty();
        assertThat(feeds.remove("door")).isFalse();
        await().until(() -> viewer.ended() && !source.isOpen() && feeds.usedBytes() == 0);
    }

    @Test
    void removedFeedEndsASourceThatIgnoresInterrupts() {
        ScriptedSource source = new ScriptedSource().frame(1).deaf();
        feeds.feed("door", source).watch(FakeSink.quick(), Framing.STRICT);
        await().until(source::waits);

        feeds.remove("door");

        await().until(() -> !source.waits() && !source.isOpen());
    }

    @Test
    void endOfManyFeedsTakesNoLongerThanThatOfOne() {
        List<ScriptedSource> sources = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            ScriptedSource source = new ScriptedSource().frame(1).deaf();
            feeds.feed("door" + i, source).watch(FakeSink.quick(), Framing.STRICT);
            sources.add(source);
        }
        await().until(() -> sources.stream().allMatch(ScriptedSource::waits));

        long before = System.nanoTime();
        feeds.close();

        await().until(() -> sources.stream().noneMatch(ScriptedSource::isOpen));
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .as("one after the other they would take half a minute")
                .isLessThan(Duration.ofSeconds(20));
        await().until(() -> feeds.usedBytes() == 0);
    }

    @Test
    void endWaitsForABusyViewer() {
        Feed door = feeds.feed("door");
        FakeSink slow = FakeSink.slow();
        door.watch(slow, Framing.STRICT);
        door.publish(Pictures.numbered(1, 100));
        await().until(slow::busy);
        Thread peer = new Thread(
                () -> { // it looks often, as the end waits a second for a viewer
                    await().pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(1))
                            .until(() -> door.newest().isPresent()
                                    && door.broadcast().hasNewer(1));
                    slow.drain();
                    await().pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(1))
                            .until(slow::busy);
                    slow.drain();
                });
        peer.start();

        feeds.close();

        assertThat(Multipart.read(slow.bytes(), door.boundary()).ended()).isTrue();
        assertThat(feeds.viewers()).isZero();
        assertThat(feeds.usedBytes()).isZero();
    }

    @Test
    void nothingIsMadeAfterTheEndAndPublishesAreIgnored() {
        Feed door = feeds.feed("door");
        feeds.close();

        door.publish(Pictures.numbered(1, 100));
        assertThatIllegalStateException().isThrownBy(() -> feeds.feed("late"));
    }

    @Test
    void sourceThatHangsInItsCloseDoesNotHoldUpOtherFeeds() {
        AtomicInteger closing = new AtomicInteger();
        CountDownLatch over = new CountDownLatch(1);
        for (int i = 0; i < 8; i++) {
            ScriptedSource source = new ScriptedSource().deaf().onClose(() -> {
                closing.incrementAndGet();
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            feeds.feed("stuck" + i, source).watch(FakeSink.quick(), Framing.STRICT);
            await().until(source::waits);
            feeds.remove("stuck" + i);
        }
        await().until(() -> closing.get() >= 8); // they have been closed from outside
        Feed door = feeds.feed("door");
        FakeSink viewer = FakeSink.quick();
        door.watch(viewer, Framing.STRICT);

        door.publish(Pictures.numbered(1, 100));

        await().until(() -> !viewer.writes().isEmpty());
        over.countDown();
    }

    @Test
    void memoryThatNoFrameNeedsGoesBackWithinTwentySeconds() {
        Feed door = feeds.feed("door");
        FakeSink slow = FakeSink.slow();
        door.watch(slow, Framing.STRICT);
        door.publish(Pictures.numbered(1, 100));
        door.publish(Pictures.numbered(2, 100));
        slow.drain();
        slow.drain();
        assertThat(feeds.allocatedBytes()).isEqualTo(2 * 4096);

        for (int ticks = 0; ticks < 200; ticks++) {
            feeds.tick();
        }

        assertThat(feeds.allocatedBytes()).as("the picture that is shown").isEqualTo(4096);
        assertThat(feeds.usedBytes()).isEqualTo(4096);
    }

    @Test
    void figuresAreThoseOfAllFeeds() {
        assertThat(feeds.ceilingBytes()).isEqualTo(FeedOptions.DEFAULT.blockCeiling());
        feeds.feed("a").watch(FakeSink.slow(), Framing.STRICT);
        feeds.feed("b").watch(FakeSink.slow(), Framing.STRICT);
        feeds.feed("b").watch(FakeSink.slow(), Framing.STRICT);

        assertThat(feeds.viewers()).isEqualTo(3);
    }

    @Test
    void aRemovedFeedIsForgotten() {
        WeakReference<Feed> door = new WeakReference<>(feeds.feed("door"));
        feeds.remove("door");

        await().until(() -> {
            System.gc();
            return door.get() == null;
        });
    }

    @Test
    void theThreadsOfAllFeedsAreDaemonsAndEndWithThem() throws InterruptedException {
        ThreadGroup group = new ThreadGroup("of these feeds");
        AtomicReference<Feeds> made = new AtomicReference<>();
        Thread maker = new Thread(group, () -> made.set(new Feeds()));
        maker.start();
        maker.join();
        Thread[] threads = new Thread[group.activeCount() + 10];
        int count = group.enumerate(threads);
        assertThat(Arrays.copyOf(threads, count))
                .hasSize(1 + Runtime.getRuntime().availableProcessors())
                .allMatch(Thread::isDaemon)
                .allMatch(thread -> thread.getName().matches("flipbook-(tick|wake)-[1-9]\\d*"));

        made.get().close();

        for (Thread thread : Arrays.copyOf(threads, count)) {
            thread.join();
        }
    }

    @Test
    void namesOfPicturesAreNoFeedsAndOthersWithADotAre() {
        assertThat(feeds.feed("a.jpeg").name()).isEqualTo("a.jpeg");
        assertThat(feeds.feed("jpg").name()).isEqualTo("jpg");
        assertThat(feeds.feed("0-9._Z").name()).isEqualTo("0-9._Z");
        assertThat(feeds.list()).hasSize(3);
    }

    @Test
    void anOpenFeedIsMadeOnceAndAClosedOneStaysClosed() {
        Feed open = feeds.open("open");
        feeds.feed("own");

        assertThat(open.isOpen()).isTrue();
        assertThat(feeds.open("open")).isSameAs(open);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> feeds.open("own"))
                .withMessage("there is a feed named 'own' already, and it is not open to other programs");
        feeds.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> feeds.open("late"))
                .withMessage("no feed 'late' can be made: the feeds are closed");
        assertThatIllegalStateException().isThrownBy(() -> feeds.feed("late", new ScriptedSource()));
    }
}
