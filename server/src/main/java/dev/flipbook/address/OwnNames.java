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
 * The names of this machine: its host name, that name with {@code .local}, those in the system's file {@code hosts}, and those
 * that the DNS has for it. Files are read on the calling thread, once in some seconds at most. The DNS may take a minute to say
 * nothing, so it is asked on a thread of its own, and nobody waits for it longer than he wants to. Thread-safe.
 */
public final class OwnNames {

    /** A machine gets another name rarely, and whoever changes it tries it at once. */
    private static final long READ_AGAIN = Duration.ofSeconds(5).toNanos();
    /** How often strangers can make this machine ask its name servers; Java remembers their answers as long. */
    private static final long ASK_AGAIN = Duration.ofSeconds(30).toNanos();

    private static final Pattern NAME = Pattern.compile("(?!.*\\.\\d+$)(?=.*[a-z])[a-z0-9_]([a-z0-9._-]{0,252})");

    private final Path root;
    private final Supplier<List<OwnAddress>> addresses;
    private final NameService service;
    private final Ticker ticker;

    private final ReentrantLock lock = new ReentrantLock();
    private Set<String> read = Set.of(); // guarded by lock, as the two below
    private long readAt;
    private long askedAt;
    /** Counts down when the DNS has answered; empty before it is asked the first time. Guarded by lock. */
    private Optional<CountDownLatch> asking = Optional.empty();
    /** The host name, where the system has no file with it and was asked. */
    private volatile Optional<String> called = Optional.empty();
    /** What the DNS has told, the best for other machines first. */
    private volatile List<String> found = List.of();

    /**
     * Those of a machine.
     *
     * @param root the folder in which its files are
     * @param addresses its own
     */
    OwnNames(Path root, Supplier<List<OwnAddress>> addresses, NameService service, Ticker ticker) {
        this.root = root;
        this.addresses = addresses;
        this.service = service;
        this.ticker = ticker;
        readAt = ticker.nanos() - READ_AGAIN;
        askedAt = ticker.nanos() - ASK_AGAIN;
    }

    /** Those of the machine that this runs on. */
    public static OwnNames ofThisMachine() {
        return new OwnNames(Path.of("/"), OwnAddresses::read, NameService.system(), Ticker.system());
    }

    /** Whether this name, in lower case, is one of them. One that only the DNS knows is told once the DNS has answered. */
    public boolean contains(String name) {
        if (found.contains(name) || read().contains(name)) {
            return true;
        }
        ask(); // for the next time
        return false;
    }

    /** Begins to ask the DNS, unless it was asked a moment ago. Waits for nothing. */
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

    /** Names that lead other machines here, the best first: those that the DNS has told when this time is over. */
    public List<String> reaching(Duration patience) {
        ask();
        try {
            if (!asked().await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                return found; // what there is by now
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
                    .forEach(name -> tell(name, now));
        });
        OwnAddresses.reachable(own)
                .forEach(address -> valid(service.name(address)).ifPresent(name -> tell(name, now)));
        found = List.copyOf(now); // without those that were true the last time
    }

    private void tell(String name, Set<String> now) {
        now.add(name);
        Set<String> all = new LinkedHashSet<>(now);
        all.addAll(found);
        found = List.copyOf(all);
    }

    private Optional<String> hostName() {
        return text("proc/sys/kernel/hostname").flatMap(OwnNames::valid).or(() -> called);
    }

    /** What the system puts behind a name without a dot. */
    private Stream<String> domains() {
        return text("etc/resolv.conf").stream()
                .flatMap(String::lines)
                .filter(line -> line.matches("(search|domain)\\s.*"))
                .flatMap(line -> Stream.of(line.split("\\s+")).skip(1))
                .flatMap(domain -> valid(domain).stream())
                .distinct()
                .limit(6); // as many as the C library takes
    }

    private Optional<String> text(String file) {
        try {
            return Optional.of(Files.readString(root.resolve(file), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty(); // another system
        }
    }

    private static String label(String name) {
        return name.replaceFirst("\\..*", "");
    }

    /** A host's name as it is compared; nothing for what is an address or no name. */
    private static Optional<String> valid(String name) {
        String one = name.strip().toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        return NAME.matcher(one).matches() ? Optional.of(one) : Optional.empty();
    }
}
