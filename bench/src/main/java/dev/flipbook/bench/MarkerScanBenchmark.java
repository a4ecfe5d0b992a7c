package dev.flipbook.bench;

import dev.flipbook.jpeg.Jpeg;
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

/** The walk over a picture's markers, from SOI to EOI, which every frame takes before it may be published. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MarkerScanBenchmark {

    @Param({"60", "300"})
    public int kilobytes;

    private ByteBuffer picture = ByteBuffer.allocate(0);

    @Setup
    public void encode() {
        picture = ByteBuffer.wrap(SizedPicture.of(kilobytes));
    }

    @Benchmark
    public Jpeg check() {
        return Jpeg.check(picture);
    }
}
