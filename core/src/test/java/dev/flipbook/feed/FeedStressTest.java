package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.Frame;
import dev.flipbook.FrameSink;
import dev.flipbook.Multipart;
import dev.flipbook.Ticker;
import dev.flipbook.Viewer;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.BlockText;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.origin.ProgramOrigin;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** Many publishers and viewers at once, on real threads: nothing is torn, lost, repeated out of order or kept. */
@Timeout(300)
class FeedStressTest {

    private static final int PUBLISHERS = 3;
    private static final int VIEWERS = 50;
    private static final int FRAMES = 1000;

    private final ExecutorService wakers = Executors.newFixedThreadPool(3);
    private final ExecutorService peers = Executors.newFixedThreadPool(3);
    private final BlockPool pool = new BlockPool(256 << 20);
    private final Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();

    @RepeatedTest(3)
    void everyViewerEndsUpWithTheLastFrameAndAllMemoryGoesBack() throws InterruptedException {
        Machinery machinery =
                new Machinery(Ticker.system(), pool, wakers, Runnable::run, Thread::new, VariantMaker::imageIo);
        Feed feed = new Feed("busy", "b0unDarY", FeedOptions.DEFAULT, machinery, ProgramOrigin::new);
        List<RandomSink> sinks = new ArrayList<>();
        List<Viewer> viewers = new ArrayList<>();
        for (int i = 0; i < VIEWERS; i++) {
            RandomSink sink = new RandomSink(feed, i % 2 == 0 ? Framing.STRICT : Framing.BROWSER, i);
            sinks.add(sink);
            viewers.add(feed.watch(sink, sink.framing));
        }

        List<Thread> publishers = new ArrayList<>();
        for (int i = 0; i < PUBLISHERS; i++) {
            long first = i * 1_000_000L;
            Thread publisher = new Thread(() -> {
                for (int k = 1; k <= FRAMES; k++) {
                    feed.publish(Pictures.numbered(first + k, k % 3 * 3000));
                }
            });
            publisher.start();
            publishers.add(publisher);
        }
        for (Thread publisher : publishers) {
            publisher.join();
        }
        long last = Pictures.number(feed.newest().orElseThrow().bytes());

        await().until(() -> !wrong.isEmpty() || sinks.stream().allMatch(sink -> sink.shown == last));
        assertThat(wrong).isEmpty();
        assertThat(feed.status().frames()).isEqualTo((long) PUBLISHERS * FRAMES);
        assertThat(feed.status().dropped()).isZero();
        await().untilAsserted(() -> assertThat(pool.usedBytes())
                .as("one block: the newest")
                .isEqualTo(blockOf(feed.newest().orElseThrow())));
        for (Viewer viewer : viewers) {
            assertThat(viewer.sent() + viewer.skipped()).isLessThanOrEqualTo((long) PUBLISHERS * FRAMES);
        }

        feed.close();

        await().until(() -> feed.viewers() == 0 && pool.usedBytes() == 0);
        assertThat(wrong).isEmpty();
        assertThat(sinks).allMatch(sink -> sink.ended);
        wakers.shutdown();
        peers.shutdown();
        assertThat(wakers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(peers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    /** What the block of such a picture takes. */
    private static long blockOf(Frame frame) {
        BlockPool own = new BlockPool(64 << 20);
        var unused = own.block(frame.picture(), new BlockText("image/jpeg", "b0unDarY"), 0, false)
                .orElseThrow();
        return own.usedBytes();
    }

    /** Drains at random: within its own write, or on another thread. It reads each picture when it drains. */
    private final class RandomSink implements FrameSink {

        private final Feed feed;
        private final Framing framing;
        private final Random random;
        private volatile long shown;
        private volatile boolean ended;
        private boolean begun;
        private final long[] newest = new long[PUBLISHERS];

        RandomSink(Feed feed, Framing framing, long seed) {
            this.feed = feed;
            this.framing = framing;
            this.random = new Random(seed);
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
        public void cut() {
            wrong.add(new AssertionError("cut although there was memory"));
        }

        private void drain(ByteBuffer slice, boolean last, Completion completion) {
            try {
                read(FakeSink.bytes(slice), last);
            } catch (RuntimeException | Error e) {
                wrong.add(e);
            }
            completion.drained();
        }

        /** A write by itself, with what came before it put in front, has to be a whole response. */
        private void read(byte[] bytes, boolean last) {
            String open = "--" + feed.boundary() + "\r\n";
            String before = begun ? open + (framing == Framing.STRICT ? "" : "Content-Type: image/jpeg\r\n\r\n") : "";
            byte[] start = before.getBytes(StandardCharsets.US_ASCII);
            Multipart part = Multipart.read(Pictures.insert(bytes, 0, start), feed.boundary());
            begun = true;
            assertThat(part.pictures()).hasSize(1);
            assertThat(part.ended()).isEqualTo(last);
            long number = Pictures.number(part.pictures().get(0));
            int publisher = (int) (number / 1_000_000);
            assertThat(number).as("of one publisher").isGreaterThanOrEqualTo(newest[publisher]);
            newest[publisher] = number;
            shown = number;
            ended = last;
        }
    }
}
