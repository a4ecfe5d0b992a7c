package dev.flipbook.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.FrameSink;
import dev.flipbook.FrameSink.Completion;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.time.Duration;
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
import reactor.core.publisher.Mono;

@Timeout(180)
class FrameFlowTest {

    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicReference<DataBuffer> underWay = new AtomicReference<>();
    private final AtomicReference<Throwable> error = new AtomicReference<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** A server that takes one frame and never lets go of it, as Netty does for a peer that does not read. */
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
}
