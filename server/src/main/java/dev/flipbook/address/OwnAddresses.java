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
 * The addresses of this machine's network interfaces, as they are at the moment. The system alone is asked: nothing goes to the
 * network.
 */
public final class OwnAddresses {

    /** More would hide the good ones; a router or a large server has dozens. */
    private static final int MOST = 8;

    /** Networks between this machine and what runs on it (containers, virtual machines), which nobody outside reaches. */
    private static final Pattern INTERNAL =
            Pattern.compile("(docker|podman|virbr|vnet|vmnet|vboxnet|lxcbr|lxdbr|incusbr)\\d*"
                    + "|br-[0-9a-f]{12}|(veth|cni|cali|flannel|kube|vEthernet).*|.*(VirtualBox|VMware|Hyper-V).*");

    /**
     * An address of an interface.
     *
     * @param name the interface's name
     * @param tunnel whether the interface has one peer only, as that of a VPN has
     * @param routed whether what goes to the rest of the world leaves from this address
     */
    public record OwnAddress(InetAddress address, String name, boolean tunnel, boolean routed) {}

    private OwnAddresses() {}

    /** Those by which other machines reach this one, the best first; none without a network. */
    public static List<InetAddress> reachable(List<OwnAddress> own) {
        List<OwnAddress> chosen = new ArrayList<>(own);
        chosen.removeIf(
                one -> one.address().isLoopbackAddress() || one.address().isMulticastAddress());
        chosen.removeIf(one -> !isIpv4(one) && one.address().isLinkLocalAddress());
        chosen.removeIf(one -> !one.routed() && INTERNAL.matcher(one.name()).matches());
        chosen.sort(Comparator.comparing((OwnAddress one) -> !isIpv4(one))
                .thenComparing(one -> one.address().isLinkLocalAddress())
                .thenComparing(OwnAddress::tunnel) // its peer may reach us there, the house does not
                .thenComparing(one -> !one.routed()));
        // an interface has several addresses of IPv6, of which some are given up within a day; the first is the one in
        // use
        Set<String> withIpv6 = new HashSet<>();
        chosen.removeIf(one -> !isIpv4(one) && !withIpv6.add(one.name()));
        // one that a machine gives itself (169.254) reaches nobody where there is a real one
        boolean real =
                chosen.stream().anyMatch(one -> isIpv4(one) && !one.address().isLinkLocalAddress());
        chosen.removeIf(one -> real && one.address().isLinkLocalAddress());
        return chosen.stream().map(OwnAddress::address).limit(MOST).toList();
    }

    private static boolean isIpv4(OwnAddress own) {
        return own.address() instanceof Inet4Address;
    }

    /** All, those of the loopback interface too. */
    public static List<OwnAddress> read() {
        // both are set aside for documents: the routes there are those to everywhere
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
            // an interface that has just gone; what was read is told
        }
        return own;
    }

    /** Adds the address from which packets to this one would leave. None is sent: a datagram socket only chooses its route. */
    private static void leaving(String somewhere, Set<InetAddress> from) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(somewhere), 9));
            from.add(withoutScope(socket.getLocalAddress()));
        } catch (IOException | RuntimeException e) {
            // there is no such route
        }
    }

    private static InetAddress withoutScope(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            return address; // its own bytes are an address
        }
    }
}
