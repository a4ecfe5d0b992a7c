package dev.flipbook.mjpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.delivery.Pictures;
import dev.flipbook.jpeg.Jpeg;
import dev.flipbook.mjpeg.SnapshotMemory.FullException;
import dev.flipbook.mjpeg.SnapshotMemory.Loan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A memory of 64 blocks: the snapshots of one client may hold 8 of them, those of all clients 16. */
class SnapshotMemoryTest {

    private static final int BLOCK = 4096;
    private static final long SECOND = 1_000_000_000;

    private final BlockPool pool = new BlockPool(64 * BLOCK);
    private final SnapshotMemory memory = pool.snapshots();
    private final List<Loan> cut = new ArrayList<>();
    private long now = Long.MAX_VALUE - SECOND / 2; // the ticker's value may overflow

    @Test
    void oneClientHoldsAnEighthOfTheMemoryAndAllTogetherAQuarter() throws FullException {
        for (int i = 0; i < 8; i++) {
            lend("a", "one");
        }
        assertFull("a", "one");
        for (int i = 0; i < 8; i++) {
            lend("a", "two");
        }

        assertFull("a", "three");

        assertThat(pool.usedBytes()).isEqualTo(16 * BLOCK);
        assertThat(cut).isEmpty();
    }

    @Test
    void aFeedWithoutASnapshotMaySendOneWhateverOthersHold() throws FullException {
        for (int i = 0; i < 8; i++) {
            lend("a", "one");
        }

        Loan other = lend("b", "one");

        assertFull("b", "one");
        other.close();
        lend("b", "one").close();
        lend("c", "one");
        lend("d", "one");
    }

    @Test
    void thoseWhoReadTheSamePictureHoldItOnce() throws FullException {
        Block block = block();
        List<Loan> readers = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            readers.add(memory.lend(block, "a", "one", now, () -> {}));
        }
        block.release();
        for (int i = 0; i < 7; i++) {
            lend("a", "one");
        }
        assertFull("a", "one");

        readers.subList(1, 1000).forEach(Loan::close);
        assertFull("a", "one");
        readers.get(0).close();

