package dev.flipbook.decoder;

import dev.flipbook.Ticker;
import dev.flipbook.time.Allowance;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The decoder processes of this program.
 *
 * <p>What it does. A source gets a process to itself until the maximum number of processes is reached; after that,
 * sources share processes. A suspect, which is a source whose process has ended, always gets a process to itself. A
 * process is started when the first source of its kind is named, so that it is ready when somebody watches.
 *
 * <p>What may not happen. Native code that a stranger's bytes have broken may end its own process, but not the server,
 * and not many other sources with it. So at most {@link #MAX_FEEDS} share a process, an allowance limits how many start
 * at once, and a picture that has ended a process is remembered by its hash and refused.
 *
 * <p>Thread-safe. {@code this} guards the lists; it is not held while a disk is waited for, nor a process, except for
 * its start. One thread ticks every 500 ms as long as there are processes.
 */
final class Decoders {

    private static final Logger LOG = System.getLogger("dev.flipbook.decoder");

    /** Maximum number of feeds in one process. More would end and wait together. */
    private static final int MAX_FEEDS = 16;

    /**
     * Maximum number of processes of a kind. A process takes about 75 MB; the size of this program's heap shows how
     * much it may use.
     */
    private static final int MAX_PROCESSES = 8;

    private static final long HEAP_EACH = 64 << 20;

    /** Maximum number of files, the most recently named, that a process may read. */
    private static final int MAX_FILES = 64;
    /** Maximum number of remembered hashes, the most recent, of pictures that have ended a decoder. */
    private static final int MAX_DEADLY = 64;

    /** Maximum number of remembered senders of pictures. Each takes a few hundred bytes. */
    private static final int MAX_SENDERS = 1024;

    private static final Duration TICK_INTERVAL = Duration.ofMillis(500);
    /** How long a process without feeds is kept. */
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);

    /** Interval in nanoseconds after which one more process of a kind may be started, however often they end. */
    private static final long START_INTERVAL = 1_000_000_000;

    /** Pause in nanoseconds between two checks for room. */
    private static final long RETRY_INTERVAL = 50_000_000;

    /** Starts a process. */
    @FunctionalInterface
    interface Maker {
        Process start(DecoderCommand command) throws IOException, InterruptedException;
    }

    /** Builds the command for a process of a kind. */
    @FunctionalInterface
    interface Commands {
        DecoderCommand of(DecoderKind kind) throws IOException;
    }

    /** A process and the answers for what was opened in it. */
    record Place(DecoderProcess process, Answers answers) {}

    private final Ticker ticker;
    private final Commands commands;
    private final Maker maker;
    private final int maxExclusive; // number of processes of a kind up to which each source gets its own

    // Guarded by this.
    /** The commands that were built. */
    private final Map<DecoderKind, DecoderCommand> known = new EnumMap<>(DecoderKind.class);

    private final Map<DecoderKind, Allowance> starts = new EnumMap<>(DecoderKind.class);
    private final List<DecoderProcess> processes = new ArrayList<>();
    private final Map<Path, Object> files = new LinkedHashMap<>(); // most recent last, each with its version
    /** Hashes of pictures that have ended a process, most recent last. */
    private final Set<String> deadly = new LinkedHashSet<>();

    /** The suspicion against each sender of pictures, the most recent sender last. */
    private final Map<String, Suspicion> senders = new LinkedHashMap<>(16, 0.75f, true);

    private final Set<String> reported = new LinkedHashSet<>(); // messages about rights that were logged
    private boolean ticking; // whether the thread that ticks is running

    Decoders(Ticker ticker, Commands commands, Maker maker, int maxExclusive) {
        this.ticker = ticker;
        this.commands = commands;
        this.maker = maker;
        this.maxExclusive = maxExclusive;
    }

    /**
     * The decoders of this program, shared by everything in this JVM because the operating system counts processes for
     * the whole JVM as well.
     */
    static Decoders shared() {
        return Shared.DECODERS;
    }

    private static final class Shared {
        static final Decoders DECODERS = system();

        private static Decoders system() {
            DecoderStarter starter = new DecoderStarter();
            long server = ProcessHandle.current().pid();
            long maxExclusive = Math.min(
                    Runtime.getRuntime().maxMemory() / HEAP_EACH,
                    2L * Runtime.getRuntime().availableProcessors());
            return new Decoders(
                    Ticker.system(),
                    kind -> DecoderCommand.of(kind, server),
                    command -> starter.start(command.builder()::start),
                    Math.clamp(maxExclusive, 1, MAX_PROCESSES));
        }
    }

    /**
     * Whether sources are to be decoded in this process. The system property for that is set in each decoder process.
     */
    static boolean isInside() {
        return System.getProperty("flipbook.decoder", "").equals("inside");
    }

    /**
     * Makes a process ready for a source that may be opened soon.
     *
     * @param file file that the source reads; null if it reads none
     */
    void named(DecoderKind kind, @Nullable Path file) {
        Object version = file == null ? kind : DecoderProcess.version(file);
        synchronized (this) {
            if (file != null) {
                know(file, version);
            }
            if (processes.stream().anyMatch(process -> process.kind() == kind)) {
                return;
            }
        }
        prepare(kind);
    }

    private void know(Path file, Object version) {
        files.remove(file);
        files.put(file, version);
        if (files.size() > MAX_FILES) {
            files.remove(files.keySet().iterator().next());
        }
    }

    private void prepare(DecoderKind kind) {
        Thread.ofPlatform().daemon().name("flipbook-decoder-spare").start(() -> {
            try {
                startSpare(kind);
            } catch (IOException | InterruptedException e) {
                LOG.log(Level.DEBUG, "no decoder process could be prepared; the first picture will show why", e);
            }
        });
    }

    private synchronized void startSpare(DecoderKind kind) throws IOException, InterruptedException {
        if (processes.stream().noneMatch(process -> process.kind() == kind && process.feeds() == 0) && mayStart(kind)) {
            var _ = begin(kind);
        }
    }

    /**
     * Waits for room in a process of this kind.
     *
     * @param alone whether nothing else may be opened in the process
     * @param file file that the source reads; null if it reads none
     * @param patience maximum time to wait
     * @throws IOException with a sentence for the user if no process can be started, or none has room in time
     */
    Place place(DecoderKind kind, boolean alone, @Nullable Path file, Duration patience)
            throws IOException, InterruptedException {
        long begun = ticker.nanos();
        // not under the lock, because a disk may hang
        Object version = file == null ? kind : DecoderProcess.version(file);
        while (true) {
            Optional<Place> place = tryPlace(kind, alone, file, version);
            if (place.isPresent()) {
                // not under the lock, because it waits for a process that does not read yet
                place.get().process().enter();
                return place.get();
            }
            if (ticker.nanos() - begun > patience.toNanos()) {
                throw new IOException("all decoder processes are at work, and none became free within "
                        + patience.toSeconds() + " s");
            }
            ticker.sleepUntil(ticker.nanos() + RETRY_INTERVAL);
        }
    }

    private synchronized Optional<Place> tryPlace(DecoderKind kind, boolean alone, @Nullable Path file, Object version)
            throws IOException, InterruptedException {
        if (file != null) {
            know(file, version);
        }
        List<DecoderProcess> suitable = processes.stream()
                .filter(process -> process.kind() == kind && process.takes(alone, file, version))
                .sorted(Comparator.comparingInt(DecoderProcess::feeds))
                .toList();
        long count =
                processes.stream().filter(process -> process.kind() == kind).count();
        boolean empty = !suitable.isEmpty() && suitable.get(0).feeds() == 0;
        boolean room = !suitable.isEmpty() && suitable.get(0).feeds() < MAX_FEEDS;
        if (!empty && (count < maxExclusive || (!room && count < 2L * maxExclusive)) && mayStart(kind)) {
            return Optional.of(entered(begin(kind), kind, alone));
        }
        return room ? Optional.of(entered(suitable.get(0), kind, alone)) : Optional.empty();
    }

    private Place entered(DecoderProcess process, DecoderKind kind, boolean alone) throws IOException {
        Place place = new Place(process, process.add(alone));
        Map<Path, Object> readable = kind == DecoderKind.FILES ? Map.copyOf(files) : Map.of();
        process.mayRead(command(kind).readable(), readable);
        return place;
    }

    private boolean mayStart(DecoderKind kind) {
        long now = ticker.nanos();
        return starts.computeIfAbsent(kind, any -> new Allowance(maxExclusive + 2, START_INTERVAL, now))
                .take(now);
    }

    private DecoderCommand command(DecoderKind kind) throws IOException {
        DecoderCommand command = known.get(kind);
        if (command == null) {
            command = commands.of(kind);
            known.put(kind, command);
        }
        return command;
    }

    private DecoderProcess begin(DecoderKind kind) throws IOException, InterruptedException {
        DecoderProcess process = new DecoderProcess(maker.start(command(kind)), this, kind, ticker);
        processes.add(process);
        process.start();
        if (!ticking) {
            ticking = true;
            Thread.ofPlatform().daemon().name("flipbook-decoders").start(this::tickOnAndOn);
        }
        return process;
    }

    private void tickOnAndOn() {
        try {
            while (isNeeded()) {
                ticker.sleepUntil(ticker.nanos() + TICK_INTERVAL.toNanos());
                tick();
            }
        } catch (InterruptedException e) {
            LOG.log(Level.WARNING, "the decoder processes are no longer watched", e);
        }
    }

    private synchronized boolean isNeeded() {
        ticking = !processes.isEmpty();
        return ticking;
    }

    void tick() {
        List<DecoderProcess> all;
        synchronized (this) {
            all = List.copyOf(processes);
        }
        all.forEach(process -> process.tick(IDLE_TIMEOUT.toNanos()));
    }

    /**
     * Notes that a process has ended. The sources in the process come back soon, so another process is made ready.
     *
     * @param used whether anything was open in it
     */
    void died(DecoderProcess process, boolean used) {
        synchronized (this) {
            processes.remove(process);
        }
        if (used) {
            prepare(process.kind());
        }
    }

    /** Logs the rights that could not be dropped, once for each message. */
    synchronized void tellRefused(String refused) {
        if (reported.add(refused)) {
            LOG.log(Level.INFO, "decoder processes are not confined as they should be: {0}", refused);
        }
    }

    /** Remembers a picture that has ended a decoder. */
    synchronized void remember(String hash) {
        deadly.remove(hash);
        deadly.add(hash);
        if (deadly.size() > MAX_DEADLY) {
            deadly.remove(deadly.iterator().next());
        }
    }

    synchronized boolean isDeadly(String hash) {
        return deadly.contains(hash);
    }

    /** The suspicion against this sender of pictures, over all its requests. */
    synchronized Suspicion suspicionOf(String sender) {
        Suspicion held = senders.computeIfAbsent(sender, _ -> new Suspicion());
        if (senders.size() > MAX_SENDERS) {
            senders.remove(senders.keySet().iterator().next());
        }
        return held;
    }

    static String hash(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes.duplicate());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Number of processes. */
    synchronized int count() {
        return processes.size();
    }
}
