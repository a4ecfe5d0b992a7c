package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.FrameSink;
import dev.flipbook.Ticker;
import dev.flipbook.Variant;
import dev.flipbook.Viewer;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.origin.ProgramOrigin;
import dev.flipbook.variant.FakeMaker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/**
 * Viewers of six variants that share three places, on real threads: they stall, come and go, and are moved all the time, because
 * the feed's clock goes a thousand times too fast. Nobody is shown an older frame than before, or half a picture, or is forgotten.
 */
@Timeout(180)
class PlacesStressTest {

    private static final int PLACES = 3;
    private static final int WISHES = 6;
    private static final int STAYING = 24;
    private static final int FRAMES = 3000;

    private final ScheduledExecutorService wakers = Executors.newScheduledThreadPool(2);
    private final ScheduledExecutorService encoders = Executors.newScheduledThreadPool(2);
    private final ScheduledExecutorService peers = Executors.newScheduledThreadPool(3);
    private final BlockPool pool = new BlockPool(256 << 20);
    private final Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
    private final FakeMaker maker = new FakeMaker();

    @RepeatedTest(2)
    void whoeverIsMovedSeesWholePicturesEachNewerThanTheLast() throws InterruptedException {
        Ticker ticker = fast();
        Machinery machinery = new Machinery(ticker, pool, wakers, encoders, Thread::new, maker::open);
        Feed feed = new Feed(
                "busy", "b0unDarY", FeedOptions.DEFAULT.withMaxVariants(PLACES), machinery, ProgramOrigin::new);
        List<Peer> staying = new ArrayList<>();
        for (int i = 0; i < STAYING; i++) {
            staying.add(new Peer(feed, i % WISHES, Integer.MAX_VALUE));
        }
        AtomicBoolean over = new AtomicBoolean();
        Thread passing = new Thread(() -> comeAndGo(feed, over));
        passing.start();
        int published = 0;
        while (published < FRAMES || moves(staying) <= STAYING) { // how many it takes depends on the machine
            feed.publish(FakeMaker.picture(++published));
            feed.tick();
            LockSupport.parkNanos(100_000);
        }
        int last = published;
        over.set(true);
        await().until(() -> {
            feed.tick(); // which sends the last picture again to viewers that were moved after it
            return !passing.isAlive() && (!wrong.isEmpty() || staying.stream().allMatch(peer -> peer.shown == last));
        });

        assertThat(wrong).isEmpty();
        await().until(() -> feed.viewers() == STAYING);
        assertThat(feed.status().variants()).hasSizeLessThanOrEqualTo(PLACES);

        feed.close();

        await().until(() -> feed.viewers() == 0 && pool.usedBytes() == 0 && maker.opened.get() == maker.closed.get());
        assertThat(wrong).isEmpty();
        assertThat(staying).allMatch(peer -> peer.ended);
        assertThat(maker.clashes).hasValue(0);
        for (ScheduledExecutorService all : List.of(wakers, encoders, peers)) {
            all.shutdownNow();
            assertThat(all.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static int moves(List<Peer> peers) {
        return peers.stream().mapToInt(peer -> peer.moves.get()).sum();
    }

    private static Ticker fast() {
        Ticker system = Ticker.system();
        long begun = system.nanos();
        return new Ticker() {
            @Override
            public long nanos() {
                return (system.nanos() - begun) * 1000;
            }

            @Override
            public Instant now() {
                return system.now();
            }

            @Override
            public void sleepUntil(long nanos) throws InterruptedException {
                system.sleepUntil(begun + nanos / 1000);
            }
        };
    }

    private void comeAndGo(Feed feed, AtomicBoolean over) {
        Random random = new Random(7);
        try {
            while (!over.get()) {
                Peer peer = new Peer(feed, random.nextInt(WISHES), random.nextInt(4));
                while (!peer.ended && !over.get()) {
                    LockSupport.parkNanos(50_000);
                }
                peer.viewer.leave();
            }
        } catch (RuntimeException | Error e) {
            wrong.add(e);
        }
    }

    /** Takes most pictures soon, and is stuck with some, for up to 16 s of the feed's time; leaves after this many. */
    private final class Peer implements FrameSink {

        private final int frames;
        private final Random random;
        private final Viewer viewer;
        private volatile long shown;
        private final AtomicInteger moves = new AtomicInteger();
        private volatile boolean ended;
        private long kind;
        private int drained;

        Peer(Feed feed, int which, int frames) {
            this.frames = frames;
            this.random = new Random(which);
            this.viewer = feed.watch(this, Framing.STRICT, 0, new Variant(0, 0, 10 * (which + 1), 0), "client" + which);
        }

        @Override
        public void write(ByteBuffer slice, boolean last, Completion completion) {
            int chance = random.nextInt(100);
            if (chance < 30) {
                drain(slice, last, completion);
            } else {
                long micros = chance < 98 ? random.nextInt(300) : 4000 + random.nextInt(12_000);
                var unused = peers.schedule(() -> drain(slice, last, completion), micros, TimeUnit.MICROSECONDS);
            }
        }

        private void drain(ByteBuffer slice, boolean last, Completion completion) {
            try {
                read(FakeSink.bytes(slice));
            } catch (RuntimeException | Error e) {
                wrong.add(e);
            }
            if (last || ++drained > frames) {
                ended = true;
            }
            if (ended && !last) {
                completion.failed(new IOException("seen enough"));
            } else {
                completion.drained();
            }
        }

        private void read(byte[] bytes) {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            int begin = text.indexOf("\r\n\r\n") + 4;
            int length = Integer.parseInt(text.replaceFirst("(?s).*?Content-Length: (\\d+).*", "$1"));
            byte[] picture = Arrays.copyOfRange(bytes, begin, begin + length);
            long number = ByteBuffer.wrap(picture).getLong(6);
            boolean original = Arrays.equals(picture, FakeMaker.picture(number));
            long frame = original ? number : Pictures.number(picture) / 100_000;
            assertThat(frame).as("no older one").isGreaterThanOrEqualTo(shown);
            long made = original ? 0 : number % 100_000;
            if (made != kind && shown > 0) {
                moves.incrementAndGet();
            }
            kind = made;
            shown = frame;
        }
    }
}
