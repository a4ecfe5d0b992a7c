package dev.flipbook.decoder;

import dev.flipbook.Ticker;
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
 * The decoder processes of this program, and which source is decoded in which. Each source has a process to itself until there are as many processes as there may
 * be. Then sources share them, except for suspects, which stay alone. One is started when the first source of its kind is named, before anybody watches. Thread-safe.
 */
final class Decoders {

    private static final Logger LOG = System.getLogger("dev.flipbook.decoder");

    /** In one process: more would fall with it, and wait for it. */
    private static final int MOST_FEEDS = 16;

    /** Of a kind. A process holds some 75 MB; its own heap tells what this program may use. */
    private static final int MOST_PROCESSES = 8;

    private static final long HEAP_EACH = 64 << 20;

    /** A process may read the latest so many of those that are named. */
    private static final int MOST_FILES = 64;

    /** Pictures that have ended a decoder are known by their hash: the latest so many. */
    private static final int REMEMBERED = 64;

    private static final Duration TICK = Duration.ofMillis(500);
    private static final Duration IDLE = Duration.ofMinutes(1);

    /** To look again whether there is room. */
    private static final long PAUSE = 50_000_000;

    /** Makes a process of a kind. */
    @FunctionalInterface
    interface Maker {
        Process start(DecoderCommand command) throws IOException, InterruptedException;
    }

    /** How a process of a kind is started. */
    @FunctionalInterface
    interface Commands {
        DecoderCommand of(DecoderKind kind) throws IOException;
    }

    /** A process and what it answers. */
    record Place(DecoderProcess process, Answers answers) {}

    private final Ticker ticker;
    private final Commands commands;
    private final Maker maker;
    private final int most;

    // guarded by this
    private final Map<DecoderKind, DecoderCommand> known = new EnumMap<>(DecoderKind.class);
    private final Map<DecoderKind, Starts> starts = new EnumMap<>(DecoderKind.class);
    private final List<DecoderProcess> processes = new ArrayList<>();
    private final Map<Path, Object> files = new LinkedHashMap<>(); // the latest last, each with its version
    private final Set<String> deadly = new LinkedHashSet<>();
    private final Set<String> told = new LinkedHashSet<>();
    private boolean ticking;

    Decoders(Ticker ticker, Commands commands, Maker maker, int most) {
        this.ticker = ticker;
        this.commands = commands;
        this.maker = maker;
        this.most = most;
    }

    /** Those of the program: one set in a process, as the operating system counts processes, too. */
    static Decoders shared() {
        return Shared.DECODERS;
    }

    private static final class Shared {
        static final Decoders DECODERS = system();

        private static Decoders system() {
            DecoderStarter starter = new DecoderStarter();
            long server = ProcessHandle.current().pid();
            long most = Math.min(
                    Runtime.getRuntime().maxMemory() / HEAP_EACH,
                    2L * Runtime.getRuntime().availableProcessors());
            return new Decoders(
                    Ticker.system(),
                    kind -> DecoderCommand.of(kind, server),
                    command -> starter.start(command.builder()::start),
                    Math.clamp(most, 1, MOST_PROCESSES));
        }
    }

    /** Whether decoding in this process is asked for, as decoder processes do themselves. */
    static boolean isInside() {
        return System.getProperty("flipbook.decoder", "").equals("inside");
    }

    /**
     * A source is named that may be opened soon: a process is made ready for it.
     *
     * @param file null without
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
        if (files.size() > MOST_FILES) {
            files.remove(files.keySet().iterator().next());
        }
    }

    private void prepare(DecoderKind kind) {
        Thread.ofPlatform().daemon().name("flipbook-decoder-spare").start(() -> {
            try {
                startSpare(kind);
            } catch (IOException | InterruptedException e) {
                LOG.log(Level.DEBUG, "no decoder process could be made ready; the first picture will tell", e);
            }
        });
    }

    private synchronized void startSpare(DecoderKind kind) throws IOException, InterruptedException {
        if (processes.stream().noneMatch(process -> process.kind() == kind && process.feeds() == 0) && mayStart(kind)) {
            var _ = begin(kind);
        }
    }

    /**
     * Room in a process of this kind, as soon as there is any.
     *
     * @param alone whether nothing else is to be in it
     * @param file that is to be read; null without
     * @throws IOException with a sentence for the user when there can be no process, or none in time
     */
    Place place(DecoderKind kind, boolean alone, @Nullable Path file, Duration patience)
            throws IOException, InterruptedException {
        long begun = ticker.nanos();
        Object version = file == null ? kind : DecoderProcess.version(file); // not under a lock: a disk may hang
        while (true) {
            Optional<Place> place = tryPlace(kind, alone, file, version);
            if (place.isPresent()) {
                place.get().process().enter(); // not under a lock: it waits for a process that does not read yet
                return place.get();
            }
            if (ticker.nanos() - begun > patience.toNanos()) {
                throw new IOException("all decoder processes are at work, and none became free within "
                        + patience.toSeconds() + " s");
            }
            ticker.sleepUntil(ticker.nanos() + PAUSE);
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
        boolean room = !suitable.isEmpty() && suitable.get(0).feeds() < MOST_FEEDS;
        if (!empty && (count < most || (!room && count < 2L * most)) && mayStart(kind)) {
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
        return starts.computeIfAbsent(kind, any -> new Starts(most + 2, ticker)).take();
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
                ticker.sleepUntil(ticker.nanos() + TICK.toNanos());
                tick();
            }
        } catch (InterruptedException e) {
            LOG.log(Level.WARNING, "nobody watches over the decoder processes any more", e);
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
        all.forEach(process -> process.tick(IDLE.toNanos()));
    }

    /** A process has ended. What was open in it comes back soon, and finds a new one ready. */
    void died(DecoderProcess process, boolean used) {
        synchronized (this) {
            processes.remove(process);
        }
        if (used) {
            prepare(process.kind());
        }
    }

    /** Which rights could not be dropped, said once for each. */
    synchronized void tellRefused(String refused) {
        if (told.add(refused)) {
            LOG.log(Level.INFO, "decoder processes are not confined as they should be: {0}", refused);
        }
    }

    /** The picture's bytes have ended a decoder. */
    synchronized void remember(String hash) {
        deadly.remove(hash);
        deadly.add(hash);
        if (deadly.size() > REMEMBERED) {
            deadly.remove(deadly.iterator().next());
        }
    }

    synchronized boolean isDeadly(String hash) {
        return deadly.contains(hash);
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

    /** How many processes there are. */
    synchronized int count() {
        return processes.size();
    }
}
