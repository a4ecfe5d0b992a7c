package dev.flipbook.bench;

import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.Block;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.BlockText;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The building of a frame's block in memory that was used before, and its giving back: once for each frame. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BlockBenchmark {

    private static final BlockText TEXT = new BlockText("image/jpeg", "b0unDarYofThirtyTwoLettersOrSo00");

    @Param({"60", "300"})
    public int kilobytes;

    private final BlockPool pool = new BlockPool(16 << 20);
    private Jpeg picture = new Jpeg(java.util.List.of(), 0, 0, 0);
    private long micros = 1_700_000_000_000_000L;

    @Setup
    public void encode() {
        picture = Jpeg.check(ByteBuffer.wrap(SizedPicture.of(kilobytes)));
    }

    @Benchmark
    public Block block() {
        micros += 33_333;
        Block block = pool.block(picture, TEXT, micros, false).orElseThrow();
        block.release();
        return block;
    }
}
