package dev.flipbook.spring;

import dev.flipbook.FrameSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Writes a feed to a viewer's response in WebFlux: a reactive stream of frames, each to be flushed, of which at most
 * one is in progress. The only subscriber is the server.
 *
 * <p>On Netty a frame is the shared block itself, and has drained when Netty releases it. Other servers get a copy,
 * because nothing reports when they have read the block; for them the frame has drained when they request the next one.
 */
final class FrameFlow implements Publisher<Publisher<DataBuffer>>, Subscription, FrameSink {

    /**
     * Maximum time for a frame. A viewer that takes nothing for that long is disconnected; Netty would keep it forever.
     */
    private static final Duration FRAME_TIMEOUT = Duration.ofSeconds(30);

    /**
     * A frame in progress.
     *
     * @param sent whether the frame was passed to the server
     */
    private record Turn(ByteBuffer slice, boolean last, Completion completion, boolean sent) {
        Turn begun() {
            return new Turn(slice, last, completion, true);
        }
    }

    private final Consumer<FrameFlow> watch;
    private final DataBufferFactory buffers;
    private final Runnable cut;
    private final Duration patience;
    private final boolean shared;
    private final AtomicLong demand = new AtomicLong(); // frames that the server has requested
    private final AtomicReference<@Nullable Turn> turn = new AtomicReference<>(); // the frame in progress
    private final Disposable.Swap watchdog = Disposables.swap();
    private volatile @Nullable Subscriber<? super Publisher<DataBuffer>> server;
    private volatile boolean over; // whether the response has ended
    private volatile long since; // when the frame in progress was written

    /**
     * @param watch adds this sink to the viewers of its feed
     * @param cut ends the connection even if a write is in progress; does nothing if the server takes care of that
     *     itself
     */
    FrameFlow(Consumer<FrameFlow> watch, DataBufferFactory buffers, Runnable cut) {
        this(watch, buffers, cut, FRAME_TIMEOUT);
    }

    FrameFlow(Consumer<FrameFlow> watch, DataBufferFactory buffers, Runnable cut, Duration patience) {
        this.watch = watch;
        this.buffers = buffers;
        this.cut = cut;
        this.patience = patience;
        this.shared = NettySlice.fits(buffers);
    }

    @Override
    public void subscribe(Subscriber<? super Publisher<DataBuffer>> subscriber) {
        server = subscriber;
        subscriber.onSubscribe(this);
        try {
            watch.accept(this);
        } catch (RuntimeException e) {
            over = true;
            subscriber.onError(e);
            return;
        }
        long period = Math.max(1, patience.toMillis() / 3);
        watchdog.update(Schedulers.parallel().schedulePeriodically(this::look, period, period, TimeUnit.MILLISECONDS));
    }

    @Override
    public void request(long n) {
        demand.addAndGet(Math.min(n, Integer.MAX_VALUE)); // limited so that the sum cannot overflow
        Turn now = turn.get();
        if (now != null && now.sent() && !shared) {
            done(now);
        } else if (now != null && !now.sent()) {
            send(now);
        }
    }

    @Override
    public void cancel() {
        over = true;
        watchdog.dispose();
        Turn now = turn.get();
        if (now != null && (!shared || !now.sent())) { // otherwise Netty still releases it
            done(now);
        }
    }

    @Override
    public void write(ByteBuffer slice, boolean last, Completion completion) {
        if (over) {
            completion.failed(new IOException("the viewer has gone"));
            return;
        }
        since = System.nanoTime();
        Turn next = new Turn(slice, last, completion, false);
        turn.set(next);
        if (over) { // cancelled in between, when cancel() could not see this frame
            done(next);
            return;
        }
        if (demand.get() > 0) {
            send(next);
        }
    }

    /** Passes a frame to the server, unless another thread does. */
    private void send(Turn next) {
        Turn begun = next.begun();
        Subscriber<? super Publisher<DataBuffer>> to = server;
        if (to == null || !turn.compareAndSet(next, begun)) {
            return;
        }
        if (!next.slice().hasRemaining()) {
            done(begun); // the end of a feed that never had a picture
            return;
        }
        demand.decrementAndGet();
        to.onNext(Mono.just(shared ? NettySlice.of(buffers, next.slice(), () -> done(begun)) : copy(next.slice())));
    }

    private DataBuffer copy(ByteBuffer slice) {
        DataBuffer copy = buffers.allocateBuffer(slice.remaining());
        copy.write(slice.duplicate());
        return copy;
    }

    private void done(Turn which) {
        if (!turn.compareAndSet(which, null)) {
            return;
        }
        if (over) {
            which.completion().failed(new IOException("the viewer has gone"));
            return;
        }
        which.completion().drained();
        Subscriber<? super Publisher<DataBuffer>> to = server;
        if (which.last() && to != null) {
            over = true;
            watchdog.dispose();
            to.onComplete();
        }
    }

    /** Fails the response, if nothing has been written. */
    void fail(Throwable why) {
        Subscriber<? super Publisher<DataBuffer>> to = server;
        if (!over && to != null) {
            over = true;
            watchdog.dispose();
            to.onError(why);
        }
    }

    /**
     * Ends the connection. An error alone would wait for the frame in progress, which Netty releases only when the
     * connection ends.
     */
    @Override
    public void cut() {
        cut.run();
    }

    private void look() {
        Turn now = turn.get();
        Subscriber<? super Publisher<DataBuffer>> to = server;
        if (now != null && System.nanoTime() - since > patience.toNanos() && !over && to != null) {
            cancel();
            cut.run();
            to.onError(new TimeoutException("the viewer took nothing for " + patience.toSeconds() + " s"));
        }
    }
}
