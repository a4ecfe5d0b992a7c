package dev.flipbook.mjpeg;

import java.io.IOException;
import java.io.Serial;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The blocks out of which snapshots are sent, and how many there may be. A client that asks for a picture and reads it slowly
 * holds a block that its feed needs no more, and with each further connection one more. So the snapshots of one client hold at
 * most an eighth of the memory of all frames, and those of all clients a quarter. A feed of which no snapshot is being sent may
 * send one whatever others hold, so that what is done to one feed does not reach another. Those who read the same picture hold
 * the same block, which counts once.
 *
 * <p>Where there is no room, who has been reading for longest gives way if that was for more than a second: one for each that comes.
 *
 * <p>Thread-safe. Its lock is held for a few operations on maps, twice for each snapshot; connections are not ended under it.
 */
public final class SnapshotMemory {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /** In nanoseconds. Nearly everybody has read a picture by then. */
    private static final long PATIENCE = 1_000_000_000;

    private final BlockPool pool;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private final Account all;
    private final Map<Object, Account> feeds = new HashMap<>();
    private final Map<String, Account> readers = new HashMap<>();

    SnapshotMemory(BlockPool pool) {
        this.pool = pool;
        this.all = new Account(pool.ceilingBytes() / 4);
    }

    /** There is no memory for a snapshot. Whoever asks again later may have it. */
    public static final class FullException extends IOException {

        @Serial
        private static final long serialVersionUID = 1;

        /** With what is full, as a sentence. */
        public FullException(String message) {
            super(message);
        }
    }

    /** The loans of one feed, of one client, or all of them, and the different blocks that these hold. Guarded by lock. */
    private static final class Account {

        private final long limit;
        private final Map<Block, Integer> holders = new HashMap<>();
        /** Those that were not told to end, the oldest first. */
        private final Set<Loan> loans = new LinkedHashSet<>();

        private long bytes;

        Account(long limit) {
            this.limit = limit;
        }

        /** Whether it may hold this one too. One is never too large. */
        boolean hasRoomFor(Block block) {
            return isEmpty() || holders.containsKey(block) || bytes + block.size() <= limit;
        }

        boolean isEmpty() {
            return holders.isEmpty();
        }

        void add(Loan loan) {
            loans.add(loan);
            if (holders.merge(loan.block, 1, Integer::sum) == 1) {
                bytes += loan.block.size();
            }
        }

        void remove(Loan loan) {
            loans.remove(loan);
            if (holders.computeIfPresent(loan.block, (same, count) -> count == 1 ? null : count - 1) == null) {
                bytes -= loan.block.size();
            }
        }
    }

    /** One snapshot that is being sent: it holds its block until it is closed. */
    public final class Loan implements AutoCloseable {

        private final Block block;
        private final Object feed;
        private final String reader;
        private final long since;
        private final Runnable cut;

        // guarded by lock
        private boolean closed;

        private Loan(Block block, Object feed, String reader, long since, Runnable cut) {
            this.block = block;
            this.feed = feed;
            this.reader = reader;
            this.since = since;
            this.cut = cut;
        }

        /** When it began, as the ticker counts. */
        public long since() {
            return since;
        }

        /** Ends the connection of its reader. */
        public void cut() {
            cut.run();
        }

        /** The block is released. Further calls change nothing. */
        @Override
        public void close() {
            if (forget(this)) {
                block.release();
            }
        }
    }

    /**
     * Holds this block, which the caller holds too, for a snapshot.
     *
     * @param feed whose picture it is
     * @param reader the client, such as its address
     * @param now as the ticker counts
     * @param cut ends the connection of the reader
     * @throws FullException when snapshots hold as much as they may
     */
    public Loan lend(Block block, Object feed, String reader, long now, Runnable cut) throws FullException {
        Loan loan = new Loan(block, feed, reader, now, cut);
        if (enter(loan)) {
            return loan;
        }
        Loan slow = slowest(loan);
        if (slow != null) {
            cut(slow); // one for each that comes: some connections end a while after they are told to
        }
        if (slow == null || !enter(loan)) {
            throw new FullException("the snapshots that are being sent hold all the memory that they may");
        }
        return loan;
    }

    private static void cut(Loan slow) {
        try {
            slow.cut();
        } catch (RuntimeException | Error e) { // whoever asked for the other snapshot is not to suffer from it
            LOG.log(Level.DEBUG, "a snapshot that is read slowly could not be ended", e);
        }
    }

    private boolean enter(Loan loan) {
        lock.lock();
        try {
            Account ofFeed = feeds.getOrDefault(loan.feed, new Account(all.limit));
            Account ofReader = readers.getOrDefault(loan.reader, new Account(all.limit / 2));
            boolean shared = all.hasRoomFor(loan.block) && ofReader.hasRoomFor(loan.block);
            if (!isInMemory(loan.block)) {
                pool.tellShort();
                return false;
            }
            if (!shared && !ofFeed.isEmpty()) {
                return false;
            }
            if (!loan.block.retain()) {
                throw new IllegalStateException("a block is lent that nobody holds");
            }
            feeds.put(loan.feed, ofFeed);
            readers.put(loan.reader, ofReader);
            List.of(all, ofFeed, ofReader).forEach(account -> account.add(loan));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the next pictures, of its feed and of another one, find memory although this block stays. One is always sent. */
    private boolean isInMemory(Block block) {
        return all.isEmpty()
                || all.holders.containsKey(block)
                || pool.usedBytes() + 2L * block.size() <= pool.ceilingBytes();
    }

    /** Who has been reading for longest of those that are in the way of this one; nothing when nobody has for long. */
    private @Nullable Loan slowest(Loan loan) {
        lock.lock();
        try {
            Account ofReader = readers.get(loan.reader);
            Account crowded = ofReader == null || ofReader.hasRoomFor(loan.block) ? all : ofReader;
            Loan oldest = crowded.loans.stream().findFirst().orElse(null);
            if (oldest == null || loan.since - oldest.since <= PATIENCE) {
                return null;
            }
            List.of(all, account(feeds, oldest.feed), account(readers, oldest.reader))
                    .forEach(account -> account.loans.remove(oldest));
            return oldest;
        } finally {
            lock.unlock();
        }
    }

    private boolean forget(Loan loan) {
        lock.lock();
        try {
            if (loan.closed) {
                return false;
            }
            loan.closed = true;
            Account ofFeed = account(feeds, loan.feed);
            Account ofReader = account(readers, loan.reader);
            List.of(all, ofFeed, ofReader).forEach(account -> account.remove(loan));
            if (ofFeed.isEmpty()) {
                feeds.remove(loan.feed);
            }
            if (ofReader.isEmpty()) {
                readers.remove(loan.reader);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private static <K> Account account(Map<K, Account> accounts, K key) {
        return Objects.requireNonNull(accounts.get(key)); // it is there while one of its loans is
    }

    /** Every snapshot that is being sent, the oldest first, but for those that were told to end. */
    public List<Loan> loans() {
        lock.lock();
        try {
            return List.copyOf(all.loans);
        } finally {
            lock.unlock();
        }
    }
}
