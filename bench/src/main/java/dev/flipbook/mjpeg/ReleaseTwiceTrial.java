package dev.flipbook.mjpeg;

import java.nio.ByteBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The feed and a viewer let go of a block at once: its memory goes back, once. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "given back once")
@Outcome(expect = Expect.FORBIDDEN, desc = "kept for ever, or given to two")
@State
public class ReleaseTwiceTrial {

    private static final int BYTES = 64;

    private final BlockPool pool = new BlockPool(BYTES);
    private final Block block = new Block(pool, ByteBuffer.allocate(BYTES));

    public ReleaseTwiceTrial() {
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
        result.r1 = (int) -pool.usedBytes() / BYTES; // below 0, as the memory was not taken from it
    }
}
