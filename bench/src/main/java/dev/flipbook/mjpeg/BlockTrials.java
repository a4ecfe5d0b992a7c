package dev.flipbook.mjpeg;

import dev.flipbook.jpeg.Jpeg;
import java.nio.ByteBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Blocks that two threads use at the same time. */
public class BlockTrials {

    private static final int PICTURES = 2;
    private static final Jpeg ONE = Numbered.picture(1);
    private static final Jpeg TWO = Numbered.picture(2);

    private static Block block(BlockPool pool, Jpeg picture) {
        return pool.block(picture, Numbered.TEXT, 0, false).orElseThrow();
    }

    /** A viewer retains a block while the feed releases the block and fills the free memory with the next frame. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "too late: the viewer looks for the next one")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "held: the bytes stay")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the viewer reads another frame, or memory is lost")
    @State
    public static class RetainedOrReused {

        private final BlockPool pool = Numbered.pool(1);
        private final Block block = block(pool, ONE);

        @Actor
        public void viewer(II_Result result) {
            if (block.retain()) {
                result.r1 = Numbered.in(block.picture());
                block.release();
            }
        }

        @Actor
        public void feed() {
            block.release();
            pool.block(TWO, Numbered.TEXT, 0, false).ifPresent(Block::release);
        }

        @Arbiter
        public void after(II_Result result) {
            result.r2 = Numbered.held(0, pool, 1) ? 1 : 0;
        }
    }

    /** Two holders release a block at the same time. */
    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "the memory goes back, once")
    @Outcome(expect = Expect.FORBIDDEN, desc = "kept for ever, or given to two")
    @State
    public static class ReleasedByTwo {

        private final BlockPool pool = Numbered.pool(1);
        private final Block block = block(pool, ONE);

        ReleasedByTwo() {
            if (!block.retain()) {
                throw new AssertionError("it has a holder");
            }
        }

        @Actor
        public void feed() {
            block.release();
        }

        @Actor
        public void viewer() {
            block.release();
        }

        @Arbiter
        public void after(I_Result result) {
            result.r1 = Numbered.held(0, pool, 1) ? 1 : 0;
        }
    }

    /** Two feeds take memory at the same time. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "each has its own")
    @Outcome(expect = Expect.FORBIDDEN, desc = "one writes into the memory of the other")
    @State
    public static class TakenByTwo {

        private final BlockPool pool = Numbered.pool(PICTURES);
        private ByteBuffer first = ByteBuffer.allocate(0);
        private ByteBuffer second = ByteBuffer.allocate(0);

        @Actor
        public void oneFeed() {
            first = block(pool, ONE).picture();
        }

        @Actor
        public void another() {
            second = block(pool, TWO).picture();
        }

        @Arbiter
        public void after(II_Result result) {
            result.r1 = Numbered.in(first);
            result.r2 = Numbered.held(PICTURES, pool, PICTURES) ? Numbered.in(second) : 0;
        }
    }
}
