package dev.flipbook.mjpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flipbook.delivery.Pictures;
import dev.flipbook.jpeg.Jpeg;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource({
        "1, 4096",
        "4096, 4096",
        "4097, 8192",
        "16384, 16384",
        "16385, 20480",
        "32767, 32768",
        "32768, 32768",
        "32769, 40960",
        "1000000, 1048576",
        "1048577, 1310720"
    })
    void fourSizesForEachPowerOfTwoAreEnough(int bytes, int size) {
        assertThat(BlockPool.sizeFor(bytes)).isEqualTo(size);
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
    void ceilingMayBeReached() {
        BlockPool pool = new BlockPool(8192);

        assertThat(take(pool, 100)).isPresent();
        assertThat(take(pool, 100)).isPresent();
        assertThat(pool.allocatedBytes()).isEqualTo(8192);
        assertThat(pool.refused()).isZero();
        assertThat(take(pool, 100)).isEmpty();
        assertThat(pool.refused()).isEqualTo(1);
        pool.tellShort();
        assertThat(pool.refused()).isEqualTo(2);
        assertThat(pool.usedBytes()).isEqualTo(8192);
    }

    @Test
    void asManyFreePiecesGoAsTheRoomTakesAndNoMore() {
        BlockPool pool = new BlockPool(40_000);
        List<Block> small = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            small.add(take(pool, 100).orElseThrow());
        }
        small.forEach(Block::release);

        Block large = take(pool, 30_000).orElseThrow();

        assertThat(pool.usedBytes()).isEqualTo(32_768);
        assertThat(pool.allocatedBytes()).as("two of the three had to go").isEqualTo(32_768 + 4096);
        Block last = take(pool, 100).orElseThrow();
        assertThat(pool.allocatedBytes()).as("the third is used").isEqualTo(32_768 + 4096);
        large.release();
        last.release();
    }

    @Test
    void theLargestFreePiecesGoFirst() {
        BlockPool pool = new BlockPool(48 << 10);
        Block small = take(pool, 100).orElseThrow();
        Block middle = take(pool, 10_000).orElseThrow();
        small.release();
        middle.release();
        assertThat(pool.allocatedBytes()).isEqualTo(4096 + 12_288);

        assertThat(take(pool, 35_000)).isPresent();
        assertThat(pool.allocatedBytes()).as("the small one stays").isEqualTo(40_960 + 4096);
    }

    @Test
    void whatIsUsedIsNeverMadeRoomOf() {
        BlockPool pool = new BlockPool(40_000);
        Block used = take(pool, 100).orElseThrow();
        Block free = take(pool, 100).orElseThrow();
        free.release();

        assertThat(take(pool, 35_000)).isEmpty();

        assertThat(pool.usedBytes()).isEqualTo(4096);
        used.release();
        assertThat(pool.usedBytes()).isZero();
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
    void thereIsRoomForTheTextAroundAPicture() {
        assertThat(new BlockText("image/jpeg", "b").size()).isEqualTo(149);
        BlockPool pool = new BlockPool(1 << 20);

        assertThat(take(pool, 4076 - Pictures.numbered(1, 0).length)).isPresent();

        assertThat(pool.usedBytes()).isEqualTo(8192);
    }

    @Test
    void freeMemoryStaysWhereTheRoomIsJustEnough() {
        BlockPool pool = new BlockPool(4096 + 8192);
        take(pool, 100).orElseThrow().release();

        assertThat(take(pool, 5000)).isPresent();

        assertThat(pool.allocatedBytes()).isEqualTo(4096 + 8192);
    }

    @Test
    void nothingThatOneThreadDoesKeepsAnotherOut() throws Exception {
        BlockPool pool = new BlockPool(8192);
        Block block = take(pool, 100).orElseThrow();
        Map<String, Runnable> operations = new LinkedHashMap<>();
        operations.put("allocatedBytes", pool::allocatedBytes);
        operations.put("usedBytes", pool::usedBytes);
        operations.put("refused", pool::refused);
        operations.put("tellShort", pool::tellShort);
        operations.put("a block", () -> assertThat(take(pool, 100)).isPresent());
        operations.put("no block", () -> assertThat(take(pool, 100)).isEmpty());
        operations.put("release", block::release);
        operations.put("a used piece", () -> assertThat(take(pool, 100)).isPresent());
        operations.put("trim", pool::trim);
        for (Map.Entry<String, Runnable> one : operations.entrySet()) {
            one.getValue().run();
            FutureTask<Long> refused = new FutureTask<>(pool::refused);
            new Thread(refused).start();
            assertThat(refused.get(60, TimeUnit.SECONDS)).as(one.getKey()).isBetween(0L, 2L);
        }
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
