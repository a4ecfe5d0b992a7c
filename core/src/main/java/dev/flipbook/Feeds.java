package dev.flipbook;

import dev.flipbook.mjpeg.BlockPool;
import dev.flipbook.text.PlainText;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The registry: every feed of a process by its name, in the order in which they were made, with the memory and the few
 * threads they share.
 *
 * <p>Thread-safe. One thread keeps time for all feeds, and as many as there are processors wake viewers; a source has a
 * thread of its own while it is open.
 */
public final class Feeds implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dev.flipbook");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    /** Often enough that a viewer sees a failure within a fraction of a second, and nothing for the processor. */
    private static final Duration TICK = Duration.ofMillis(100);
    /** A tick that comes so late says that this process was stopped: far longer than a busy machine lets one wait. */
    private static final Duration STOPPED = Duration.ofSeconds(2);

    /** Memory that no frame has needed for so many ticks goes back, after ten seconds. */
    private static final int TRIM = 100;

    /** A viewer that has not taken its frame for so long may be cut off when memory is short. */
    private static final Duration STUCK = Duration.ofSeconds(1);

    private final FeedOptions options;
    private final Ticker ticker;
    private final BlockPool pool;
    private final SecureRandom random = new SecureRandom();
    private final ExecutorService executor;
    private final ExecutorService encoders;
    private final Thread timekeeper;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock; replaced as a whole
    private volatile Map<String, Feed> feeds = Map.of();

    /** Removed, and looked after until their sources have come out. */
    private final CopyOnWriteArrayList<Feed> ending = new CopyOnWriteArrayList<>();

    // guarded by lock
    private boolean closed;

    // the timekeeper's own
    private long refusedSeen;
    private int ticks;

    /** With the waiting times of {@link FeedOptions#DEFAULT} and the machine's clocks. */
    public Feeds() {
        this(FeedOptions.DEFAULT, Ticker.system());
    }

    /** With other waiting times, or clocks. */
    public Feeds(FeedOptions options, Ticker ticker) {
        this.options = options;
        this.ticker = ticker;
        this.pool = new BlockPool(options.blockCeiling());
        int processors = Runtime.getRuntime().availableProcessors();
        ThreadPoolExecutor wakers = new ThreadPoolExecutor(
                processors,
                processors,
                0,
                TimeUnit.SECONDS,
                new LinkedTransferQueue<>(),
                daemons("flipbook-wake-"),
                new ThreadPoolExecutor.DiscardPolicy()); // a publish that comes while all ends has nobody to wake
        // Now or never: later there may be no thread to be had, and what was to be done would be lost.
        wakers.prestartAllCoreThreads();
        this.executor = wakers;
        this.encoders = encoders(processors);
        this.timekeeper = daemons("flipbook-tick-").newThread(this::keepTime);
        timekeeper.start();
    }

    /**
     * The feed of this name for a program to publish to; it is made when it is not there yet.
     *
     * @throws IllegalArgumentException as {@link #checkName}
     */
    public Feed feed(String name) {
        lock.lock();
        try {
            Feed there = feeds.get(name);
            return there != null ? there : add(make(name, null));
        } finally {
            lock.unlock();
        }
    }

    /**
     * A new feed that shows this source, which is opened when somebody watches.
     *
     * @throws IllegalArgumentException when the name is taken, or as {@link #checkName}
     */
    public Feed feed(String name, FrameSource source) {
        Objects.requireNonNull(source, "a feed without a source is made by feed(name)");
        Feed made = make(name, source); // before the lock, as it asks the driver, which may wait
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

    /** Each feed, and each variant of one, has one picture encoded at a time, so that no more wait here. They end when nothing is to be done. */
    private static ExecutorService encoders(int processors) {
        ThreadPoolExecutor encoders = new ThreadPoolExecutor(
                processors,
                processors,
                10,
                TimeUnit.SECONDS,
                new LinkedTransferQueue<>(),
                daemons("flipbook-encode-"),
                new ThreadPoolExecutor.DiscardPolicy()); // what is published while all ends is shown to nobody
        encoders.allowCoreThreadTimeOut(true);
        return encoders;
    }

    /**
     * The feed of this name for other programs to publish to, over HTTP or as {@link Feed#publisher} lets them; it is made when
     * it is not there yet. No other feed takes pictures from outside this program.
     *
     * @throws IllegalArgumentException when there is a feed of this name that is not open, or as {@link #checkName}
     */
    public Feed open(String name) {
        return open(name, SourceOptions.DEFAULT);
    }

    /** As {@link #open(String)}, with what is asked of the pictures when it is made: their size, quality, turn and rate. */
    public Feed open(String name, SourceOptions wishes) {
        lock.lock();
        try {
            Feed there = feeds.get(name);
            if (there == null) {
                return add(make(name, null).open(wishes));
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

    private Feed make(String name, @Nullable FrameSource source) {
        checkName(name);
        return new Feed(
                name,
                boundary(),
                source,
                options,
                ticker,
                pool,
                new Backoff(random),
                this::execute,
                encoders,
                daemons("flipbook-source-"));
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

    /** Never fails: a thread that a task ended might not be replaced, and waking would end with it. */
    private void execute(Runnable task) {
        executor.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR, "viewers could not be woken, or a snapshot not be answered", e);
            }
        });
    }

    /** Ends the feed of this name and forgets it; false when there is none. Its viewers' responses end. */
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
            ending.add(gone);
            gone.close();
        }
        return gone != null;
    }

    /** The feed of this name. */
    public Optional<Feed> find(String name) {
        return Optional.ofNullable(feeds.get(name));
    }

    /** Every feed, the oldest first. */
    public List<Feed> list() {
        return List.copyOf(feeds.values());
    }

    /**
     * Checks a feed's name: a letter or digit, then up to 63 letters, digits, dots, underscores or dashes; and not ending
     * like a picture's address.
     *
     * @throws IllegalArgumentException with a sentence that says so
     */
    public static void checkName(String name) {
        if (!NAME.matcher(name).matches() || name.endsWith(".mjpg") || name.endsWith(".jpg")) {
            throw new IllegalArgumentException("'" + PlainText.line(name, "?")
                    + "' is no name for a feed: it takes 1 to 64 of A-Z a-z 0-9 . _ -, begins with a letter or digit,"
                    + " and does not end in .jpg or .mjpg");
        }
    }

    /** Bytes of direct memory in frames that are shown or being sent now. */
    public long usedBytes() {
        return pool.usedBytes();
    }

    /** Bytes of direct memory that frames have now, shown, being sent, or kept for the next ones. */
    public long allocatedBytes() {
        return pool.allocatedBytes();
    }

    /** Bytes that {@link #allocatedBytes} never exceeds. */
    public long ceilingBytes() {
        return pool.ceilingBytes();
    }

    /** Viewers of all feeds together. */
    public int viewers() {
        return feeds.values().stream().mapToInt(Feed::viewers).sum();
    }

    /**
     * Ends every feed. Sources have 2 s to come out, and viewers' responses end on a part boundary as soon as they have
     * drained: this returns when all have, and after 3 s at the latest. No feed can be made afterwards.
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
        timekeeper.interrupt();
        executor.shutdown();
        encoders.shutdown();
    }

    private void keepTime() {
        try {
            long last = System.nanoTime();
            while (true) {
                TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
                long now = System.nanoTime();
                if (now - last > STOPPED.toNanos()) {
                    feeds.values().forEach(Feed::resume);
                }
                last = now;
                tick();
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "all feeds have ended");
        }
    }

    private void tick() {
        feeds.values().forEach(this::tick);
        ending.forEach(this::tick);
        ending.removeIf(Feed::ended);
        try {
            relieve();
            if (++ticks % TRIM == 0) {
                pool.trim();
            }
        } catch (RuntimeException | Error e) { // a sink's, or no memory: time goes on for all feeds
            LOG.log(Level.ERROR, "memory could not be made free", e);
        }
    }

    /**
     * When frames have been dropped for want of memory: who has been stuck with an old frame for longest goes, until an eighth
     * of the memory is free; of what was used then, as the JVM may grant less than the ceiling. A peer that does not read would otherwise take frames from those who do.
     */
    private void relieve() {
        long refused = pool.refused();
        if (refused == refusedSeen) {
            return;
        }
        refusedSeen = refused;
        long now = ticker.nanos();
        long enough = Math.min(pool.ceilingBytes(), pool.usedBytes()) / 8 * 7;
        List<Stuck> stuck = new ArrayList<>();
        Stream.concat(feeds.values().stream(), ending.stream())
                .forEach(feed -> feed.forEachViewer(viewer -> {
                    long waited = now - viewer.writingSince();
                    if (viewer.isWriting() && waited > STUCK.toNanos()) {
                        stuck.add(new Stuck(viewer::cut, waited));
                    }
                }));
        pool.snapshots().loans().stream()
                .filter(loan -> now - loan.since() > STUCK.toNanos())
                .forEach(loan -> stuck.add(new Stuck(loan::cut, now - loan.since())));
        stuck.sort(Comparator.comparingLong(Stuck::waited).reversed());
        for (Stuck one : stuck) {
            if (pool.usedBytes() <= enough) {
                return;
            }
            one.cut().run();
        }
    }

    /** @param cut ends the connection of a viewer, or of whoever reads a snapshot */
    private record Stuck(Runnable cut, long waited) {}

    private void tick(Feed feed) {
        try {
            feed.tick();
        } catch (RuntimeException | Error e) { // the timekeeper would stop for all feeds
            LOG.log(Level.ERROR, "feed=" + feed.name() + " could not be looked after", e);
        }
    }

    /** Cannot occur in a picture but by a chance of one in 62 to the 30th. */
    private String boundary() {
        return random.ints(30, 0, LETTERS.length())
                .mapToObj(i -> LETTERS.substring(i, i + 1))
                .collect(Collectors.joining());
    }

    private static ThreadFactory daemons(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
