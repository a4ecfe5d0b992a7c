package dev.flipbook.mjpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flipbook.Pictures;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BlockPoolTest {

    @Test
    void sizesFitAndWasteAQuarterAtMost() {
        for (int bytes = 1; bytes < 40 << 20; bytes += 1 + bytes / 97) {
            int size = BlockPool.sizeFor(bytes);
            assertThat(size).isGreaterThanOrEqualTo(bytes);
            if (bytes > 16_384) {
                assertThat(size - bytes).isLessThan(bytes / 4 + 1);
            }
        }
    }

    @Test
    void memoryIsReusedForTheNextFrameOfTheSize() {
        BlockPool pool = new BlockPool(1 << 20);
        for (int i = 0; i < 100; i++) {
            take(pool, 100).orElseThrow().release();
        }

        assertThat(pool.allocatedBytes()).isEqualTo(4096);
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void ceilingIsNeverPassed() {
        BlockPool pool = new BlockPool(10_000);
        assertThat(take(pool, 100)).isPresent();
        assertThat(take(pool, 100)).isPresent();

        assertThat(take(pool, 100)).isEmpty();

        assertThat(pool.allocatedBytes()).isEqualTo(8192).isLessThanOrEqualTo(pool.ceilingBytes());
    }

    @Test
    void freeMemoryOfOtherSizesMakesRoom() {
        BlockPool pool = new BlockPool(40_000);
        Block small = take(pool, 100).orElseThrow();
        Block other = take(pool, 100).orElseThrow();
        small.release();
        other.release();

        Block large = take(pool, 30_000).orElseThrow();

        assertThat(pool.allocatedBytes()).isLessThanOrEqualTo(40_000);
        assertThat(pool.usedBytes()).isEqualTo(32_768);
        large.release();
        assertThat(pool.usedBytes()).isZero();
    }

    @Test
    void memoryThatNobodyNeededBetweenTwoTrimmingsGoesBack() {
        BlockPool pool = new BlockPool(1 << 20);
        List<Block> burst = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            burst.add(take(pool, 100).orElseThrow());
        }
        burst.forEach(Block::release);
        pool.trim();
        assertThat(pool.allocatedBytes()).as("needed a moment ago").isEqualTo(20 * 4096);

        Block one = take(pool, 100).orElseThrow();
        Block two = take(pool, 100).orElseThrow();
        one.release();
        pool.trim();

        assertThat(pool.allocatedBytes()).as("two were needed").isEqualTo(2 * 4096);
        assertThat(pool.usedBytes()).isEqualTo(4096);
        two.release();
        pool.trim();
        pool.trim();
        assertThat(pool.allocatedBytes()).isZero();
        assertThat(take(pool, 100)).isPresent();
    }

    @Test
    void ceilingOfNothingIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new BlockPool(0)).withMessageContaining("above 0");
    }

    private static Optional<Block> take(BlockPool pool, int filling) {
        Jpeg picture = Jpeg.check(ByteBuffer.wrap(Pictures.numbered(1, filling)));
        return pool.block(picture, new BlockText("image/jpeg", "b"), 0, false);
    }
}
