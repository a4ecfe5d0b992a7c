package dev.flipbook.feed;

import dev.flipbook.Frame;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A viewer that drains, or is woken, while frames are published. The viewer must always get the newest frame, and each
 * frame that it misses must be counted.
 */
public class ViewerTrials {

    /** The next frame comes just when a viewer has drained. */
    @JCStressTest
    @Outcome(id = "12, 0, 0", expect = Expect.ACCEPTABLE, desc = "the viewer has it")
    @Outcome(expect = Expect.FORBIDDEN, desc = "asleep, lost, or torn: see Trial")
    @State
    public static class DrainedWhilePublished {

        private final Trial trial = Trial.watched(Peer.slow());

        @Actor
        public void peer() {
            trial.peer.drain();
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
     * {@link DrainedWhilePublished} a hundred times with one viewer. Each time the viewer drains a little earlier or
     * later, because only a few nanoseconds lie between its last look for a frame and its arming. If the viewer gets no
     * frame for a long time, the program stops publishing, and the result shows whether the viewer is asleep.
     */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "the viewer has each of them")
    @Outcome(expect = Expect.FORBIDDEN, desc = "asleep, lost, or torn: see Trial")
    @State
    public static class DrainedWhilePublishedOften {

        private static final int ROUNDS = 100;
        private static final int PATIENCE = 3000;
        private static final Frame[] FRAMES = {Trial.ONE, Trial.TWO, Trial.THREE};

        private final Trial trial = Trial.watched(Peer.slow());

        @Actor
        public void program() {
            for (int round = 1; round < ROUNDS && trial.peer.awaitWrites(round, PATIENCE); round++) {
                trial.feed.publish(FRAMES[round % FRAMES.length]);
            }
        }

        @Actor
        public void peer() {
            int round = 0;
            for (int waited = 0; round < ROUNDS && waited < PATIENCE; waited++) {
                for (int i = round * 7 % 31; i > 0; i--) {
                    Thread.onSpinWait();
                }
                if (trial.peer.drain()) {
                    round++;
                    waited = 0;
                }
            }
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judge(result);
            result.r1 = 0; // the pictures are more than this number can hold
        }
    }

    /** Two frames come while a viewer drains. */
    @JCStressTest
    @Outcome(id = "123, 0, 0", expect = Expect.ACCEPTABLE, desc = "drained before the second: it has both")
    @Outcome(
            id = "13, 1, 0",
            expect = Expect.ACCEPTABLE,
            desc = "drained after the second: it has the newest, and the other is counted")
    @Outcome(expect = Expect.FORBIDDEN, desc = "asleep, lost, or torn: see Trial")
    @State
    public static class DrainedWhileTwoArePublished {

        private final Trial trial = Trial.watched(Peer.slow());

        @Actor
        public void peer() {
            trial.peer.drain();
        }

        @Actor
        public void program() {
            trial.feed.publish(Trial.TWO);
            trial.feed.publish(Trial.THREE);
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judge(result);
        }
    }

    /** A write is completed by another thread before the call of {@code write} has returned. */
    @JCStressTest
    @Outcome(id = "12, 0, 0", expect = Expect.ACCEPTABLE, desc = "the viewer goes on, once")
    @Outcome(expect = Expect.FORBIDDEN, desc = "asleep, lost, or torn: see Trial")
    @State
    public static class CompletedBeforeTheWriteReturns {

        /**
         * Maximum number of times that the peer looks for the write: usually enough to find it. There is a maximum
         * because the write may come after the peer has ended.
         */
        private static final int LOOKS = 300;

        private final Trial trial = Trial.watched(Peer.lingering());

        CompletedBeforeTheWriteReturns() {
            trial.peer.drain();
        }

        @Actor
        public void program() {
            trial.feed.publish(Trial.TWO);
        }

        @Actor
        public void peer() {
            for (int i = 0; i < LOOKS && !trial.peer.drain(); i++) {
                Thread.onSpinWait();
            }
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judge(result);
        }
    }

    /** Two programs publish to one feed, and both wake its viewer. */
    @JCStressTest
    @Outcome(
            id = {"123, 0, 0", "132, 0, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "it has both")
    @Outcome(
            id = {"13, 1, 0", "12, 1, 0"},
            expect = Expect.ACCEPTABLE,
            desc = "it has the newest, and the other is counted")
    @Outcome(expect = Expect.FORBIDDEN, desc = "asleep, lost, or torn: see Trial")
    @State
    public static class WokenByTwo {

        private final Trial trial = Trial.watched(Peer.quick());

        @Actor
        public void oneProgram() {
            trial.feed.publish(Trial.TWO);
        }

        @Actor
        public void another() {
            trial.feed.publish(Trial.THREE);
        }

        @Arbiter
        public void after(III_Result result) {
            trial.judge(result);
        }
    }
}
