package dev.flipbook.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FrameSink;
import dev.flipbook.FrameSink.Completion;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

@Timeout(180)
class FrameFlowTest {

    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicReference<DataBuffer> underWay = new AtomicReference<>();
    private final AtomicReference<Throwable> error = new AtomicReference<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** A server that takes one frame and never releases it, as Netty does for a peer that does not read. */
    private final Subscriber<Publisher<DataBuffer>> stuck = new Subscriber<>() {
        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(1);
        }

        @Override
        public void onNext(Publisher<DataBuffer> frame) {
            Mono.from(frame).subscribe(underWay::set);
        }

        @Override
        public void onError(Throwable why) {
            error.set(why);
        }

        @Override
        public void onComplete() {}
    };

    private final Completion completion = new Completion() {
        @Override
        public void drained() {
            throw new AssertionError("nobody took it");
        }

        @Override
        public void failed(Throwable cause) {
            failure.set(cause);
        }
    };

    @Test
    void aViewerThatTakesNothingIsCutAndItsFrameGivenBack() {
        AtomicReference<FrameSink> sink = new AtomicReference<>();
        NettyDataBufferFactory netty = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);
        FrameFlow flow = new FrameFlow(sink::set, netty, cuts::incrementAndGet, Duration.ofMillis(50));
        flow.subscribe(stuck);
        sink.get().write(ByteBuffer.allocateDirect(100), false, completion);

        await().until(() -> cuts.get() == 1);
        await().untilAsserted(() -> assertThat(error.get()).hasMessageStartingWith("the viewer took nothing for"));
        assertThat(failure.get()).as("Netty may still read it").isNull();

        DataBufferUtils.release(underWay.get()); // as Netty does when the connection has ended
        assertThat(failure.get()).hasMessage("the viewer has gone");
    }

    /** A scheduler that runs tasks only when the test says so. */
    private static final class ByHand implements Scheduler {

        private final List<Runnable> planned = new ArrayList<>();

        @Override
        public Disposable schedulePeriodically(Runnable task, long delay, long period, TimeUnit unit) {
            planned.add(task);
            return () -> planned.remove(task);
        }

        @Override
        public Disposable schedule(Runnable task) {
            throw new IllegalStateException("nobody needs it");
        }

        @Override
        public Worker createWorker() {
            throw new IllegalStateException("nobody needs it");
        }
    }

    /** A flow with a subscriber, whose timeouts the test checks itself. */
    private FrameFlow watched(ByHand clock, Duration patience) {
        Schedulers.Snapshot before = Schedulers.setFactoryWithSnapshot(new Schedulers.Factory() {
            @Override
            public Scheduler newParallel(int threads, ThreadFactory factory) {
                return clock;
            }
        });
        try {
            NettyDataBufferFactory netty = new NettyDataBufferFactory(UnpooledByteBufAllocator.DEFAULT);
            FrameFlow flow = new FrameFlow(sink -> {}, netty, cuts::incrementAndGet, patience);
            flow.subscribe(stuck);
            return flow;
        } finally {
            Schedulers.resetFrom(before);
        }
    }

    @Test
    void aViewerThatHasTimeLeftIsNotCut() {
        ByHand clock = new ByHand();
        FrameFlow flow = watched(clock, Duration.ofHours(1));
        flow.write(ByteBuffer.allocateDirect(100), false, completion);

        assertThat(clock.planned).hasSize(1);
        clock.planned.get(0).run();

        assertThat(cuts.get()).isZero();
        assertThat(error.get()).isNull();
        DataBufferUtils.release(cancelled(flow));
        assertThat(failure.get()).hasMessage("the viewer has gone");
    }

    private DataBuffer cancelled(FrameFlow flow) {
        flow.cancel();
        return underWay.get();
    }

    @Test
    void whoHasEndedIsNotLookedAtAnyMore() {
        ByHand clock = new ByHand();
        watched(clock, Duration.ofHours(1)).fail(new IllegalStateException("no picture"));
        assertThat(clock.planned).as("failed").isEmpty();
        watched(clock, Duration.ofHours(1)).cancel();
        assertThat(clock.planned).as("left").isEmpty();
        FrameFlow last = watched(clock, Duration.ofHours(1));
        assertThat(clock.planned).hasSize(1);
        last.write(ByteBuffer.allocateDirect(0), true, new Completion() {
            @Override
            public void drained() {}

            @Override
            public void failed(Throwable cause) {
                throw new AssertionError(cause);
            }
        });
        assertThat(clock.planned).as("complete").isEmpty();
    }
}
