package dev.flipbook.feed;

import dev.flipbook.FeedOptions;
import dev.flipbook.Frame;
import dev.flipbook.FrameSink;
import dev.flipbook.Ticker;
import dev.flipbook.bench.SizedPicture;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.mjpeg.Framing;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A frame of 60 KB from the publish until every viewer's sink has it. Viewers are woken on the publishing thread here, so
 * that time and memory of the whole way are counted; a program's are woken by others.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PublishBenchmark {

    @Param({"0", "1", "100"})
    public int viewers;

    private final Feed feed = Feed.forProgram(
            "measured",
            "b0unDarYofThirtyTwoLettersOrSo00",
            FeedOptions.DEFAULT,
            new Machinery(
                    Ticker.system(),
                    new BlockPool(16 << 20),
                    Runnable::run,
                    Runnable::run,
                    Thread::new,
                    VariantMaker::imageIo));
    private final Frame frame = Frame.ofJpeg(SizedPicture.of(60));

    @Setup
    public void watch() {
        for (int i = 0; i < viewers; i++) {
            feed.watch(new DrainedAtOnce(), Framing.STRICT);
        }
    }

    @Benchmark
    public Feed publish() {
        feed.publish(frame);
        return feed;
    }

    /** A connection that takes everything without a system call. It keeps the slice, as a real one does until it has drained. */
    static final class DrainedAtOnce implements FrameSink {

        @Nullable
        ByteBuffer slice;

        @Override
        public void write(ByteBuffer bytes, boolean last, Completion completion) {
            slice = bytes;
            completion.drained();
        }
    }
}
