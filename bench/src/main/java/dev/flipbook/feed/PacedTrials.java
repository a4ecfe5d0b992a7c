package dev.flipbook.feed;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A viewer whose peer says when it wants a frame, or that leaves, while something else happens. */
public class PacedTrials {

    private static final String WRONG = "still there, left twice, or memory lost: see Trial";

    /** The peer becomes ready just when a frame comes. */
    @JCStressTest
    @Outcome(id = "12, 0, 0", expect = Expect.ACCEPTABLE, desc = "the viewer has it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "asleep, lost, or torn: see Trial")
    @State
    public static class ReadyWhilePublished {

        private final Trial trial = Trial.watched(Peer.quick());

        ReadyWhilePublished() {
            trial.peer.ready(false);
        }

        @Actor
        public void peer() {
            trial.peer.ready(true);
            trial.viewer().wake();
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

    /** The peer becomes ready just when its write has drained and the viewer looks for a newer frame. */
    @JCStressTest
    @Outcome(id = "12, 0, 0", expect = Expect.ACCEPTABLE, desc = "the viewer has it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "asleep, lost, or torn: see Trial")
    @State
    public static class ReadyWhileDraining {

        private final Trial trial = Trial.watched(Peer.slow());

        ReadyWhileDraining() {
            trial.feed.publish(Trial.TWO);
            trial.peer.ready(false);
        }

        @Actor
        public void peer() {
            trial.peer.drain();
        }

        @Actor
        public void another() {
            trial.peer.ready(true);
            trial.viewer().wake();
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judge(result);
        }
    }

    /** The viewer leaves just when its write has drained and a newer frame is there. */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "left before it looked")
    @Outcome(id = "12, 0, 0", expect = Expect.ACCEPTABLE, desc = "left behind its next frame")
    @Outcome(expect = Expect.FORBIDDEN, desc = WRONG)
    @State
    public static class LeavesWhileDraining {

        private final Trial trial = Trial.watched(Peer.slow());

        LeavesWhileDraining() {
            trial.feed.publish(Trial.TWO);
        }

        @Actor
        public void peer() {
            trial.peer.drain();
        }

        @Actor
        public void another() {
            trial.viewer().leave();
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judgeGone(0, result);
        }
    }

    /** The viewer leaves just when a frame comes and another thread makes the viewer leave too. */
    @JCStressTest
    @Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "left first")
    @Outcome(id = "12, 0, 0", expect = Expect.ACCEPTABLE, desc = "published first")
    @Outcome(expect = Expect.FORBIDDEN, desc = WRONG)
    @State
    public static class LeavesTwiceWhilePublished {

        private final Trial trial = Trial.watched(Peer.quick());

        @Actor
        public void program() {
            trial.feed.publish(Trial.TWO);
            trial.viewer().leave();
        }

        @Actor
        public void another() {
            trial.viewer().leave();
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judgeGone(0, result);
        }
    }
}
