package dev.flipbook.tiff;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.flipbook.image.Canvas;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever calls itself a TIFF. How to fuzz: CONTRIBUTING. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // the fuzzing itself takes ten
class TiffFuzzTest {

    /** Real pictures, for the fuzzer to begin with. */
    static Stream<byte[]> pictures() throws IOException {
        BufferedImage colours = new BufferedImage(40, 24, BufferedImage.TYPE_INT_RGB);
        BufferedImage clear = new BufferedImage(40, 24, BufferedImage.TYPE_INT_ARGB);
        BufferedImage deep = new BufferedImage(40, 24, BufferedImage.TYPE_USHORT_GRAY);
        BufferedImage fax = new BufferedImage(40, 24, BufferedImage.TYPE_BYTE_BINARY);
        return Stream.of(
                Tiffs.of(colours, ""),
                Tiffs.of(colours, "LZW"),
                Tiffs.of(clear, "Deflate"),
                Tiffs.of(deep, "PackBits"),
                Tiffs.of(fax, "CCITT T.4"),
                Tiffs.of(fax, "CCITT T.6"),
                Tiffs.of(colours, "JPEG"),
                Tiffs.tiled(colours, 8, 16),
                Tiffs.tiled(colours, 7, 16),
                Tiffs.of(Tiffs.grey(16, 16), new byte[256]).array());
    }

    @MethodSource("pictures")
    @FuzzTest(maxDuration = "10m")
    void resultIsAPictureOrAnIoException(byte[] input) {
        ByteBuffer bytes = ByteBuffer.wrap(input);
        try {
            Optional<Canvas> canvas = new TiffDecoder().decode(bytes);
            canvas.ifPresent(shown -> assertThat(shown.width()).isBetween(1, 8192));
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("the (TIFF|picture).{10,}");
        }
        assertThat(bytes.position()).isZero();
        assertThat(bytes.limit()).isEqualTo(input.length);
    }
}
