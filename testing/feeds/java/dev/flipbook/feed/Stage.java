package dev.flipbook.feed;

import static org.awaitility.Awaitility.await;

import dev.flipbook.FeedOptions;
import dev.flipbook.FeedStatus;
import dev.flipbook.FeedStatus.State;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.CurrentEdition;
import dev.flipbook.delivery.Edition;
import dev.flipbook.delivery.FakeSink;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.delivery.Pictures;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.BlockText;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.origin.Backoff;
import dev.flipbook.origin.Inlet;
import dev.flipbook.origin.Origin;
import dev.flipbook.origin.ProgramOrigin;
import dev.flipbook.origin.PublisherOrigin;
import dev.flipbook.origin.SourceRunner;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One feed with a clock that the test moves, memory of its own, and an executor that works on the calling thread or holds
 * its work back until the test lets it. Only a source has a thread, its own.
 */
public final class Stage implements AutoCloseable {

    public final FakeTicker ticker = new FakeTicker();
    public final BlockPool pool;
    public final Feed feed;
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
        this(origin(source), ceiling, maker);
    }

    private static Function<Inlet, Origin> origin(@Nullable FrameSource source) {
        Backoff backoff = new Backoff(new Random(1));
        return inlet -> source == null ? new ProgramOrigin(inlet) : new SourceRunner(inlet, source, backoff);
    }

    private Stage(Function<Inlet, Origin> origin, long ceiling, Supplier<VariantMaker> maker) {
        pool = new BlockPool(ceiling);
        FeedOptions options = new FeedOptions(
                Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(5), ceiling);
        newest = new Interrupted("b0unDarY", ticker, pool);
        Machinery machinery = new Machinery(ticker, pool, this::execute, this::encode, this::thread, maker);
        feed = new Feed("front-door", "b0unDarY", newest, options, machinery, origin);
    }

    /** One whose variants are made by these. */
    public static Stage forVariants(@Nullable FrameSource source, Supplier<VariantMaker> maker) {
        return new Stage(source, 64 << 20, maker);
    }

    /** The same with this much memory. */
    public static Stage forVariants(Supplier<VariantMaker> maker, long ceiling) {
        return new Stage((FrameSource) null, ceiling, maker);
    }

    /** One that is open to other programs. */
    public static Stage forPublishers() {
        return new Stage(inlet -> new PublisherOrigin(inlet, SourceOptions.DEFAULT), 64 << 20, VariantMaker::imageIo);
    }

    public static Stage forProgram() {
        return new Stage(null, 64 << 20);
    }

    public static Stage forProgram(long ceiling) {
        return new Stage(null, ceiling);
    }

    public static Stage showing(FrameSource source) {
        return new Stage(source, 64 << 20);
    }

    public static Stage showing(FrameSource source, long ceiling) {
        return new Stage(source, ceiling);
    }

    /** Has this done once, right after somebody has looked for a newer edition and found none. */
    public void afterALookInVain(Runnable action) {
        newest.action = action;
    }

    /** Shows what it is given, and does something else in the moment after a look. */
    private static final class Interrupted extends CurrentEdition {

        private @Nullable Runnable action;

        Interrupted(String boundary, Ticker ticker, BlockPool pool) {
            super(boundary, ticker, pool);
        }

        @Override
        @Nullable
        public Edition takeNewer(long than) {
            Edition edition = super.takeNewer(than);
            Runnable now = action;
            if (edition == null && now != null) {
                action = null;
                now.run();
            }
            return edition;
        }
    }

    /** A block that somebody else holds. */
    public Block takeMemory() {
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
    public void beBusy() {
        busy = true;
    }

    /** The next picture that is to be encoded finds no thread, and this happens meanwhile. */
    public void refuseNext(Runnable meanwhile) {
        refusal = meanwhile;
    }

    /** Encodes one picture of those that wait. */
    public void encodeNext() {
        work.remove().run();
    }

    /** How many pictures wait to be encoded. */
    public int waitingToBeEncoded() {
        return work.size();
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "source");
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    /** From now on what the feed gives to its executor waits for {@link #letGo}. For tests on one thread. */
    public void hold() {
        holding = true;
    }

    public void letGo() {
        holding = false;
        while (!held.isEmpty()) {
            held.remove().run();
        }
    }

    public FakeSink quickViewer() {
        FakeSink sink = FakeSink.quick();
        feed.watch(sink, Framing.STRICT);
        return sink;
    }

    public FakeSink slowViewer() {
        FakeSink sink = FakeSink.slow();
        feed.watch(sink, Framing.STRICT);
        return sink;
    }

    public void publish(long number) {
        feed.publish(Pictures.numbered(number, 100));
    }

    /** One look of the registry. */
    public void tick() {
        feed.tick();
    }

    /** Lets time pass as the registry does, with a tick every 100 ms. */
    public void pass(Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 100) {
            ticker.advance(Duration.ofMillis(Math.min(100, left)));
            feed.tick();
        }
    }

    /** Waits for what a source thread does by itself; no time passes. Offline it is also waited for that the source is closed, as only then a next try is due. */
    public void awaitState(State state) {
        await().until(() -> {
            FeedStatus status = feed.status();
            return status.state() == state
                    && (state != State.OFFLINE || status.nextTry().isPresent());
        });
    }

    /** Lets time pass from try to try until the source counts as offline, and not a tick more. */
    public void awaitOutage() {
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            FeedStatus status = feed.status();
            if (status.nextTry().isPresent() && status.state() == State.LIVE) {
                pass(Duration.between(ticker.now(), status.nextTry().get()).plusMillis(1));
            }
            return status.nextTry().isPresent() && status.state() == State.OFFLINE;
        });
    }

    public void awaitFrames(long count) {
        await().until(() -> feed.status().frames() == count);
    }

    public long sourceThreads() {
        return threads.stream().filter(Thread::isAlive).count();
    }

    public void awaitNoThreads() {
        await().until(() -> sourceThreads() == 0);
    }

    @Override
    public void close() {
        feed.close();
    }
}
