package dev.flipbook.address;

import dev.flipbook.address.OwnAddresses.OwnAddress;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The addresses by which people reach a server. Immutable.
 *
 * @param host the address or name that the server was told to listen on
 * @param bound the address that the host resolved to
 * @param port the server's port
 * @param own reads the addresses of this machine
 * @param names the names of this machine
 */
public record ServedAddresses(
        String host, InetAddress bound, int port, Supplier<List<OwnAddress>> own, OwnNames names) {

    /**
     * Maximum time to wait for names. A working name server answers within this time, and users do not notice such a
     * delay at the start.
     */
    private static final Duration NAME_TIMEOUT = Duration.ofMillis(500);
    /** Maximum number of names. An office machine may have a dozen; two are enough. */
    private static final int MAX_NAMES = 2;

    /** The best address of those that are known without waiting. */
    public URI best() {
        return url(numbers().getFirst());
    }

    /** All addresses, the best for other machines first. Waits at most half a second for the names. */
    public List<URI> all() {
        List<String> hosts = new ArrayList<>(numbers());
        if (bound.isAnyLocalAddress() && hosts.size() > 1) {
            // without the loopback address
            int ipv4 = (int) hosts.stream().filter(one -> !one.contains(":")).count() - 1;
            List<String> found = names.reaching(NAME_TIMEOUT);
            hosts.addAll(
                    Math.max(1, ipv4),
                    found.stream()
                            .filter(name -> name.indexOf('.') > 0)
                            .limit(MAX_NAMES)
                            .toList());
        }
        Set<URI> all = new LinkedHashSet<>();
        hosts.forEach(one -> all.add(url(one)));
        return List.copyOf(all);
    }

    private List<String> numbers() {
        if (!bound.isAnyLocalAddress()) {
            return List.of(host);
        }
        List<String> numbers = new ArrayList<>();
        List<OwnAddress> now = own.get();
        OwnAddresses.reachable(now).forEach(address -> numbers.add(text(address)));
        boolean ipv4 = now.isEmpty() || now.stream().anyMatch(one -> one.address() instanceof Inet4Address);
        numbers.add(ipv4 ? "127.0.0.1" : "::1");
        return numbers;
    }

    private URI url(String one) {
        String shown = one.contains(":") ? "[" + one.replace("%", "%25") + "]" : one;
        return URI.create("http://" + shown + (port == 80 ? "" : ":" + port) + "/");
    }

    /** The address as text; the first run of zeros of an IPv6 address is shortened to {@code ::}. */
    public static String text(InetAddress address) {
        String text = address.getHostAddress();
        return address instanceof Inet6Address ? text.replaceFirst("(^|:)0(:0)+(:|$)", "::") : text;
    }
}
