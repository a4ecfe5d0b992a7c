package dev.flipbook.feed;

import dev.flipbook.FeedOptions;
import dev.flipbook.Frame;
import dev.flipbook.Ticker;
import dev.flipbook.Variant;
import dev.flipbook.Viewer;
import dev.flipbook.delivery.CurrentEdition;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.mjpeg.Numbered;
import dev.flipbook.origin.ProgramOrigin;
import java.time.Instant;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A feed with memory of its own and one viewer's connection, made for a single race. The result has three numbers: the
 * pictures that the peer was sent, as digits in their order; the number of frames that it missed; and the sum of all
 * faults, 0 if there are none.
 */
final class Trial {

    static final Frame ONE = frame(1);
    static final Frame TWO = frame(2);
    static final Frame THREE = frame(3);
    private static final Frame FOUR = frame(4);

    // the faults, of which the third number is the sum
    private static final int BROKE_THE_RULES = 1; // see Peer
    private static final int ASLEEP = 10;
    private static final int LOST = 100;
    private static final int WRONG_COUNT = 1000;
    private static final int WRONG_END = 10_000;
    private static final int STILL_THERE = 100_000;
    private static final int MEMORY_LOST = 1_000_000;

    /**
     * Pictures in the pool. The feed needs four: the newest, an older one that a viewer holds, one that is being
     * filled, and one more, so that a loss of memory shows. A variant needs four too.
     */
    private static final int PICTURES = 8;

    /** A variant whose pictures differ from the feed's own. */
    private static final Variant VARIANT = new Variant(0, 0, 50, 0);

    /** A clock that stands still. */
    private static final Ticker TICKER = new Ticker() {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public void sleepUntil(long nanos) {
            throw new IllegalStateException("nothing waits in a trial");
        }
    };

    private final BlockPool pool = Numbered.pool(PICTURES);
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    final Peer peer;
    final Feed feed;
    private @Nullable Viewer viewer;
    private int others;

    private Trial(Peer peer, boolean wakesLater, boolean encodesLater) {
        this.peer = peer;
        Executor executor = wakesLater ? tasks::add : Runnable::run;
        Executor encoders = encodesLater ? tasks::add : Runnable::run;
        Machinery machinery = new Machinery(TICKER, pool, executor, encoders, Thread::new, Copier::new);
        this.feed = new Feed("tried", "b", FeedOptions.DEFAULT, machinery, ProgramOrigin::new);
    }

    /** A maker whose variant is the picture itself. */
    private static final class Copier implements VariantMaker {

        @Override
        public String name() {
            return "copier";
        }

        @Override
        public Jpeg make(Jpeg picture, Change change) {
            return picture;
        }
    }

    /** A trial whose viewers are woken by the thread that publishes. */
    static Trial of(Peer peer) {
        return new Trial(peer, false, false);
    }

    /** A trial of the same kind with a viewer that has been sent the first picture, or is being sent it. */
    static Trial watched(Peer peer) {
        Trial trial = of(peer);
        trial.watch();
        trial.feed.publish(ONE);
        return trial;
    }

    /** A trial whose viewers are woken by the thread that calls {@link #work}. */
    static Trial wakingLater(Peer peer) {
        return new Trial(peer, true, false);
    }

    /** A trial whose variants are made by the thread that calls {@link #work}. */
    static Trial makingLater(Peer peer) {
        return new Trial(peer, false, true);
    }

    static Frame frame(int number) {
        return Frame.of(Numbered.picture(number), 0, 0);
    }

    static CurrentEdition newest(BlockPool pool) {
        return new CurrentEdition("b", TICKER, pool);
    }

    void watch() {
        viewer = feed.watch(peer, Framing.BROWSER);
    }

    void watchVariant() {
        viewer = feed.watch(peer, Framing.BROWSER, 0, VARIANT);
    }

    /** The viewer of the peer. */
    Viewer viewer() {
        return Objects.requireNonNull(viewer);
    }

    /** Adds this number of other viewers, so that waking all viewers takes longer. */
    void accompany(int count) {
        for (int i = 0; i < count; i++) {
            feed.watch(Peer.quick(), Framing.BROWSER);
        }
        others += count;
    }

    /** Runs what was given to the executor. */
    void work() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /**
     * Judges a race, after it, on one thread. The peer takes what it was sent, and must then have the newest frame. One
     * more frame is published, which the peer must get too. Then the feed is closed.
     */
    void judge(III_Result result) {
        int faults = 0;
        settle();
        result.r1 = peer.sent();
        result.r2 = (int) viewer().skipped();
        if (peer.shown() != newestNumber()) {
            faults += ASLEEP;
        }
        if (viewer().sent() + viewer().skipped() != feed.broadcast().sequence() - peer.cameAfter()) {
            faults += WRONG_COUNT;
        }
        feed.publish(FOUR);
        settle();
        if (feed.viewers() != 1 + others || peer.shown() != 4) {
            faults += LOST;
        }
        feed.close();
        result.r3 = faults + judgeEnd(1);
    }

    /** Judges a race after which the viewer must have left, because the feed was closed or the peer has gone. */
    void judgeGone(int ends, III_Result result) {
        settle();
        result.r1 = peer.sent();
        feed.close();
        result.r3 = judgeEnd(ends);
    }

    private int judgeEnd(int ends) {
        settle();
        int faults = peer.brokenRules() ? BROKE_THE_RULES : 0;
        if (peer.ends() != ends) {
            faults += WRONG_END;
        }
        if (feed.viewers() != 0) {
            faults += STILL_THERE;
        }
        if (!Numbered.held(0, pool, PICTURES)) {
            faults += MEMORY_LOST;
        }
        return faults;
    }

    private void settle() {
        do {
            work();
        } while (peer.drain());
    }

    private int newestNumber() {
        return feed.newest().map(frame -> (int) frame.bytes()[0]).orElse(0);
    }
}
