package dev.flipbook.feed;

import dev.flipbook.FeedOptions;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.delivery.Machinery;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.origin.Backoff;
import dev.flipbook.origin.Inlet;
import dev.flipbook.origin.Origin;
import dev.flipbook.origin.ProgramOrigin;
import dev.flipbook.origin.PublisherOrigin;
import dev.flipbook.origin.SourceRunner;
import dev.flipbook.text.PlainText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The registry: every feed of a process by its name, in the order of creation, with the memory and the few threads that
 * the feeds share. A program has one of these.
 *
 * <p>The threads, all of them daemons:
 *
 * <ul>
 *   <li>{@code flipbook-tick}: one, which looks after every feed ten times a second, for timeouts, retries and repeats.
 *   <li>{@code flipbook-wake}: as many as there are processors, which wake viewers.
 *   <li>{@code flipbook-encode}: at most as many as there are processors, which encode pictures of programs and
 *       variants. Each ends when it has nothing to do.
 *   <li>{@code flipbook-source}: one for each source while it is open.
 * </ul>
 *
 * <p>All feeds share one {@link BlockPool}. When its memory runs out, the viewers that have been stuck for longest are
 * cut off, so that peers that do not read take no frames from peers that do.
 *
 * <p>Thread-safe.
 */
public final class Feeds implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dev.flipbook");
    /** The names that a feed may have. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private final FeedOptions options;
    private final BlockPool pool;
    private final SecureRandom random = new SecureRandom();
    private final ExecutorService executor;
    private final ExecutorService encoders;
    private final Machinery machinery;
    private final Timekeeper timekeeper;
    private final ReentrantLock lock = new ReentrantLock();

    // Changed under lock, by replacing the map as a whole; read without it.
    private volatile Map<String, Feed> feeds = Map.of();

    // Guarded by lock.
    private boolean closed;

    /** An empty registry with {@link FeedOptions#DEFAULT} and the clocks of the machine. */
    public Feeds() {
        this(FeedOptions.DEFAULT, Ticker.system());
    }

    /** An empty registry with these timeouts and limits, and this clock. */
    public Feeds(FeedOptions options, Ticker ticker) {
        this.options = options;
        this.pool = new BlockPool(options.blockCeiling());
        this.executor = SharedThreads.wakers();
        this.encoders = SharedThreads.encoders();
        ThreadFactory sources = SharedThreads.daemons("flipbook-source-");
        this.machinery = new Machinery(ticker, pool, this::execute, encoders, sources, VariantMaker::best);
        this.timekeeper = new Timekeeper(() -> feeds.values(), pool, ticker, SharedThreads.daemons("flipbook-tick-"));
        timekeeper.start();
    }

    /**
     * The feed of this name, for this program to publish to. The feed is made if there is none.
     *
     * @throws IllegalArgumentException as {@link #checkName}
     * @throws IllegalStateException after {@link #close}
     */
    public Feed feed(String name) {
        lock.lock();
        try {
            Feed there = feeds.get(name);
            return there != null ? there : add(made(name, options, ProgramOrigin::new));
        } finally {
            lock.unlock();
        }
    }

    /**
     * A new feed with this source, which is opened when somebody watches.
     *
     * @throws IllegalArgumentException when the name is taken, or as {@link #checkName}
     * @throws IllegalStateException after {@link #close}
     */
    public Feed feed(String name, FrameSource source) {
        return feed(name, source, options);
    }

    /**
     * A new feed with this source and timeouts of its own.
     *
     * @param timeouts of this feed; their ceiling of memory is not used, because all feeds share one
     * @throws IllegalArgumentException as {@link #feed(String, FrameSource)}
     * @throws IllegalStateException after {@link #close}
     */
    public Feed feed(String name, FrameSource source, FeedOptions timeouts) {
        Objects.requireNonNull(source, "a feed without a source is made by feed(name)");
        // before the lock: this asks the driver for its description, and the driver may wait
        Feed made = made(name, timeouts, inlet -> new SourceRunner(inlet, source, new Backoff(random)));
        lock.lock();
        try {
            if (feeds.containsKey(name)) {
                throw new IllegalArgumentException("there is a feed named '" + name + "' already");
            }
            return add(made);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The feed of this name, open for other programs to publish to, over HTTP or by {@link Feed#publisher}. The feed is
     * made if there is none. No other kind of feed takes pictures from outside this program.
     *
     * @throws IllegalArgumentException when there is a feed of this name that is not open, or as {@link #checkName}
     * @throws IllegalStateException after {@link #close}
     */
    public Feed open(String name) {
        return open(name, SourceOptions.DEFAULT);
    }

    /**
     * The open feed of this name, as {@link #open(String)}.
     *
     * @param wishes the size, quality, turn and rate asked of its pictures; ignored when the feed exists
     */
    public Feed open(String name, SourceOptions wishes) {
        return open(name, wishes, options);
    }

    /**
     * The open feed of this name, with timeouts of its own.
     *
     * @param wishes as {@link #open(String, SourceOptions)}
     * @param timeouts of this feed; ignored when the feed exists. Their ceiling of memory is not used, because all feeds
     *     share one
     */
    public Feed open(String name, SourceOptions wishes, FeedOptions timeouts) {
        lock.lock();
        try {
            Feed there = feeds.get(name);
            if (there == null) {
                return add(made(name, timeouts, inlet -> new PublisherOrigin(inlet, wishes)));
            }
            if (!there.isOpen()) {
                throw new IllegalArgumentException(
                        "there is a feed named '" + name + "' already, and it is not open to other programs");
            }
            return there;
        } finally {
            lock.unlock();
        }
    }

    private Feed made(String name, FeedOptions timeouts, Function<Inlet, Origin> origin) {
        checkName(name);
        return new Feed(name, boundary(), timeouts, machinery, origin);
    }

    private Feed add(Feed feed) {
        if (closed) {
            throw new IllegalStateException("no feed '" + feed.name() + "' can be made: the feeds are closed");
        }
        Map<String, Feed> more = new LinkedHashMap<>(feeds);
        more.put(feed.name(), feed);
        feeds = more;
        return feed;
    }

    /**
     * Runs a task that must not end its thread by an exception: the executor might find no new thread, and waking would
     * stop.
     */
    private void execute(Runnable task) {
        executor.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR, "viewers could not be woken, or a snapshot could not be answered", e);
            }
        });
    }

    /**
     * Ends the feed of this name and forgets it. Its viewers' responses end. Returns false when there is no such feed.
     */
    public boolean remove(String name) {
        Feed gone;
        lock.lock();
        try {
            Map<String, Feed> fewer = new LinkedHashMap<>(feeds);
            gone = fewer.remove(name);
            feeds = fewer;
        } finally {
            lock.unlock();
        }
        if (gone != null) {
            timekeeper.lookAfter(gone);
            gone.close();
        }
        return gone != null;
    }

    /** The feed of this name; empty when there is none. */
    public Optional<Feed> find(String name) {
        return Optional.ofNullable(feeds.get(name));
    }

    /** A copy of the list of all feeds, the oldest first. */
    public List<Feed> list() {
        return List.copyOf(feeds.values());
    }

    /**
     * Checks a feed's name: a letter or digit, then up to 63 letters, digits, dots, underscores or dashes. A name must
     * not end in {@code .jpg} or {@code .mjpg}, because addresses of pictures do.
     *
     * @throws IllegalArgumentException with a sentence that says so
     */
    public static void checkName(String name) {
        if (!NAME.matcher(name).matches() || name.endsWith(".mjpg") || name.endsWith(".jpg")) {
            throw new IllegalArgumentException("'" + PlainText.line(name, "?")
                    + "' is not a name for a feed: it takes 1 to 64 of A-Z a-z 0-9 . _ -, begins with a letter or"
                    + " digit, and does not end in .jpg or .mjpg");
        }
    }

    /** Bytes of direct memory in frames that are shown or being sent now. */
    public long usedBytes() {
        return pool.usedBytes();
    }

    /** Bytes of direct memory in frames that are shown, being sent, or kept for reuse. */
    public long allocatedBytes() {
        return pool.allocatedBytes();
    }

    /** Maximum of {@link #allocatedBytes}. */
    public long ceilingBytes() {
        return pool.ceilingBytes();
    }

    /** Number of viewers of all feeds together. */
    public int viewers() {
        return feeds.values().stream().mapToInt(Feed::viewers).sum();
    }

    /**
     * Ends every feed. Sources have 2 s to end. The viewers' responses end at the end of a part, as soon as their
     * writes have drained. This method returns when all have ended, after 3 s at the latest. No feed
     * can be made afterwards.
     */
    @Override
    public void close() {
        List<Feed> all;
        lock.lock();
        try {
            closed = true;
            all = list();
        } finally {
            lock.unlock();
        }
        all.forEach(Feed::close);
        try {
            long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
            for (Feed feed : all) {
                feed.awaitEnd(Duration.ofNanos(end - System.nanoTime()));
            }
            end += Duration.ofSeconds(1).toNanos();
            while (viewers() > 0 && System.nanoTime() - end < 0) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        timekeeper.stop();
        executor.shutdown();
        encoders.shutdown();
    }

    /** One look after all feeds, for tests, which do not wait for the timekeeper. */
    void tick() {
        timekeeper.tick();
    }

    /** 30 random characters: a collision with picture data has a probability of 62⁻³⁰. */
    private String boundary() {
        return random.ints(30, 0, LETTERS.length())
                .mapToObj(i -> LETTERS.substring(i, i + 1))
                .collect(Collectors.joining());
    }
}
