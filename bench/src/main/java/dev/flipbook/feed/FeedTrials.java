package dev.flipbook.feed;

import dev.flipbook.Frame;
import dev.flipbook.delivery.CurrentEdition;
import dev.flipbook.delivery.Edition;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.Numbered;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Frames that are published while another thread wakes viewers, adds one, removes one, or takes the newest frame. */
public class FeedTrials {

    /**
     * The newest frame is taken again and again while newer frames are published into reused memory. Each time there
     * must be a frame, whole and not older than the frame that was taken before.
     */
    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "each was the newest")
    @Outcome(id = "1, .*", expect = Expect.FORBIDDEN, desc = "there was none")
    @Outcome(id = "2, .*", expect = Expect.FORBIDDEN, desc = "another frame's bytes")
    @Outcome(id = "3, .*", expect = Expect.FORBIDDEN, desc = "an older one")
    @Outcome(expect = Expect.FORBIDDEN, desc = "memory is lost")
    @State
    public static class TakenWhilePublished {

        private static final int PICTURES = 4;
        private static final int PUBLISHED = 30;
        private static final int TAKEN = 200;
        private static final Frame[] FRAMES =
                IntStream.rangeClosed(1, 9).mapToObj(Trial::frame).toArray(Frame[]::new);

        private final BlockPool pool = Numbered.pool(PICTURES);
        private final CurrentEdition newest = Trial.newest(pool);

        TakenWhilePublished() {
            newest.publish(FRAMES[0]);
        }

        @Actor
        public void viewer(II_Result result) {
            long before = 0;
            for (int i = 0; i < TAKEN && result.r1 == 0; i++) {
                Edition edition = newest.takeNewer(0);
                result.r1 = fault(edition, before);
                before = edition == null ? 0 : edition.sequence();
            }
        }

        private static int fault(@Nullable Edition edition, long before) {
            Block block = edition == null ? null : edition.block();
            if (edition == null || block == null) {
                return 1;
            }
            boolean whole = Numbered.in(block.picture()) == (edition.sequence() - 1) % FRAMES.length + 1;
            edition.release();
            if (!whole) {
                return 2;
            }
            return edition.sequence() < before ? 3 : 0;
        }

        @Actor
        public void program() {
            for (int i = 1; i < PUBLISHED; i++) {
                newest.publish(FRAMES[i % FRAMES.length]);
            }
        }

        @Arbiter
        public void after(II_Result result) {
            result.r2 = Numbered.held(1, pool, PICTURES) ? 0 : 1;
        }
    }

    /** A frame comes just when the task runs that wakes the viewers for the previous frame. */
    @JCStressTest
    @Outcome(id = "123, 0, 0", expect = Expect.ACCEPTABLE, desc = "the task had run: another was asked for")
    @Outcome(id = "13, 1, 0", expect = Expect.ACCEPTABLE, desc = "the task finds the newer one")
    @Outcome(expect = Expect.FORBIDDEN, desc = "nobody wakes the viewer, or it is lost: see Trial")
    @State
    public static class PublishedWhileWaking {

        private final Trial trial = Trial.wakingLater(Peer.quick());

        PublishedWhileWaking() {
            trial.watch();
            trial.accompany(8);
            trial.feed.publish(Trial.ONE);
            trial.work();
            trial.feed.publish(Trial.TWO);
        }

        @Actor
        public void waker() {
            trial.work();
        }

        @Actor
        public void program() {
            trial.feed.publish(Trial.THREE);
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judge(result);
        }
    }

    /** A viewer comes just when a frame is published. */
    @JCStressTest
    @Outcome(
            id = {"12, 0, 0", "2, 0, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "the viewer has it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "asleep, lost, or torn: see Trial")
    @State
    public static class ComesWhilePublished {

        private final Trial trial = Trial.of(Peer.quick());

        ComesWhilePublished() {
            trial.feed.publish(Trial.ONE);
        }

        @Actor
        public void peer() {
            trial.watch();
        }

        @Actor
        public void program() {
            trial.feed.publish(Trial.TWO);
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judge(result);
        }
    }

    /** A viewer's connection breaks just when a frame is published. */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "it gets nothing any more, and holds nothing")
    @Outcome(expect = Expect.FORBIDDEN, desc = "still there, written to, or memory lost: see Trial")
    @State
    public static class LeavesWhilePublished {

        private final Trial trial = Trial.watched(Peer.slow());

        @Actor
        public void peer() {
            trial.peer.leave();
        }

        @Actor
        public void program() {
            trial.feed.publish(Trial.TWO);
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judgeGone(0, result);
        }
    }
}
