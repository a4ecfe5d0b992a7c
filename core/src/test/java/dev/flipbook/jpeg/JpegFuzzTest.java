package dev.flipbook.jpeg;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.flipbook.delivery.Pictures;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as a JPEG. CONTRIBUTING says how to run the fuzzer. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // the fuzzing itself takes ten
class JpegFuzzTest {

    /** Real pictures, with which the fuzzer begins: whole, with a thumbnail, in several scans, and without tables. */
    static Stream<byte[]> pictures() {
        byte[] small = Pictures.jpeg(16, 16);
        byte[] thumbnail = Pictures.segment(0xE1, Pictures.grey(8, 8));
        return Stream.of(
                small,
                Pictures.grey(8, 8),
                Pictures.progressive(16, 16),
                Pictures.insert(small, 2, thumbnail),
                Pictures.without(small, 0xC4),
                Pictures.numbered(7, 20));
    }

    @MethodSource("pictures")
    @FuzzTest(maxDuration = "10m")
    void whatIsTakenIsTakenAgainAsItIs(byte[] input) {
        ByteBuffer bytes = ByteBuffer.wrap(input);
        Jpeg jpeg;
        try {
            jpeg = Jpeg.check(bytes);
        } catch (IllegalArgumentException e) {
            return; // JpegTest checks the sentence
        }
        assertThat(bytes.position()).isZero();
        assertThat(bytes.limit()).isEqualTo(input.length);
        byte[] whole = joined(jpeg);
        assertThat(whole).startsWith(0xFF, 0xD8, 0xFF).endsWith(0xFF, 0xD9);
        Jpeg again = Jpeg.check(ByteBuffer.wrap(whole));
        assertThat(again.parts()).hasSize(1);
        assertThat(joined(again)).isEqualTo(whole);
        assertThat(again.width()).isEqualTo(jpeg.width()).isBetween(1, 65_535);
        assertThat(again.height()).isEqualTo(jpeg.height()).isBetween(1, 65_535);
    }

    private static byte[] joined(Jpeg jpeg) {
        ByteBuffer whole = ByteBuffer.allocate(jpeg.size());
        jpeg.parts().forEach(part -> whole.put(part.duplicate()));
        assertThat(whole.hasRemaining()).isFalse();
        return whole.array();
    }
}
