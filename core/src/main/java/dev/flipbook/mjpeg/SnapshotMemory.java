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
 * The blocks from which snapshots are sent, and the limits of their memory.
 *
 * <p>A client that asks for a picture and reads it slowly holds a block that its feed does not need any more, and each
 * further connection may hold another one. Therefore the snapshots of one client hold at most an eighth of the memory
 * of all frames, and those of all clients together a quarter. A feed of which no snapshot is being sent may always send
 * one, so that an attack on one feed does not reach another. Clients that read the same picture hold the same block,
 * which counts once.
 *
 * <p>When there is no room, the oldest snapshot in the way is ended, if it has been read for more than a second: one
 * for each new snapshot.
 *
 * <p>Thread-safe. The lock is held for a few operations on maps, twice for each snapshot. No connection is ended under
 * it.
 */
public final class SnapshotMemory {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /**
     * Time in nanoseconds after which a snapshot may be ended for another one. Nearly every client has read a picture
     * by then.
     */
    private static final long MIN_LOAN_TIME = 1_000_000_000;

    private final BlockPool pool;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    /** All snapshots together. */
    private final Account all;
    /** The accounts of feeds and of clients with at least one loan. */
    private final Map<Object, Account> feeds = new HashMap<>();

    private final Map<String, Account> readers = new HashMap<>();

    SnapshotMemory(BlockPool pool) {
        this.pool = pool;
        this.all = new Account(pool.ceilingBytes() / 4);
    }

    /** Thrown when there is no memory for a snapshot. A later request may succeed. */
    public static final class FullException extends IOException {

        @Serial
        private static final long serialVersionUID = 1;

        /** An exception with a sentence that says what is full. */
        public FullException(String message) {
            super(message);
        }
    }

    /** The loans of one feed, of one client, or of all, and the different blocks that they hold. Guarded by lock. */
    private static final class Account {

        private final long limit;
        private final Map<Block, Integer> holders = new HashMap<>();
        /** The loans that have not been told to end, the oldest first. */
        private final Set<Loan> loans = new LinkedHashSet<>();

        /** The size of the different blocks together. */
        private long bytes;

        Account(long limit) {
            this.limit = limit;
        }

        /** Whether the account may hold this block too. A single block is never too large. */
        boolean hasRoomFor(Block block) {
            return isEmpty() || holders.containsKey(block) || bytes + block.size() <= limit;
        }

        /** Whether no snapshot holds anything here. */
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

    /** One snapshot that is being sent. A loan holds its block until it is closed. Thread-safe. */
    public final class Loan implements AutoCloseable {

        private final Block block;
        private final Object feed;
        private final String reader;
        private final long since;
        private final Runnable cut;

        // Guarded by lock.
        private boolean closed;

        private Loan(Block block, Object feed, String reader, long since, Runnable cut) {
            this.block = block;
            this.feed = feed;
            this.reader = reader;
            this.since = since;
            this.cut = cut;
        }

        /** Start of the loan, as the ticker counts. */
        public long since() {
            return since;
        }

        /** Ends the connection of the client. */
        public void cut() {
            cut.run();
        }

        /** Releases the block. Further calls change nothing. */
        @Override
        public void close() {
            if (forget(this)) {
                block.release();
            }
        }
    }

    /**
     * Holds a block for a snapshot. The caller holds the block too.
     *
     * @param feed the feed whose picture it is; any object that identifies it
     * @param reader name of the client, such as its address
     * @param now the time, as the ticker counts
     * @param cut ends the connection of the client
     * @throws FullException when snapshots hold as much as they may, or no memory is left for the next frames
     */
    public Loan lend(Block block, Object feed, String reader, long now, Runnable cut) throws FullException {
        Loan loan = new Loan(block, feed, reader, now, cut);
        if (enter(loan)) {
            return loan;
        }
        Loan slow = slowest(loan);
        if (slow != null) {
            cut(slow); // one for each new snapshot, because some connections end only a while after they are asked to
        }
        if (slow == null || !enter(loan)) {
            throw new FullException("the snapshots that are being sent hold all the memory that they may");
        }
        return loan;
    }

    /** Ends the connection of a loan. */
    private static void cut(Loan slow) {
        try {
            slow.cut();
            // the caller asked for another snapshot, and must not get this exception
        } catch (RuntimeException | Error e) {
            LOG.log(Level.DEBUG, "a snapshot that is read slowly could not be ended", e);
        }
    }

    /** Adds a loan if there is room for it, and becomes a holder of its block. */
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
                throw new IllegalStateException("a block that is not held cannot be lent");
            }
            feeds.put(loan.feed, ofFeed);
            readers.put(loan.reader, ofReader);
            List.of(all, ofFeed, ofReader).forEach(account -> account.add(loan));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether the next pictures of this feed and of another one find memory although this block stays. A single block
     * is always sent.
     */
    private boolean isInMemory(Block block) {
        return all.isEmpty()
                || all.holders.containsKey(block)
                || pool.usedBytes() + 2L * block.size() <= pool.ceilingBytes();
    }

    /** The oldest loan in the way of this one; null when none is older than a second. */
    private @Nullable Loan slowest(Loan loan) {
        lock.lock();
        try {
            Account ofReader = readers.get(loan.reader);
            Account crowded = ofReader == null || ofReader.hasRoomFor(loan.block) ? all : ofReader;
            Loan oldest = crowded.loans.stream().findFirst().orElse(null);
            if (oldest == null || loan.since - oldest.since <= MIN_LOAN_TIME) {
                return null;
            }
            List.of(all, account(feeds, oldest.feed), account(readers, oldest.reader))
                    .forEach(account -> account.loans.remove(oldest));
            return oldest;
        } finally {
            lock.unlock();
        }
    }

    /** Removes a loan. Returns false if it has been closed before. */
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
        return Objects.requireNonNull(accounts.get(key)); // an account exists while one of its loans does
    }

    /** The snapshots that are being sent, the oldest first, except those that have been told to end. */
    public List<Loan> loans() {
        lock.lock();
        try {
            return List.copyOf(all.loans);
        } finally {
            lock.unlock();
        }
    }
}
