package dev.flipbook;

import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedStatus.State;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.BlockText;
import dev.flipbook.mjpeg.Framing;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One feed with a clock that the test moves, memory of its own, and an executor that works on the calling thread or holds
 * its work back until the test lets it. Only a source has a thread, its own.
 */
final class Stage implements AutoCloseable {

    final FakeTicker ticker = new FakeTicker();
    final BlockPool pool;
    final Feed feed;
    private final Interrupted newest;
    private final Deque<Runnable> held = new ArrayDeque<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private boolean holding;

    private final Deque<Runnable> work = new ArrayDeque<>();
    private boolean busy;
    private @Nullable Runnable refusal;

    private Stage(@Nullable FrameSource source, long ceiling) {
        this(source, ceiling, VariantMaker::imageIo);
    }

    private Stage(@Nullable FrameSource source, long ceiling, Supplier<VariantMaker> maker) {
        pool = new BlockPool(ceiling);
        FeedOptions options = new FeedOptions(
                Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(5), ceiling);
        newest = new Interrupted("b0unDarY", ticker, pool);
        feed = new Feed(
                "front-door",
                newest,
                "b0unDarY",
                source,
                options,
                ticker,
                pool,
                new Backoff(new Random(1)),
                this::execute,
                this::encode,
                this::thread,
                maker);
    }

    /** One whose variants are made by these. */
    static Stage forVariants(@Nullable FrameSource source, Supplier<VariantMaker> maker) {
        return new Stage(source, 64 << 20, maker);
    }

    /** The same with this much memory. */
    static Stage forVariants(Supplier<VariantMaker> maker, long ceiling) {
        return new Stage(null, ceiling, maker);
    }

    static Stage forProgram() {
        return new Stage(null, 64 << 20);
    }

    static Stage forProgram(long ceiling) {
        return new Stage(null, ceiling);
    }

    static Stage showing(FrameSource source) {
        return new Stage(source, 64 << 20);
    }

    static Stage showing(FrameSource source, long ceiling) {
        return new Stage(source, ceiling);
    }

    /** Has this done once, right after somebody has looked for a newer turn and found none. */
    void afterALookInVain(Runnable action) {
        newest.action = action;
    }

    /** Shows what it is given, and does something else in the moment after a look. */
    private static final class Interrupted extends Newest {

        private @Nullable Runnable action;

        Interrupted(String boundary, Ticker ticker, BlockPool pool) {
            super(boundary, ticker, pool);
        }

        @Override
        @Nullable
        Turn takeNewer(long than) {
            Turn turn = super.takeNewer(than);
            Runnable now = action;
            if (turn == null && now != null) {
                action = null;
                now.run();
            }
            return turn;
        }
    }

    /** A block that somebody else holds. */
    Block takeMemory() {
        Jpeg picture = Jpeg.check(ByteBuffer.wrap(Pictures.jpeg(16, 16)));
        return pool.block(picture, new BlockText("image/jpeg", "x"), 0, false).orElseThrow();
    }

    private void execute(Runnable work) {
        if (holding) {
            held.add(work);
        } else {
            work.run();
        }
    }

    private void encode(Runnable task) {
        Runnable meanwhile = refusal;
        if (meanwhile != null) {
            refusal = null;
            meanwhile.run();
            throw new RejectedExecutionException("no thread is to be had");
        }
        if (busy) {
            work.add(task);
        } else {
            execute(task);
        }
    }

    /** From now on what is to be encoded waits for {@link #encodeNext}. For tests on one thread. */
    void beBusy() {
        busy = true;
    }

    /** The next picture that is to be encoded finds no thread, and this happens meanwhile. */
    void refuseNext(Runnable meanwhile) {
        refusal = meanwhile;
    }

    /** Encodes one picture of those that wait. */
    void encodeNext() {
        work.remove().run();
    }

    /** How many pictures wait to be encoded. */
    int waitingToBeEncoded() {
        return work.size();
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "source");
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    /** From now on what the feed gives to its executor waits for {@link #letGo}. For tests on one thread. */
    void hold() {
        holding = true;
    }

    void letGo() {
        holding = false;
        while (!held.isEmpty()) {
            held.remove().run();
        }
    }

    FakeSink quickViewer() {
        FakeSink sink = FakeSink.quick();
        feed.watch(sink, Framing.STRICT);
        return sink;
    }

    FakeSink slowViewer() {
        FakeSink sink = FakeSink.slow();
        feed.watch(sink, Framing.STRICT);
        return sink;
    }

    void publish(long number) {
        feed.publish(Pictures.numbered(number, 100));
    }

    /** Lets time pass as the registry does, with a tick every 100 ms. */
    void pass(Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 100) {
            ticker.advance(Duration.ofMillis(Math.min(100, left)));
            feed.tick();
        }
    }

    /** Waits for what a source thread does by itself; no time passes. Offline it is also waited for that the source is closed, as only then a next try is due. */
    void awaitState(State state) {
        await().until(() -> {
            FeedStatus status = feed.status();
            return status.state() == state
                    && (state != State.OFFLINE || status.nextTry().isPresent());
        });
    }

    /** Lets time pass from try to try until the source counts as offline, and not a tick more. */
    void awaitOutage() {
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            FeedStatus status = feed.status();
            if (status.nextTry().isPresent() && status.state() == State.LIVE) {
                pass(Duration.between(ticker.now(), status.nextTry().get()).plusMillis(1));
            }
            return status.nextTry().isPresent() && status.state() == State.OFFLINE;
        });
    }

    void awaitFrames(long count) {
        await().until(() -> feed.status().frames() == count);
    }

    long sourceThreads() {
        return threads.stream().filter(Thread::isAlive).count();
    }

    void awaitNoThreads() {
        await().until(() -> sourceThreads() == 0);
    }

    @Override
    public void close() {
        feed.close();
    }
}
