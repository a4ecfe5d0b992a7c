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
 * The addresses by which a server is reached, for people to open.
 *
 * @param host as it was asked for
 * @param bound what that is
 * @param own the addresses of this machine
 * @param names its names
 */
public record ServedAddresses(
        String host, InetAddress bound, int port, Supplier<List<OwnAddress>> own, OwnNames names) {

    /** Nobody notices this time at a start, and a name server that is there answers within it. */
    private static final Duration PATIENCE = Duration.ofMillis(500);
    /** The best two say enough; a machine in an office may have a dozen. */
    private static final int MOST_NAMES = 2;

    /** The best of those that are known at once. */
    public URI best() {
        return url(numbers().getFirst());
    }

    /** All, the best for other machines first; waits half a second at most for the names. */
    public List<URI> all() {
        List<String> hosts = new ArrayList<>(numbers());
        if (bound.isAnyLocalAddress() && hosts.size() > 1) {
            int ipv4 = (int) hosts.stream().filter(one -> !one.contains(":")).count() - 1; // without that of loopback
            List<String> found = names.reaching(PATIENCE);
            hosts.addAll(
                    Math.max(1, ipv4),
                    found.stream()
                            .filter(name -> name.indexOf('.') > 0)
                            .limit(MOST_NAMES)
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

    /** With the zeros left out of an address of IPv6, as people write it. */
    public static String text(InetAddress address) {
        String text = address.getHostAddress();
        return address instanceof Inet6Address ? text.replaceFirst("(^|:)0(:0)+(:|$)", "::") : text;
    }
}
