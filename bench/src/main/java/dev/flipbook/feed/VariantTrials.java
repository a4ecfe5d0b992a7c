package dev.flipbook.feed;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A variant whose picture is made while the feed goes on, or its viewer leaves. */
public class VariantTrials {

    /** The next frame comes while a variant's picture is made, or just when the variant becomes idle. */
    @JCStressTest
    @Outcome(id = "12, 0, 0", expect = Expect.ACCEPTABLE, desc = "made before the second: its viewer has both")
    @Outcome(id = "2, 0, 0", expect = Expect.ACCEPTABLE, desc = "made after the second: its viewer has the newest")
    @Outcome(expect = Expect.FORBIDDEN, desc = "asleep, lost, or torn: see Trial")
    @State
    public static class MadeWhilePublished {

        private final Trial trial = Trial.makingLater(Peer.quick());

        MadeWhilePublished() {
            trial.watchVariant();
            trial.feed.publish(Trial.ONE);
        }

        @Actor
        public void maker() {
            trial.work();
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

    /**
     * The last viewer leaves while the picture is made: the picture is shown to nobody, and its memory goes back to the
     * pool.
     */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "the viewer is gone, and so is the variant")
    @Outcome(expect = Expect.FORBIDDEN, desc = "kept, or torn: see Trial")
    @State
    public static class MadeWhileTheLastViewerLeaves {

        private final Trial trial = Trial.makingLater(Peer.slow());

        MadeWhileTheLastViewerLeaves() {
            trial.watchVariant();
            trial.feed.publish(Trial.ONE);
            trial.work();
            trial.feed.publish(Trial.TWO);
        }

        @Actor
        public void maker() {
            trial.work();
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

    /** The feed is closed while a variant's picture is made: its viewer's response ends, once. */
    @JCStressTest
    @Outcome(id = "11, 0, 0", expect = Expect.ACCEPTABLE, desc = "the picture, and once more as the last")
    @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "the picture as the last")
    @Outcome(expect = Expect.FORBIDDEN, desc = "not ended, kept, or torn: see Trial")
    @State
    public static class MadeWhileTheFeedIsClosed {

        private final Trial trial = Trial.makingLater(Peer.quick());

        MadeWhileTheFeedIsClosed() {
            trial.watchVariant();
            trial.feed.publish(Trial.ONE);
        }

        @Actor
        public void maker() {
            trial.work();
        }

        @Actor
        public void program() {
            trial.feed.close();
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judgeGone(1, result);
        }
    }
}
