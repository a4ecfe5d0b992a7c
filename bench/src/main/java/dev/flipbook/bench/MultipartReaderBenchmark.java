package dev.flipbook.bench;

import dev.flipbook.mjpeg.MultipartReader;
import dev.flipbook.mjpeg.PartHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One part of 60 KB taken out of a body that comes in pieces, where the part says its length and where it does not. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MultipartReaderBenchmark {

    /** What a read of a socket brings at a time, or so. */
    private static final int PIECE = 16 << 10;

    @Param({"true", "false"})
    public boolean length;

    private final Count count = new Count();
    private ByteBuffer part = ByteBuffer.allocate(0);
    private MultipartReader reader = reader();

    /** What the reader passes on is counted and not kept. */
    private static final class Count implements MultipartReader.Parts {

        private long whole;
        private long bytes;

        @Override
        public void begin(PartHeader header) {}

        @Override
        public void bytes(ByteBuffer piece) {
            bytes += piece.remaining();
        }

        @Override
        public void end() {
            whole++;
        }
    }

    private MultipartReader reader() {
        try {
            return MultipartReader.of("multipart/x-mixed-replace; boundary=frame", count);
        } catch (IOException e) {
            throw new AssertionError(e); // this is that type
        }
    }

    @Setup
    public void oneDelimiterHeaderAndPicture() {
        byte[] picture = SizedPicture.of(60);
        String head = "--frame\r\nContent-Type: image/jpeg\r\n"
                + (length ? "Content-Length: " + picture.length + "\r\n" : "") + "\r\n";
        part = ByteBuffer.allocate(head.length() + picture.length + 2);
        part.put(head.getBytes(StandardCharsets.US_ASCII))
                .put(picture)
                .put((byte) '\r')
                .put((byte) '\n');
        reader = reader();
    }

    @Benchmark
    public long part() throws IOException {
        int end = part.capacity();
        for (int from = 0; from < end; from += PIECE) {
            reader.feed(part.limit(Math.min(end, from + PIECE)).position(from));
        }
        return count.whole + count.bytes;
    }
}
