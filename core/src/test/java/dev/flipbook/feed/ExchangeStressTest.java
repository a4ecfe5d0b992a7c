package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.Frame;
import dev.flipbook.FrameSink;
import dev.flipbook.FrameSource;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.mjpeg.Framing;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A feed whose origin is exchanged and paused again and again while its sources give frames, on real threads. */
@Timeout(300)
class ExchangeStressTest {

    private static final int EXCHANGES = 150;

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    /** Gives its number in each frame, as fast as it is asked. */
    private final class Numbered implements FrameSource {

        private final byte[] picture;
        private boolean opened;

        Numbered(long number) {
            picture = Pictures.numbered(number, 100);
        }

        @Override
        public synchronized Frame next() throws InterruptedException {
            if (!opened) {
                opened = true;
                mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
            }
            LockSupport.parkNanos(1_000_000); // the pace of its pictures
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return Frame.ofJpeg(ByteBuffer.wrap(picture));
        }

        @Override
        public synchronized void close() {
            if (opened) {
                opened = false;
                open.decrementAndGet();
            }
        }
    }

    /** Notes when a picture of an earlier source comes after one of a later source. */
    private final class Watching implements FrameSink {

        private final AtomicLong shown = new AtomicLong();

        @Override
        public void write(ByteBuffer part, boolean last, Completion completion) {
            byte[] bytes = new byte[part.remaining()];
            part.duplicate().get(bytes);
            completion.drained();
        }

        @Override
        public void coming(long sequence, long capturedNanos, boolean placeholder) {
            long before = shown.getAndSet(sequence);
            if (sequence < before) {
                wrong.add("frame " + sequence + " after " + before);
            }
        }

        @Override
        public void cut() {}
    }

    @Test
    void noSourceOverlapsAnotherNoPictureComesLateAndNothingLeaks() throws InterruptedException {
        try (Feeds feeds = new Feeds(FeedOptions.DEFAULT, Ticker.system())) {
            Feed feed = feeds.feed("busy", new Numbered(0));
            for (int i = 0; i < 10; i++) {
                feed.watch(new Watching(), Framing.STRICT);
            }
            for (long number = 1; number <= EXCHANGES; number++) {
                feed.show(new Numbered(number));
                long newest = number;
                feed.newest().ifPresent(frame -> refuseOld(frame, newest));
                if (number % 3 == 0) {
                    feed.pause("meeting");
                    assertThat(feed.newest()).isEmpty();
                    feed.resume();
                }
                long frames = feed.status().frames();
                if (number % 5 == 0) {
                    await().until(() -> feed.status().frames() > frames);
                    long shown = Pictures.number(feed.newest().orElseThrow().bytes());
                    assertThat(shown).isEqualTo(newest);
                }
            }
            assertThat(feed.viewers()).isEqualTo(10);
            assertThat(wrong).isEmpty();
            assertThat(mostOpen).as("sources open at once").hasValue(1);

            feeds.remove("busy");
            await().until(() -> open.get() == 0 && feed.ended());
            assertThat(feeds.usedBytes()).isZero();
        }
    }

    private void refuseOld(Frame frame, long newest) {
        long shown = Pictures.number(frame.bytes());
        if (shown != newest) {
            wrong.add("picture of " + shown + " after the exchange for " + newest);
        }
    }
}
