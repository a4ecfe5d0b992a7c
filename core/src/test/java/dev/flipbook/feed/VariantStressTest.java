package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.Frame;
import dev.flipbook.Ticker;
import dev.flipbook.Variant;
import dev.flipbook.Viewer;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.origin.ProgramOrigin;
import dev.flipbook.variant.FakeMaker;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** Viewers of variants who come and go while frames are published, on real threads: none sleeps, nothing is kept, or used by two. */
@Timeout(180)
class VariantStressTest {

    private static final int VARIANTS = 4;
    private static final int STAYING = 12;
    private static final int PASSING = 3;
    private static final int FRAMES = 2000;

    private final ExecutorService wakers = Executors.newFixedThreadPool(2);
    private final ExecutorService encoders = Executors.newFixedThreadPool(3);
    private final ExecutorService peers = Executors.newFixedThreadPool(3);
    private final BlockPool pool = new BlockPool(256 << 20);
    private final Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
    private final FakeMaker maker = new FakeMaker();

    @RepeatedTest(2)
    void everyViewerEndsUpWithTheLastFrameAndAllMemoryGoesBack() throws InterruptedException {
        Machinery machinery = new Machinery(Ticker.system(), pool, wakers, encoders, Thread::new, maker::open);
        Feed feed = new Feed("busy", "b0unDarY", FeedOptions.DEFAULT, machinery, ProgramOrigin::new);
        List<Peer> staying = new ArrayList<>();
        for (int i = 0; i < STAYING; i++) {
            staying.add(new Peer(feed, i % VARIANTS, Integer.MAX_VALUE));
        }
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < PASSING; i++) {
            int seed = i;
            threads.add(new Thread(() -> comeAndGo(feed, seed, over)));
        }
        threads.add(new Thread(() -> takeSnapshots(feed, over)));
        threads.forEach(Thread::start);
        for (int k = 1; k <= FRAMES; k++) {
            feed.publish(FakeMaker.picture(k));
            LockSupport.parkNanos(50_000);
        }
        over.set(true);
        while (threads.stream().anyMatch(Thread::isAlive)) {
            feed.publish(FakeMaker.picture(FRAMES)); // those who have not seen enough leave with it
            LockSupport.parkNanos(1_000_000);
        }

        await().until(() -> !wrong.isEmpty() || staying.stream().allMatch(peer -> peer.shown == FRAMES));
        assertThat(wrong).isEmpty();
        await().until(() ->
                feed.viewers() == STAYING && feed.status().variants().size() == VARIANTS);

        feed.close();

        await().until(() -> feed.viewers() == 0 && pool.usedBytes() == 0 && maker.opened.get() == maker.closed.get());
        assertThat(wrong).isEmpty();
        assertThat(staying).allMatch(peer -> peer.ended);
        assertThat(maker.clashes).hasValue(0);
        for (ExecutorService all : List.of(wakers, encoders, peers)) {
            all.shutdown();
            assertThat(all.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Viewers that leave after a few frames, so that variants end and begin again. */
    private void comeAndGo(Feed feed, int seed, AtomicBoolean over) {
        Random random = new Random(seed);
        try {
            while (!over.get()) {
                Peer peer = new Peer(feed, VARIANTS - 1 + random.nextInt(3), random.nextInt(3));
                while (!peer.ended) {
                    LockSupport.parkNanos(20_000);
                }
            }
        } catch (RuntimeException | Error e) {
            wrong.add(e);
        }
    }

    private void takeSnapshots(Feed feed, AtomicBoolean over) {
        try {
            while (!over.get()) {
                long newest = feed.newest().map(Frame::sequence).orElse(0L);
                Frame frame = feed.snapshot(variant(0), Optional.empty(), Duration.ofSeconds(60))
                        .join();
                assertThat(frame.sequence()).isGreaterThanOrEqualTo(newest);
                assertThat(Pictures.number(frame.bytes()))
                        .isEqualTo(FakeMaker.number(Math.min(FRAMES, frame.sequence()), 8, 10, 0));
            }
        } catch (RuntimeException | Error e) {
            wrong.add(e);
        }
    }

    private static Variant variant(int which) {
        return new Variant(0, 0, 10 * (which + 1), 0);
    }

    /** Drains within its write or on another thread, checks each picture, and leaves after this many. */
    private final class Peer extends CheckingPeer {

        private final int quality;
        private final Random random;

        Peer(Feed feed, int which, int frames) {
            super(frames, wrong);
            this.quality = 10 * (which + 1);
            this.random = new Random(which);
            Viewer unused = feed.watch(this, Framing.STRICT, 0, new Variant(0, 0, quality, 0));
        }

        @Override
        public void write(ByteBuffer slice, boolean last, Completion completion) {
            if (random.nextInt(3) == 0) {
                drain(slice, last, completion);
            } else {
                peers.execute(() -> drain(slice, last, completion));
            }
        }

        @Override
        long check(byte[] picture) {
            long number = Pictures.number(picture);
            assertThat(number % 100_000).as("the variant asked for").isEqualTo(80_000 + 10 * quality);
            return number / 100_000;
        }
    }
}
