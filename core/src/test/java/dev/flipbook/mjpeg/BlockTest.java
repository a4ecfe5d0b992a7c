package dev.flipbook.mjpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.flipbook.delivery.Pictures;
import dev.flipbook.jpeg.Jpeg;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockTest {

    private static final byte[] PICTURE = Pictures.jpeg(16, 16);
    private static final String TYPE = "Content-Type: image/jpeg\r\n";
    private static final String HEADER =
            TYPE + "Content-Length: " + PICTURE.length + "\r\nX-Timestamp: 1772366400.000042\r\n\r\n";

    private final BlockPool pool = new BlockPool(1 << 20);

    @Test
    void slicesOfABlockInTheMiddleOfAResponse() {
        Block block = block(1_772_366_400_000_042L, false);

        assertThat(text(block.first(Framing.STRICT))).isEqualTo("--b\r\n" + HEADER + text(PICTURE) + "\r\n--b\r\n");
        assertThat(text(block.next(Framing.STRICT))).isEqualTo(HEADER + text(PICTURE) + "\r\n--b\r\n");
        assertThat(text(block.first(Framing.BROWSER)))
                .isEqualTo("--b\r\n" + HEADER + text(PICTURE) + "\r\n--b\r\n" + TYPE + "\r\n");
        assertThat(text(block.next(Framing.BROWSER))).isEqualTo(text(PICTURE) + "\r\n--b\r\n" + TYPE + "\r\n");
        assertThat(text(block.first(Framing.NONE))).isEqualTo(text(PICTURE));
        assertThat(text(block.next(Framing.NONE))).isEqualTo(text(PICTURE));
        assertThat(text(block.picture())).isEqualTo(text(PICTURE));
    }

    @Test
    void lastBlockEndsWithTheClosingDelimiterInBothFramings() {
        Block block = block(0, true);

        for (Framing framing : List.of(Framing.STRICT, Framing.BROWSER)) {
            assertThat(text(block.first(framing))).endsWith(text(PICTURE) + "\r\n--b--\r\n");
            assertThat(text(block.next(framing))).endsWith(text(PICTURE) + "\r\n--b--\r\n");
        }
    }

    @Test
    void timesHaveSixDecimals() {
        assertThat(text(block(0, false).first(Framing.STRICT))).contains("X-Timestamp: 0.000000\r\n");
        assertThat(text(block(1_777_000_000_000_042L, false).first(Framing.STRICT)))
                .contains("X-Timestamp: 1777000000.000042\r\n");
        assertThat(text(block(1_000_000, false).first(Framing.STRICT))).contains("X-Timestamp: 1.000000\r\n");
    }

    @Test
    void aViewThatIsGivenBackIsUsedAgainInEitherFraming() {
        Block block = block(0, false);
        ByteBuffer first = block.first(Framing.BROWSER);
        String opened = text(first.duplicate());
        first.position(first.limit());
        block.spare(first);

        ByteBuffer next = block.next(Framing.STRICT);

        assertThat(next).isSameAs(first);
        assertThat(text(next.duplicate())).startsWith("Content-Type").endsWith("\r\n--b\r\n");
        block.spare(next);
        assertThat(text(block.first(Framing.BROWSER))).isEqualTo(opened);
        assertThat(block.next(Framing.STRICT)).isNotSameAs(first);
    }

    @Test
    void slicesAreDirectMemoryAndMoveIndependently() {
        Block block = block(0, false);
        ByteBuffer one = block.picture();
        one.position(5);

        assertThat(one.isDirect()).isTrue();
        assertThat(block.picture().position()).isZero();
    }

    @Test
    void memoryGoesBackWithTheLastHolder() {
        Block block = block(0, false);
        assertThat(block.retain()).isTrue();

        block.release();
        assertThat(pool.usedBytes()).isEqualTo(4096);
        block.release();

        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void releasedBlockCannotBeHeldAgain() {
        Block block = block(0, false);
        block.release();

        assertThat(block.retain()).isFalse();
    }

    @Test
    void blockReleasedTooOftenSaysSoAndGoesBackOnce() {
        Block block = block(0, false);
        block.release();

        assertThatIllegalStateException().isThrownBy(block::release);
        assertThat(pool.usedBytes()).isZero();
        assertThat(pool.allocatedBytes()).isEqualTo(4096);
    }

    @Test
    void blockIsHeldUntilEachHolderHasReleasedIt() {
        Block block = block(0, false);
        assertThat(block.retain()).isTrue();
        assertThat(block.retain()).isTrue();
        block.release();
        block.release();
        assertThat(pool.usedBytes()).isEqualTo(4096);
        assertThat(block.retain()).as("one still holds it").isTrue();
        block.release();
        block.release();

        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void sizeIsThatOfTheMemory() {
        assertThat(block(0, false).size()).isEqualTo(4096);
    }

    // whether it has the same picture

    @Test
    void theSameBytesAreTheSamePicture() {
        Block block = block(0, false);

        assertThat(block.holds(Jpeg.check(ByteBuffer.wrap(PICTURE.clone())))).isTrue();
    }

    @Test
    void theSameBytesInSeveralPartsAreTheSamePicture() {
        Block block = block(0, false);

        assertThat(block.holds(inParts(PICTURE, 1))).isTrue();
        assertThat(block.holds(inParts(PICTURE, 200))).isTrue();
        assertThat(block.holds(inParts(PICTURE, PICTURE.length - 1))).isTrue();
    }

    @Test
    void oneByteMakesAnotherPictureWhereverItIs() {
        Block block = block(0, false);
        for (int at : new int[] {0, 199, 200, 201, PICTURE.length - 1}) {
            byte[] other = PICTURE.clone();
            other[at] = (byte) (other[at] ^ 1);

            assertThat(block.holds(inParts(other, 200))).as("byte %d", at).isFalse();
        }
    }

    @Test
    void aPictureOfAnotherLengthIsAnother() {
        Block block = block(0, false);
        byte[] shorter = Arrays.copyOf(PICTURE, PICTURE.length - 1);
        byte[] longer = Arrays.copyOf(PICTURE, PICTURE.length + 1);
        longer[PICTURE.length] = '\r'; // as the block goes on

        assertThat(block.holds(inParts(shorter, 200))).isFalse();
        assertThat(block.holds(inParts(longer, 200))).isFalse();
    }

    private static Jpeg inParts(byte[] bytes, int at) {
        ByteBuffer all = ByteBuffer.wrap(bytes);
        return new Jpeg(List.of(all.slice(0, at), all.slice(at, bytes.length - at)), bytes.length, 16, 16);
    }

    @Test
    void aPictureInPartsIsWrittenWhole() {
        Block block = pool.block(inParts(PICTURE, 200), new BlockText("image/jpeg", "b"), 0, false)
                .orElseThrow();

        assertThat(text(block.picture())).isEqualTo(text(PICTURE));
    }

    // what stands around it

    @Test
    void numbersAreWrittenWithAllTheirDigits() {
        BlockText text = new BlockText("image/png", "abc");
        for (int size : new int[] {1, 9, 10, 99, 100, 12_345, Integer.MAX_VALUE}) {
            ByteBuffer out = ByteBuffer.allocate(300);

            int header = text.open(out, size, 7_000_123L);

            assertThat(header).as("where the delimiter line ends").isEqualTo(7);
            assertThat(text(out.flip()))
                    .isEqualTo("--abc\r\nContent-Type: image/png\r\nContent-Length: " + size
                            + "\r\nX-Timestamp: 7.000123\r\n\r\n");
        }
    }

    @Test
    void roomIsEnoughForTheLongestNumbers() {
        BlockText text = new BlockText("image/jpeg", "b".repeat(30));
        ByteBuffer out = ByteBuffer.allocate(text.size());

        text.open(out, Integer.MAX_VALUE, Long.MAX_VALUE);
        text.close(out, false);

        assertThat(text(out.flip()))
                .contains("Content-Length: 2147483647\r\nX-Timestamp: 9223372036854.775807\r\n")
                .endsWith("\r\n--" + "b".repeat(30) + "\r\nContent-Type: image/jpeg\r\n\r\n");
    }

    private Block block(long micros, boolean last) {
        return pool.block(Jpeg.check(ByteBuffer.wrap(PICTURE)), new BlockText("image/jpeg", "b"), micros, last)
                .orElseThrow();
    }

    private static String text(ByteBuffer buffer) {
        return StandardCharsets.ISO_8859_1.decode(buffer).toString();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
