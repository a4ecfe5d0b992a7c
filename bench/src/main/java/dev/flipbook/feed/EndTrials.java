package dev.flipbook.feed;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A feed that is closed while something else happens. A viewer must get the end exactly once, and all memory must go
 * back to the pool.
 */
public class EndTrials {

    private static final String WRONG = "no end, two, still there, or memory lost: see Trial";

    /** A frame is published just when the feed is closed. The end shows the last picture once more. */
    @JCStressTest
    @Outcome(id = "11, 0, 0", expect = Expect.ACCEPTABLE, desc = "closed first: the frame is ignored")
    @Outcome(id = "122, 0, 0", expect = Expect.ACCEPTABLE, desc = "published first")
    @Outcome(id = "12, 0, 0", expect = Expect.ACCEPTABLE, desc = "published first, and the end has overtaken it")
    @Outcome(expect = Expect.FORBIDDEN, desc = WRONG)
    @State
    public static class ClosedWhilePublished {

        private final Trial trial = Trial.watched(Peer.quick());

        @Actor
        public void owner() {
            trial.feed.close();
        }

        @Actor
        public void program() {
            trial.feed.publish(Trial.TWO);
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judgeGone(1, result);
        }
    }

    /** The end comes just when a viewer has drained. */
    @JCStressTest
    @Outcome(id = "11, 0, 0", expect = Expect.ACCEPTABLE, desc = "the viewer has it")
    @Outcome(expect = Expect.FORBIDDEN, desc = WRONG)
    @State
    public static class ClosedWhileDraining {

        private final Trial trial = Trial.watched(Peer.slow());

        @Actor
        public void owner() {
            trial.feed.close();
        }

        @Actor
        public void peer() {
            trial.peer.drain();
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judgeGone(1, result);
        }
    }

    /** A viewer comes just when the feed is closed. */
    @JCStressTest
    @Outcome(id = "11, 0, 0", expect = Expect.ACCEPTABLE, desc = "came first: the picture, and the end")
    @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "the end alone")
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "closed first: an empty response")
    @Outcome(expect = Expect.FORBIDDEN, desc = WRONG)
    @State
    public static class ComesWhileClosed {

        private final Trial trial = Trial.of(Peer.quick());

        ComesWhileClosed() {
            trial.feed.publish(Trial.ONE);
        }

        @Actor
        public void owner() {
            trial.feed.close();
        }

        @Actor
        public void peer() {
            trial.watch();
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judgeGone(1, result);
        }
    }

    /** The last viewer's connection breaks just when the feed is closed. */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "gone without an end, and the memory is back")
    @Outcome(expect = Expect.FORBIDDEN, desc = WRONG)
    @State
    public static class LeavesWhileClosed {

        private final Trial trial = Trial.watched(Peer.slow());

        @Actor
        public void owner() {
            trial.feed.close();
        }

        @Actor
        public void peer() {
            trial.peer.leave();
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judgeGone(0, result);
        }
    }
}