        lend("a", "one");
    }

    @Test
    void whatWasReadIsFreeAgainAndOnlyOnce() throws FullException {
        for (int i = 0; i < 100; i++) {
            Loan loan = lend("a", "one");
            assertThat(pool.usedBytes()).isEqualTo(BLOCK);
            loan.close();
            loan.close();
            assertThat(pool.usedBytes()).isZero();
        }
        assertThat(memory.loans()).isEmpty();
    }

    @Test
    void whoHasReadForMoreThanASecondGivesWayTheOldestOfTheSameClientFirst() throws FullException {
        Loan others = lend("a", "two");
        now += 1;
        Loan oldest = lend("a", "one");
        now += 1;
        for (int i = 0; i < 7; i++) {
            lend("a", "one");
        }
        now += SECOND;

        lend("a", "one");

        assertThat(cut).containsExactly(oldest);
        assertFull("a", "one");
        assertThat(others.since()).isEqualTo(now - SECOND - 2);
    }

    @Test
    void whenAllIsFullTheOldestOfAnyClientGivesWay() throws FullException {
        Loan oldest = lend("a", "0");
        for (int i = 1; i < 16; i++) {
            lend("a", "" + i);
        }
        now += SECOND + 1;

        lend("a", "one more");

        assertThat(cut).containsExactly(oldest);
    }

    @Test
    void aConnectionThatDoesNotEndIsReportedOnceAndCountsUntilItDoes() throws FullException {
        List<String> told = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Block block = block();
            memory.lend(block, "a", "one", now, () -> {
                told.add("told");
                throw new IllegalStateException("no");
            });
            block.release();
        }
        now += SECOND + 1;

        assertFull("a", "one");
        assertFull("a", "one");

        assertThat(told).as("one for each that came").hasSize(2);
        for (int i = 0; i < 10; i++) {
            assertFull("a", "one");
        }
        assertThat(told).as("each once").hasSize(8);
        assertThat(pool.usedBytes()).isEqualTo(8 * BLOCK);
    }

    @Test
    void nothingIsLentThatTheNextPicturesNeed() throws FullException {
        List<Block> shown = new ArrayList<>();
        for (int i = 0; i < 61; i++) {
            shown.add(block());
        }
        Loan one = memory.lend(shown.get(0), "a", "one", now, () -> {});
        memory.lend(shown.get(0), "a", "two", now, () -> {}).close();
        lend("b", "one"); // there are two blocks left for the next pictures, and then one

        shown.add(block());
        long refused = pool.refused();
        assertThatThrownBy(() -> memory.lend(shown.get(1), "c", "two", now, () -> {}))
                .isInstanceOf(FullException.class);

        assertThat(pool.refused()).as("so that viewers that are stuck are cut").isEqualTo(refused + 1);
        one.close();
    }

    @Test
    void aPictureThatIsLargerThanTheShareIsSentToOneClientAtATime() throws FullException {
        Block large = pool.block(picture(30 * BLOCK), new BlockText("image/jpeg", "x"), 0, false)
                .orElseThrow();
        Loan first = memory.lend(large, "a", "one", now, () -> {});
        memory.lend(large, "a", "two", now, () -> {}).close();

        assertFull("a", "two");

        first.close();
        lend("a", "two");
    }

    @Test
    void aLoanThatEndsGivesItsBlockBackAtOnce() throws FullException {
        Loan loan = lend("a", "one");
        assertThat(memory.loans()).containsExactly(loan);

        loan.close();

        assertThat(pool.usedBytes()).isZero();
        assertThat(memory.loans()).isEmpty();
    }

    @Test
    void theSnapshotsThatAreBeingSentAreListedTheOldestFirst() throws FullException {
        Loan first = lend("a", "one");
        Loan second = lend("b", "two");

        assertThat(memory.loans()).containsExactly(first, second);
    }

    @Test
    void nothingThatOneThreadDoesKeepsAnotherOut() throws Exception {
        Loan loan = lend("a", "one");
        assertOthersGetIn("lend", 1);
        assertThat(memory.loans()).containsExactly(loan);
        assertOthersGetIn("loans", 1);
        loan.close();
        assertOthersGetIn("close", 0);
        loan.close();
        assertOthersGetIn("close again", 0);
        for (int i = 0; i < 8; i++) {
            lend("a", "one");
        }
        assertFull("a", "one");
        assertOthersGetIn("a look for the slowest", 8);
        now += SECOND + 1;
        lend("a", "one");
        assertOthersGetIn("a slow one cut", 8);
    }

    private void assertOthersGetIn(String what, int loans) throws Exception {
        FutureTask<List<Loan>> seen = new FutureTask<>(memory::loans);
        new Thread(seen).start();
        assertThat(seen.get(60, TimeUnit.SECONDS)).as(what).hasSize(loans);
    }

    private Loan lend(String feed, String reader) throws FullException {
        Block block = block();
        try {
            Loan[] self = new Loan[1];
            self[0] = memory.lend(block, feed, reader, now, () -> {
                cut.add(self[0]);
                self[0].close();
            });
            return self[0];
        } finally {
            block.release();
        }
    }

    private void assertFull(String feed, String reader) {
        long used = pool.usedBytes();
        assertThatThrownBy(() -> lend(feed, reader))
                .isInstanceOf(FullException.class)
                .hasMessage("the snapshots that are being sent hold all the memory that they may");
        assertThat(pool.usedBytes()).isEqualTo(used);
    }

    private Block block() {
        return pool.block(picture(0), new BlockText("image/jpeg", "x"), 0, false)
                .orElseThrow();
    }

    private static Jpeg picture(int filling) {
        byte[] picture = Pictures.jpeg(16, 16);
        for (int left = filling; left > 0; left -= 60_000) {
            picture = Pictures.insert(picture, 2, Pictures.segment(0xFE, new byte[Math.min(left, 60_000)]));
        }
        return Jpeg.check(ByteBuffer.wrap(picture));
    }
}
