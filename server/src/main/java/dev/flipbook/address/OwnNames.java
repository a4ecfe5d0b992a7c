package dev.flipbook.address;

import dev.flipbook.Ticker;
import dev.flipbook.address.OwnAddresses.OwnAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names of this machine: its host name, that name with {@code .local}, its names in the system's {@code hosts}
 * file, and its names in the DNS. Files are read on the calling thread, at most once every 5 s. The DNS may take a
 * minute to answer, so a thread of its own asks it, and callers choose how long they wait. Thread-safe.
 */
public final class OwnNames {

    /**
     * Minimum interval in nanoseconds between two reads of the files. Names change rarely, but a person who changes one
     * tries it at once.
     */
    private static final long READ_AGAIN = Duration.ofSeconds(5).toNanos();
    /**
     * Minimum interval in nanoseconds between two DNS look-ups, because requests of strangers can cause them. Java
     * caches DNS answers for the same 30 s.
     */
    private static final long ASK_AGAIN = Duration.ofSeconds(30).toNanos();

    private static final Pattern NAME = Pattern.compile("(?!.*\\.\\d+$)(?=.*[a-z])[a-z0-9_]([a-z0-9._-]{0,252})");

    private final Path root;
    private final Supplier<List<OwnAddress>> addresses;
    private final NameService service;
    private final Ticker ticker;

    private final ReentrantLock lock = new ReentrantLock();
    private Set<String> read = Set.of(); // guarded by lock, as are the two below
    private long readAt;
    private long askedAt;
    /**
     * The look-up that was begun last; empty before the first one. Counts down when the DNS has answered. Guarded by
     * lock.
     */
    private Optional<CountDownLatch> asking = Optional.empty();
    /** The host name that the name service returned. Used only if the system has no file with the host name. */
    private volatile Optional<String> called = Optional.empty();
    /** Names from the DNS, the best for other machines first. */
    private volatile List<String> found = List.of();

    /**
     * Creates the names of a machine.
     *
     * @param root folder that the system's files are in
     * @param addresses reads the machine's addresses
     */
    OwnNames(Path root, Supplier<List<OwnAddress>> addresses, NameService service, Ticker ticker) {
        this.root = root;
        this.addresses = addresses;
        this.service = service;
        this.ticker = ticker;
        readAt = ticker.nanos() - READ_AGAIN;
        askedAt = ticker.nanos() - ASK_AGAIN;
    }

    /** The names of the machine that this process runs on. */
    public static OwnNames ofThisMachine() {
        return new OwnNames(Path.of("/"), OwnAddresses::read, NameService.system(), Ticker.system());
    }

    /**
     * Whether this name, in lower case, belongs to this machine. A name that only the DNS has is known after the DNS
     * has answered.
     */
    public boolean contains(String name) {
        if (found.contains(name) || read().contains(name)) {
            return true;
        }
        ask(); // for the next call
        return false;
    }

    /** Begins a DNS look-up unless one is in progress or was begun within the last 30 s. Returns at once. */
    public void ask() {
        lock.lock();
        try {
            boolean answered = asking.isEmpty() || asking.get().getCount() == 0;
            if (answered && ticker.nanos() - askedAt >= ASK_AGAIN) {
                askedAt = ticker.nanos();
                CountDownLatch end = new CountDownLatch(1);
                asking = Optional.of(end);
                Thread.ofPlatform().daemon().name("flipbook-names").start(() -> {
                    try {
                        lookUp();
                    } finally {
                        end.countDown();
                    }
                });
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The names by which other machines reach this one, best first.
     *
     * @param patience maximum time to wait for the DNS; after it, the names that are known so far are returned
     */
    public List<String> reaching(Duration patience) {
        ask();
        try {
            if (!asked().await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                return found; // the names that are known so far
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return found;
    }

    private CountDownLatch asked() {
        lock.lock();
        try {
            return asking.orElseThrow();
        } finally {
            lock.unlock();
        }
    }

    private Set<String> read() {
        lock.lock();
        try {
            if (ticker.nanos() - readAt >= READ_AGAIN) {
                readAt = ticker.nanos();
                read = readFiles();
            }
            return read;
        } finally {
            lock.unlock();
        }
    }

    private Set<String> readFiles() {
        String own = hostName().orElse("");
        Set<String> names = new HashSet<>();
        if (!own.isEmpty()) {
            names.addAll(List.of(own, label(own), label(own) + ".local"));
        }
        Set<InetAddress> ours =
                addresses.get().stream().map(OwnAddress::address).collect(Collectors.toSet());
        names.addAll(HostsFile.names(root.resolve("etc/hosts"), ours, own));
        return names;
    }

    private void lookUp() {
        List<OwnAddress> own = addresses.get();
        Set<InetAddress> outside = own.stream()
                .map(OwnAddress::address)
                .filter(address -> !address.isLoopbackAddress())
                .collect(Collectors.toSet());
        Set<String> now = new LinkedHashSet<>();
        if (hostName().isEmpty()) {
            called = valid(service.hostName());
        }
        hostName().ifPresent(host -> {
            Stream<String> longer = domains().map(domain -> label(host) + "." + domain);
            Stream.of(Stream.of(label(host) + ".local", host), longer)
                    .flatMap(names -> names)
                    .filter(name -> service.addresses(name).stream().anyMatch(outside::contains))
                    .forEach(name -> addFound(name, now));
        });
        OwnAddresses.reachable(own)
                .forEach(address -> valid(service.name(address)).ifPresent(name -> addFound(name, now)));
        found = List.copyOf(now); // drops names that were only valid at the last look-up
    }

    private void addFound(String name, Set<String> now) {
        now.add(name);
        Set<String> all = new LinkedHashSet<>(now);
        all.addAll(found);
        found = List.copyOf(all);
    }

    private Optional<String> hostName() {
        return text("proc/sys/kernel/hostname").flatMap(OwnNames::valid).or(() -> called);
    }

    /** The domains that the system appends to a name without a dot. */
    private Stream<String> domains() {
        return text("etc/resolv.conf").stream()
                .flatMap(String::lines)
                .filter(line -> line.matches("(search|domain)\\s.*"))
                .flatMap(line -> Stream.of(line.split("\\s+")).skip(1))
                .flatMap(domain -> valid(domain).stream())
                .distinct()
                .limit(6); // the limit of the C library
    }

    private Optional<String> text(String file) {
        try {
            return Optional.of(Files.readString(root.resolve(file), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty(); // another operating system
        }
    }

    private static String label(String name) {
        return name.replaceFirst("\\..*", "");
    }

    /** A host name in the form that is compared; empty if the text is an address or not a name. */
    private static Optional<String> valid(String name) {
        String one = name.strip().toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        return NAME.matcher(one).matches() ? Optional.of(one) : Optional.empty();
    }
}
