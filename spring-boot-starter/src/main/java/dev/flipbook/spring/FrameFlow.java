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
 * A viewer's response in WebFlux as a sink: a flow of frames, each to be flushed, of which never more than one is under way. For
 * one subscriber, which is the server.
 *
 * <p>On Netty a frame is the shared block itself, and has drained when Netty lets go of it. Other servers get a copy, as nothing
 * tells when they have read it; it has drained when they ask for the next one.
 */
final class FrameFlow implements Publisher<Publisher<DataBuffer>>, Subscription, FrameSink {

    /** A viewer that takes nothing for so long goes: Netty itself would keep it for ever. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** One that is under way. */
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
    private final AtomicLong demand = new AtomicLong();
    private final AtomicReference<@Nullable Turn> turn = new AtomicReference<>();
    private final Disposable.Swap watchdog = Disposables.swap();
    private volatile @Nullable Subscriber<? super Publisher<DataBuffer>> server;
    private volatile boolean over;
    private volatile long since;

    /**
     * @param watch adds this to the viewers of its feed
     * @param cut ends the connection, whatever is under way on it; does nothing where the server takes care of that itself
     */
    FrameFlow(Consumer<FrameFlow> watch, DataBufferFactory buffers, Runnable cut) {
        this(watch, buffers, cut, PATIENCE);
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
        demand.addAndGet(Math.min(n, Integer.MAX_VALUE)); // the sum of them fits
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
        if (now != null && (!shared || !now.sent())) { // else Netty still lets go of it
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
        if (over) { // cancelled meanwhile, perhaps before this was there
            done(next);
            return;
        }
        if (demand.get() > 0) {
            send(next);
        }
    }

    /** Hands it to the server, unless another thread does. */
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

    /** There is nothing to be written, and nothing was: why. */
    void fail(Throwable why) {
        Subscriber<? super Publisher<DataBuffer>> to = server;
        if (!over && to != null) {
            over = true;
            watchdog.dispose();
            to.onError(why);
        }
    }

    /** Netty lets go of what is under way only when the connection ends: an error alone would wait behind it. */
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
