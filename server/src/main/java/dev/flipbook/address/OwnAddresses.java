package dev.flipbook.address;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The current addresses of this machine's network interfaces. Only the operating system is asked; no packet is sent.
 */
public final class OwnAddresses {

    /**
     * Maximum number of addresses that are shown. Routers and large servers have dozens, which would hide the useful
     * ones.
     */
    private static final int MAX_ADDRESSES = 8;

    /** Interfaces of containers and virtual machines on this machine, which no other machine reaches. */
    private static final Pattern INTERNAL =
            Pattern.compile("(docker|podman|virbr|vnet|vmnet|vboxnet|lxcbr|lxdbr|incusbr)\\d*"
                    + "|br-[0-9a-f]{12}|(veth|cni|cali|flannel|kube|vEthernet).*|.*(VirtualBox|VMware|Hyper-V).*");

    /**
     * An address of a network interface.
     *
     * @param name the interface's name
     * @param tunnel whether the interface is point-to-point, as that of a VPN
     * @param routed whether packets to the rest of the world leave from this address
     */
    public record OwnAddress(InetAddress address, String name, boolean tunnel, boolean routed) {}

    private OwnAddresses() {}

    /** The addresses by which other machines reach this one, best first; none without a network. */
    public static List<InetAddress> reachable(List<OwnAddress> own) {
        List<OwnAddress> chosen = new ArrayList<>(own);
        chosen.removeIf(
                one -> one.address().isLoopbackAddress() || one.address().isMulticastAddress());
        chosen.removeIf(one -> !isIpv4(one) && one.address().isLinkLocalAddress());
        chosen.removeIf(one -> !one.routed() && INTERNAL.matcher(one.name()).matches());
        chosen.sort(Comparator.comparing((OwnAddress one) -> !isIpv4(one))
                .thenComparing(one -> one.address().isLinkLocalAddress())
                .thenComparing(OwnAddress::tunnel) // reachable for the VPN's peer, but not for the local network
                .thenComparing(one -> !one.routed()));
        // An interface has several IPv6 addresses, some of which expire within a day. The first one is in use.
        Set<String> withIpv6 = new HashSet<>();
        chosen.removeIf(one -> !isIpv4(one) && !withIpv6.add(one.name()));
        // A link-local address (169.254) is of no use if there is another IPv4 address.
        boolean real =
                chosen.stream().anyMatch(one -> isIpv4(one) && !one.address().isLinkLocalAddress());
        chosen.removeIf(one -> real && one.address().isLinkLocalAddress());
        return chosen.stream().map(OwnAddress::address).limit(MAX_ADDRESSES).toList();
    }

    private static boolean isIpv4(OwnAddress own) {
        return own.address() instanceof Inet4Address;
    }

    /** Reads all addresses, including those of the loopback interface. */
    public static List<OwnAddress> read() {
        // Both addresses are reserved for documentation, so the route to them is the default route.
        Set<InetAddress> routed = new HashSet<>();
        leaving("198.51.100.1", routed);
        leaving("2001:db8::1", routed);
        List<OwnAddress> own = new ArrayList<>();
        try {
            for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
                if (one.isUp()) {
                    String name = INTERNAL.matcher(String.valueOf(one.getDisplayName()))
                                    .matches()
                            ? one.getDisplayName()
                            : one.getName();
                    for (InetAddress scoped : one.inetAddresses().toList()) {
                        InetAddress address = withoutScope(scoped);
                        own.add(new OwnAddress(address, name, one.isPointToPoint(), routed.contains(address)));
                    }
                }
            }
        } catch (SocketException e) {
            // an interface has just disappeared; return what was read
        }
        return own;
    }

    /**
     * Adds the local address from which packets to this address would be sent. No packet is sent: connecting a datagram
     * socket only chooses a route.
     */
    private static void leaving(String somewhere, Set<InetAddress> from) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(somewhere), 9));
            from.add(withoutScope(socket.getLocalAddress()));
        } catch (IOException | RuntimeException e) {
            // no such route
        }
    }

    private static InetAddress withoutScope(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            return address; // cannot happen: the bytes come from an address
        }
    }
}
